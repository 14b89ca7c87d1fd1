"""Spinal-reflex walking controller: named parameters, sensors, delays and laws (Song & Geyer, J Physiol 2015)."""
