"""Where a batch is graded: on this machine, or on a cluster that is there already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from harness.commands.asking import NOT_JUDGED, WRONG_USAGE, cores, stop

if TYPE_CHECKING:
    from harness.batch.discover import Entry
    from harness.batch.executors import Start

Kind = Literal["local", "dask"]
Executor = Annotated[
    Kind,
    typer.Option(metavar="local|dask", help="Where to grade: processes here, or a Dask cluster (extra `cluster`)."),
]
Scheduler = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Of the Dask cluster, such as tcp://127.0.0.1:8786 or tls://…")
]
Authority = Annotated[str, typer.Option("--tls-ca-file", metavar="FILE", help="Who vouches for the cluster (PEM).")]
Certificate = Annotated[str, typer.Option("--tls-cert", metavar="FILE", help="This machine's certificate (PEM).")]
Key = Annotated[str, typer.Option("--tls-key", metavar="FILE", help="The certificate's key (PEM).")]
UNLIMITED = 2**31


class Place(msgspec.Struct, frozen=True):
    """What was asked for: which executor, and how to reach it."""

    kind: Kind = "local"
    scheduler: str = ""
    tls_ca_file: str = ""
    tls_client_cert: str = ""
    tls_client_key: str = ""

    @property
    def tls(self) -> dict[str, str]:
        """What of Dask's own settings was named here."""
        given = {name: getattr(self, name) for name in ("tls_ca_file", "tls_client_cert", "tls_client_key")}
        return {name: value for name, value in given.items() if value}


def demand_sense(place: Place) -> None:
    """Ends the program where the options do not fit together."""
    if place.kind == "local" and (place.scheduler or place.tls):
        stop("--scheduler and --tls-… are about a cluster; add --executor dask, or leave them out", WRONG_USAGE)
    if place.kind == "dask" and not place.scheduler:
        stop("--executor dask needs --scheduler ADDRESS, which `dask scheduler` prints when it starts", WRONG_USAGE)


def most(place: Place, jobs: int | None) -> int:
    """How many submissions to grade at once: as asked for, or as many as there are graders."""
    return jobs or (cores() if place.kind == "local" else UNLIMITED)


@contextmanager
def graders(place: Place, entries: Sequence[Entry], level: str, quiet: bool) -> Iterator[Start]:
    """What starts graders there. Ends the program where there are none, or none any longer."""
    from harness.batch.executors import ExecutorTrouble

    if place.kind == "local":
        from harness.batch.pool import Pool

        yield Pool
        return
    try:
        from harness.batch import cluster
    except ImportError as error:
        stop(f"a cluster needs more than is installed ({error}): pip install 'rnn-harness[cluster]'", WRONG_USAGE)
    if level == "process" and not quiet:
        typer.echo(
            "At isolation level process student code can reach the scheduler, which runs what it is sent: use TLS.",
            err=True,
        )
    known = sorted({entry.assignment for entry in entries if entry.assignment})
    try:
        with cluster.connected(place.scheduler, place.tls, known, level) as start:
            yield start
    except ExecutorTrouble as trouble:
        stop(str(trouble), NOT_JUDGED)
