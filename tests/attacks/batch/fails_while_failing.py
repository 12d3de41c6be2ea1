"""Must not break what describes its failure."""


class Nasty(Exception):
    def __str__(self):
        raise SystemExit(0)

    @property
    def __traceback__(self):
        raise SystemExit(0)


def strike():
    raise Nasty
