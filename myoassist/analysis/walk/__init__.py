"""An evaluated walk as numbers: which run, simulated again, cut into strides, measured."""
