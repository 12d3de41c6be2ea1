"""Must not put a formula into the gradebook."""


class __FORMULA(Exception):
    pass


__FORMULA.__name__ = "=HYPERLINK(0)"


def strike():
    raise __FORMULA("=1+1")
