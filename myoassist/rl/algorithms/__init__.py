"""Learning algorithms: each collects, learns and can be stored; none of them knows a file or a walker."""
