"""The files of a search: history, results, plots, and what a continued one needs."""
