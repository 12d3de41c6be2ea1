"""Puts the list of system calls together into a filter for the kernel (seccomp, classic BPF)."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from harness.worker.jail import kernel
from harness.worker.jail.numbers import AARCH64, X86_64
from harness.worker.jail.policy import ALLOWED, NEVER, ON_OWN_FILES, REFUSED, Test, conditions

MACHINES = {"x86_64": (0xC000003E, X86_64), "aarch64": (0xC00000B7, AARCH64)}
"""For each machine the filter is known for: what the kernel calls it, and its system call numbers."""
X32 = 0x40000000
"""Numbers from here on are another way of calling the same kernel (x86_64 alone)."""

LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, MACHINE, ARGUMENTS = 0, 4, 16
"""Where the kernel puts what a filter looks at, in bytes."""
MODE_FILTER = 2


def install(own_files: bool) -> None:
    """Filter this process's system calls from now on. Raises `kernel.Refused`."""
    _load(assembled(platform.machine(), os.getpid(), own_files))


def install_for_a_zygote() -> None:
    """Take from this process, and all that it forks, what none of them ever needs. Raises `kernel.Refused`."""
    _load(assembled_for_a_zygote(platform.machine()))


def _load(program: bytes) -> None:
    buffer = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer)))
    kernel.prctl("a seccomp filter", kernel.SECCOMP, MODE_FILTER, ctypes.addressof(header))


def assembled(machine: str, process: int, own_files: bool) -> bytes:
    """The filter as the kernel wants it. Raises `kernel.Refused` for a machine whose numbers are not known."""
    code, numbers = _begun(machine)
    for call in [*ALLOWED, *(ON_OWN_FILES if own_files else [])]:
        code += _answered(numbers.get(call), [(RETURN, 0, 0, ALLOW)])
    for call, tests in conditions(process).items():
        code += _answered(numbers.get(call), _tested(tests))
    for call in REFUSED:
        code += _answered(numbers.get(call), [_error(errno.EPERM)])
    return _packed([*code, _error(errno.ENOSYS)])


def assembled_for_a_zygote(machine: str) -> bytes:
    """The filter of a zygote. Raises `kernel.Refused` for a machine whose numbers are not known."""
    code, numbers = _begun(machine)
    for call in NEVER:
        code += _answered(numbers.get(call), [_error(errno.EPERM)])
    return _packed([*code, (RETURN, 0, 0, ALLOW)])


Code = list[tuple[int, int, int, int]]


def _begun(machine: str) -> tuple[Code, dict[str, int]]:
    """A filter that has the number of a system call at hand, and the numbers of this kind of machine."""
    if machine not in MACHINES:
        raise kernel.Refused(errno.ENOSYS, f"a seccomp filter: not known for machines of the kind {machine!r}")
    name, numbers = MACHINES[machine]
    code = [(LOAD, 0, 0, MACHINE), (EQUAL, 1, 0, name), (RETURN, 0, 0, KILL), (LOAD, 0, 0, NUMBER)]
    return code + ([(AT_LEAST, 0, 1, X32), _error(errno.EPERM)] if machine == "x86_64" else []), numbers


def _packed(code: Code) -> bytes:
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def _answered(number: int | None, answer: Code) -> Code:
    """Instructions that give `answer` to one system call, none where the machine does not have it."""
    return [] if number is None else [(EQUAL, 0, len(answer), number), *answer]


def _tested(tests: tuple[Test, ...]) -> Code:
    """Allow when every test holds, else refuse."""
    code: Code = []
    for test in tests:
        code += [(LOAD, 0, 0, ARGUMENTS + 4 * test.word), (AND, 0, 0, test.mask)]
        for left, value in zip(range(len(test.values) - 1, -1, -1), test.values, strict=True):
            jumps = (left + 1, 0) if test.wanted else (left, int(left == 0))  # over the error, or to it
            code.append((EQUAL, *jumps, value))
        code.append(_error(errno.EPERM))
    return [*code, (RETURN, 0, 0, ALLOW)]


def _error(number: int) -> tuple[int, int, int, int]:
    return RETURN, 0, 0, ERROR | number
