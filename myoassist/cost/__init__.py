"""Cost terms, targets and staging."""

from myoassist.cost import builtin_terms, graded_terms, moments  # noqa: F401 - registered before any other, of plugins too
