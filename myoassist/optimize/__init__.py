"""Ask/tell loop of CMA-ES, parallel evaluation, checkpoints and result files."""
