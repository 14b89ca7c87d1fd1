"""Where plugins find the decorator of a cost term; terms of users and built-in ones are registered alike."""

from myoassist.cost.registry import cost_term

__all__ = ["cost_term"]
