"""Whether a result walks again as it did: a record of its walk, and the comparison with a new one."""
