"""Must not fill a report with one long name."""

E = type("E" * 100_000, (Exception,), {"__str__": lambda self: "m" * 10_000_000})


def strike():
    raise E
