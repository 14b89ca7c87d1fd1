"""Which load reflexes, cost and policies feel: the values of `model.sensing`, and the unit of loads."""

TOUCH, CONTACT = "touch", "contact"
GRAVITY_FOR_WEIGHT = 9.8  # body weight in the published controller is 9.8 N/kg, not 9.81
