"""The grid sweeper: plan, index, tables, figures."""
