"""Must not forge an annotation of a CI service."""


def strike():
    raise ValueError("\n::error file=a.py,line=1::owned\n::set-output name=x::y\n##[error]owned")
