"""How the captioning assignment's functions are called; knows no answer."""

from harness.assignments import vanilla_driver
from harness.assignments.cs231n import captioning_driver, layers_driver, lstm_driver

OPERATIONS = {
    **vanilla_driver.OPERATIONS,
    **layers_driver.OPERATIONS,
    **lstm_driver.OPERATIONS,
    **captioning_driver.OPERATIONS,
}
