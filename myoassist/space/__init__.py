"""Search spaces: named parameters with units, bounds and decoding, used by every controller and device."""
