"""Grading on a Dask cluster that is there already: submissions go out as bytes, reports come back as bytes.

The coordinator alone reads what was handed in, and alone writes; a cluster's worker needs the package and nothing else,
no folder in common. A submission whose worker is lost is given to another one by Dask.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, suppress
from functools import partial

import cloudpickle
from distributed import Client, KilledWorker, Security

from harness.batch import cluster_worker, one
from harness.batch.cluster_task import Unfit, Work, graded, identity, packed
from harness.batch.discover import Entry
from harness.batch.executors import ExecutorTrouble, Start
from harness.batch.one import Grade
from harness.options import Options
from harness.report import Report, decode

PATIENCE = 10.0
"""Seconds to wait for the scheduler, and for a first worker."""
EVERY = 1.0
"""Seconds between looks at how many workers there are."""
AHEAD = 2
"""Submissions handed out for each worker: one that is graded, and one that is there when it is done."""
_log = logging.getLogger("harness")
cloudpickle.register_pickle_by_value(cluster_worker)


@contextmanager
def connected(address: str, tls: Mapping[str, str], assignments: Sequence[str], level: str) -> Iterator[Start]:
    """What starts graders on the cluster of this scheduler, once every worker has said that it can grade.

    `tls` holds `tls_ca_file`, `tls_client_cert` and `tls_client_key`, as far as they are not in Dask's own settings.
    Raises `ExecutorTrouble`.
    """
    client = _client(address, tls)
    try:
        demand_fit(client, address, level)
        client.register_plugin(cluster_worker.Zygotes(tuple(assignments), level), name=cluster_worker.NAME)
        try:
            yield partial(Graders, client, address)
        finally:
            with suppress(OSError, RuntimeError, ValueError):  # the scheduler may be gone
                client.unregister_worker_plugin(cluster_worker.NAME)
    finally:
        with suppress(OSError, RuntimeError):
            client.close(timeout=PATIENCE)


def _client(address: str, tls: Mapping[str, str]) -> Client:
    try:
        security = Security(require_encryption=True, **tls) if tls else Security()
        client = Client(address, security=security, timeout=PATIENCE, set_as_default=False, name="harness")
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ExecutorTrouble(
            f"there is no scheduler at {address}: {_first_line(error)}. Expected the address that `dask scheduler` "
            "prints, such as tcp://127.0.0.1:8786, or tls:// with --tls-ca-file, --tls-cert and --tls-key"
        ) from error
    return client


def demand_fit(client: Client, address: str, level: str) -> None:
    """Ask every worker whether it grades as this machine would. Raises `ExecutorTrouble`, which says what to mend."""
    with suppress(TimeoutError):  # then there is none, as is told below
        client.wait_for_workers(1, timeout=PATIENCE)
    asked = client.run(cluster_worker.trouble, identity(), level, on_error="return")
    if not asked:
        raise ExecutorTrouble(f"the scheduler at {address} has no workers; start some with `dask worker {address}`")
    wrong = {who: said if isinstance(said, str) else _first_line(said) for who, said in asked.items() if said}
    if wrong:
        who, said = next(iter(wrong.items()))
        more = f" (and {len(wrong) - 1} more of {len(asked)} workers cannot grade)" if len(wrong) > 1 else ""
        raise ExecutorTrouble(f"worker {who} {said}{more}; nothing was graded")


class Graders:
    """The workers of a cluster, as an executor."""

    def __init__(self, client: Client, address: str, most: int) -> None:
        self.client, self.address, self.most = client, address, most
        self.executor, self.who = client.get_executor(pure=False), identity()
        self.workers, self.looked, self.told = 1, float("-inf"), False
        self.look()

    def places(self) -> int:
        """Two submissions for every worker that there is now."""
        return min(self.most, AHEAD * max(self.workers, 1))

    def submit(self, entry: Entry, options: Options, grade: Grade | None) -> Future[Report]:
        """Read `entry` here and have it graded there."""
        found: Future[Report] = Future()
        read = one.handed_in(entry, options)
        if isinstance(read, Report):
            found.set_result(read)
        else:
            sent = self.executor.submit(graded, packed(Work(entry, read, options, self.who)), grade)
            sent.add_done_callback(partial(self._arrived, found))
        return found

    def _arrived(self, found: Future[Report], sent: Future[bytes]) -> None:
        """Hand over what came back. Called in a thread of the client's."""
        if sent.cancelled():
            found.set_exception(ExecutorTrouble(self._lost()))
            return
        error = sent.exception()
        if isinstance(error, KilledWorker):
            found.set_exception(BrokenExecutor(str(error)))
        elif isinstance(error, Unfit):
            found.set_exception(
                ExecutorTrouble(f"{error}. What is graded is kept: mend or end that worker, and start again")
            )
        elif error is not None:
            found.set_exception(error)
        else:
            found.set_result(decode(sent.result()))

    def look(self) -> None:
        """How many workers there are. Raises `ExecutorTrouble` when the scheduler is gone."""
        if time.monotonic() - self.looked < EVERY:
            return
        self.looked = time.monotonic()
        try:
            self.workers = len(self.client.nthreads()) if self.client.status == "running" else 0
        except (OSError, TimeoutError, RuntimeError) as error:
            raise ExecutorTrouble(self._lost()) from error
        if self.client.status in ("closing", "closed"):
            raise ExecutorTrouble(self._lost())
        if not self.workers and not self.told:
            self.told = True
            _log.warning("harness: no worker is left at %s; waiting for one. Ctrl-C stops, and keeps.", self.address)

    def _lost(self) -> str:
        return (
            f"the scheduler at {self.address} is gone. What is graded is kept: start it again, and `harness grade` too"
        )

    def close(self) -> None:
        """Everything has come back."""

    def stop(self) -> None:
        """Take back what is not finished."""
        self.executor.shutdown(wait=False)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
