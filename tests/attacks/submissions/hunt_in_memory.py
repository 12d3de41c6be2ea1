"""Must not find an answer among the objects of its process."""

import gc


def attack():
    for thing in gc.get_objects():
        if type(thing).__name__ in ("Truth", "Case", "CaseVerdict", "Evidence", "Bank"):
            return type(thing).__name__
    return None
