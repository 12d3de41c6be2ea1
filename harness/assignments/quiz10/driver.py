"""How quiz 10's functions are called; knows no answer."""

from harness.assignments import vanilla_driver

OPERATIONS = {**vanilla_driver.OPERATIONS, **vanilla_driver.FROM_CACHE}
