"""Stretch reflexes around what people do: muscles follow people's activity and resist deviations of the joints."""
