"""Lab 9 before anybody has solved it."""

import msgspec

from harness.assignments.lab9 import contract

ASSIGNMENT = msgspec.structs.replace(
    contract.ASSIGNMENT,
    id="new_course",
    title="A lab without an answer key",
    model="",
    driver_modules=("harness.assignments.lab9.driver",),
)
