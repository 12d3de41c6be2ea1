"""In a student's kit, the part of msgspec that the harness uses, in plain Python: a kit needs nothing but numpy.

It stands there under msgspec's name. What comes from a worker is checked against the declared types, as msgspec does.
"""

from . import msgpack, structs
from .checked import DecodeError, ValidationError
from .structs import Struct

__all__ = ["DecodeError", "Struct", "ValidationError", "msgpack", "structs"]
