"""A warm parent of workers: imports once what each of them needs, then forks one whenever the grader asks.

Nothing of a student's is ever opened or run here, and nothing comes back from a worker, so each begins as clean as the
one before it. The grader's requests are messages of JSON: `worker`, with a socket, a pipe and a file to give it;
`ended`, with the number of one that has, whose status is the answer.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import sys
from typing import Any

LONGEST = 1 << 10
"""Bytes of a request, at most."""
NEEDED = (
    *("resource", "numpy.random", "numpy.linalg"),
    *("harness.worker.inside.serving", "harness.worker.jail.entering", "harness.worker.inside.refusals"),
)
"""What every worker imports before it is ready, some of it late; and what most submissions use."""
DESCRIPTORS = 5
"""What comes with a request for a worker: the pipe for what it prints, a file that says the rest, its channel, a file
for its answers, and the door of a control group where there is one."""


def workers(descriptor: int, setup: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Returns in every new worker: its channel, and what it is told. Never returns in the zygote."""
    _follow(setup["zygote"]["parent"])
    if setup["zygote"]["layers"]:
        from harness.worker.jail.entering import hold

        hold(setup["zygote"])
    _warm(setup["library"], setup["zygote"])
    door, itself = socket.socket(fileno=descriptor), os.getpid()
    while True:
        message, given, *_ = socket.recv_fds(door, LONGEST, DESCRIPTORS)
        if not message:  # the grader has ended
            os._exit(0)
        request = json.loads(message)
        number = 0 if "worker" in request else _status(request["ended"])
        if "worker" in request:
            number = os.fork()
            if number == 0:
                door.close()
                return _settled(itself, *given)
        for each in given:
            os.close(each)
        door.send(json.dumps(number).encode())


def _follow(parent: int) -> None:
    """End when `parent` does, however it ends; 0 where only its end of the socket can tell."""
    from harness.worker.jail import kernel

    if parent:
        kernel.die_with_parent()
        if os.getppid() != parent:
            os._exit(1)


def _warm(library: str, setup: dict[str, Any]) -> None:
    """Import everything a worker needs, use it once, and mark all of it as not to be looked at again."""
    for module in (*NEEDED, *setup["drivers"]):
        importlib.import_module(module)
    if library == "torch":
        _one_backward()
    gc.collect()
    gc.freeze()
    if len(os.listdir("/proc/self/task")) != 1:  # a fork copies one thread, and the locks of all
        sys.exit("something that was imported has started a thread")


def _one_backward() -> None:
    """What the first use of autograd sets up is then shared by all workers."""
    import torch

    from harness.worker.inside.arrays import Torch

    Torch()
    x = torch.ones(2, 2, dtype=torch.float64, requires_grad=True)
    torch.tanh(x @ x).sum().backward()


def _settled(
    parent: int, output: int, told: int, channel: int, answers: int, *group: int
) -> tuple[int, dict[str, Any]]:
    """Become what a fresh interpreter would be by now: a session, folders, output and chance of its own."""
    import numpy as np

    _follow(parent)
    with open(told, encoding="utf-8") as file:
        own: dict[str, Any] = json.load(file)
    if own["jail"]:
        own["jail"]["parent"] = 0  # followed already
    os.setsid()
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    os.chdir(own["work"])
    os.environ.update(own["homes"])
    np.random.seed(list(os.urandom(32)))  # as unforeseeable as in an interpreter of its own
    return channel, {**own, "answers": answers, "group": group}


def _status(number: int) -> int | None:
    """How the worker `number` ended, as the system puts it; None while it has not."""
    ended, status = os.waitpid(number, os.WNOHANG)
    return status if ended else None
