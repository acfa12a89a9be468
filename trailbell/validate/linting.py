"""
Run cfn-lint in several processes.

In:    templates, as they are compiled.
Out:   the findings in each, and the duration.
Never: a result that depends on the process, or on the number of processes.

A worker process loads cfn-lint while this process compiles. More workers are started while more
templates wait than workers are idle. If no worker can be started, or one dies, its templates are
linted in this process.
"""

import io
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Protocol

from trailbell.lazy_import import lazy_import
from trailbell.validate.finding import Finding
from trailbell.validate.garbage_collection import garbage_collection_paused


@dataclass(frozen=True)
class Job:
    """A template to lint."""

    stack: str
    document: dict[str, Any]
    yaml: str


@dataclass(frozen=True)
class LintResult:
    """The findings in a template, in its order, and the duration of linting it."""

    findings: tuple[Finding, ...]
    seconds: float


class _Linter(Protocol):
    def findings(self, stack: str, document: dict[str, Any], yaml: str) -> tuple[Finding, ...]: ...


def _linter(regions: tuple[str, ...]) -> _Linter:
    linter: _Linter = lazy_import("trailbell.validate.lint").Linter(regions)
    return linter


def _lint(linter: _Linter, job: Job) -> LintResult:
    started = time.perf_counter()
    findings = linter.findings(job.stack, job.document, job.yaml)
    return LintResult(findings, time.perf_counter() - started)


def cores() -> int:
    """The number of CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Worker:
    """A process that lints. It sends a message when it is loaded, and after each job."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        context = multiprocessing.get_context("spawn")  # available on every system
        self.connection, worker_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(worker_end, regions), daemon=True)
        # Ctrl-C reaches all processes of a terminal, but only the main process must handle it. A
        # signal that is ignored during the start stays ignored in the worker.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, handler)
            worker_end.close()
        self.job: int | None = None
        self.is_idle = False

    def send(self, number: int, job: Job) -> None:
        """Start a job. Raises `OSError` if the process has ended."""
        self.job, self.is_idle = number, False
        self.connection.send(job)

    def stop(self) -> None:
        self.connection.close()
        self._process.terminate()


def _serve(connection: Connection, regions: tuple[str, ...]) -> None:
    """Run jobs in a worker until the main process closes the connection.

    Errors are not reported here: the main process lints the same template and reports them.
    """
    sys.stderr = io.StringIO()
    try:
        with garbage_collection_paused():
            linter = _linter(regions)
    except ImportError:  # the main process has the same error and reports it
        return
    result: LintResult | None = None
    while True:
        try:
            connection.send(result)
            result = _lint(linter, connection.recv())
        except (EOFError, OSError):
            return


class Linting:
    """Lints templates for some Regions, in at most ``jobs`` processes; 1 means this process.

    A context manager, which ends all worker processes.
    """

    def __init__(self, regions: tuple[str, ...], jobs: int) -> None:
        self.regions = regions
        self._max_workers = jobs if jobs > 1 else 0
        self._workers: list[_Worker] = []
        self._jobs: list[Job] = []
        self._waiting: deque[int] = deque()
        self._done: dict[int, LintResult] = {}
        self._own_linter: _Linter | None = None

    def __enter__(self) -> "Linting":
        if self._max_workers:
            self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.stop()
        self._workers.clear()

    def submit(self, job: Job) -> int:
        """Queue a template, and return the number for `result`."""
        number = len(self._jobs)
        self._jobs.append(job)
        self._waiting.append(number)
        self._dispatch(0)
        return number

    def result(self, number: int) -> LintResult:
        """Wait for the result of a template."""
        while number not in self._done:
            if self._workers:
                self._dispatch(None)
            else:
                self._lint_in_process(self._waiting.popleft())
        return self._done[number]

    def _lint_in_process(self, number: int) -> None:
        self._own_linter = self._own_linter or _linter(self.regions)
        self._done[number] = _lint(self._own_linter, self._jobs[number])

    def _dispatch(self, timeout: float | None) -> None:
        """Receive the results of workers, and send them waiting jobs."""
        ready = wait([worker.connection for worker in self._workers], timeout)
        for worker in [worker for worker in self._workers if worker.connection in ready]:
            self._receive(worker)
        unready = sum(worker.job is None for worker in self._workers)
        while len(self._waiting) > unready and len(self._workers) < self._max_workers:
            if not self._start():
                break
            unready += 1
        for worker in [worker for worker in self._workers if worker.is_idle]:
            if self._waiting:
                self._send(worker, self._waiting.popleft())

    def _receive(self, worker: _Worker) -> None:
        try:
            result = worker.connection.recv()
        except (EOFError, OSError):
            self._remove(worker)
            return
        if worker.job is not None:
            self._done[worker.job] = result
        worker.job, worker.is_idle = None, True

    def _send(self, worker: _Worker, number: int) -> None:
        try:
            worker.send(number, self._jobs[number])
        except (OSError, RecursionError):  # the process has ended, or the template cannot be sent
            self._remove(worker)

    def _remove(self, worker: _Worker) -> None:
        """Remove a worker that died, and lint its template here, which reports the error."""
        self._workers.remove(worker)
        self._max_workers -= 1
        worker.stop()
        if worker.job is not None:
            self._lint_in_process(worker.job)

    def _start(self) -> bool:
        try:
            self._workers.append(_Worker(self.regions))
        except (OSError, ValueError):  # too many processes, or not in the main thread
            self._max_workers = len(self._workers)
            return False
        return True
