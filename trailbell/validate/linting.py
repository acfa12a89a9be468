"""
cfn-lint on every core.

In:    templates, as they are compiled.
Out:   the findings in each, and how long looking took.
Never: a verdict that depends on which process gave it, or on how many there are.

A process of its own loads cfn-lint while this one still compiles; more are started while more
templates wait than processes are free. Where no process can be started, or one dies, templates are
linted here.
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
class Linted:
    """What was found in a template, in its order; ``seconds`` of looking."""

    findings: tuple[Finding, ...]
    seconds: float


class _Linter(Protocol):
    def findings(self, stack: str, document: dict[str, Any], yaml: str) -> tuple[Finding, ...]: ...


def _linter(regions: tuple[str, ...]) -> _Linter:
    linter: _Linter = lazy_import("trailbell.validate.lint").Linter(regions)
    return linter


def _lint(linter: _Linter, job: Job) -> Linted:
    started = time.perf_counter()
    found = linter.findings(job.stack, job.document, job.yaml)
    return Linted(found, time.perf_counter() - started)


def cores() -> int:
    """How many processes this one may run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Worker:
    """A process that lints. It says that it is free when it is loaded and after each job."""

    def __init__(self, regions: tuple[str, ...]) -> None:
        context = multiprocessing.get_context("spawn")  # the same on every system
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, regions), daemon=True)
        # Ctrl-C reaches every process of a terminal, and is answered by who asked for the build.
        # What is ignored at the start stays ignored in the process that is started.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            self._process.start()
        finally:
            signal.signal(signal.SIGINT, before)
            theirs.close()
        self.job: int | None = None
        self.is_free = False

    def give(self, number: int, job: Job) -> None:
        """Raises `OSError` if the process is gone."""
        self.job, self.is_free = number, False
        self.connection.send(job)

    def stop(self) -> None:
        self.connection.close()
        self._process.terminate()


def _serve(connection: Connection, regions: tuple[str, ...]) -> None:
    """What a worker does, until the other end is closed.

    What goes wrong here is told by who asked, which lints the same template itself.
    """
    sys.stderr = io.StringIO()
    try:
        with garbage_collection_paused():
            linter = _linter(regions)
    except ImportError:  # who asked meets it too, and says so
        return
    answer: Linted | None = None
    while True:
        try:
            connection.send(answer)
            answer = _lint(linter, connection.recv())
        except (EOFError, OSError):
            return


class Linting:
    """Lints templates for some Regions, in at most so many processes; one means this one.

    A context manager: at its end no process of its own is left.
    """

    def __init__(self, regions: tuple[str, ...], jobs: int) -> None:
        self.regions = regions
        self._most = jobs if jobs > 1 else 0
        self._workers: list[_Worker] = []
        self._jobs: list[Job] = []
        self._waiting: deque[int] = deque()
        self._done: dict[int, Linted] = {}
        self._here: _Linter | None = None

    def __enter__(self) -> "Linting":
        if self._most:
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
        """Have a template linted as soon as a process is free; `result` takes the number."""
        number = len(self._jobs)
        self._jobs.append(job)
        self._waiting.append(number)
        self._move(0)
        return number

    def result(self, number: int) -> Linted:
        """What was found, once it is."""
        while number not in self._done:
            if self._workers:
                self._move(None)
            else:
                self._lint_here(self._waiting.popleft())
        return self._done[number]

    def _lint_here(self, number: int) -> None:
        self._here = self._here or _linter(self.regions)
        self._done[number] = _lint(self._here, self._jobs[number])

    def _move(self, timeout: float | None) -> None:
        """Take what workers have done, and give them what waits."""
        ready = wait([worker.connection for worker in self._workers], timeout)
        for worker in [worker for worker in self._workers if worker.connection in ready]:
            self._receive(worker)
        unready = sum(worker.job is None for worker in self._workers)
        while len(self._waiting) > unready and len(self._workers) < self._most:
            if not self._start():
                break
            unready += 1
        for worker in [worker for worker in self._workers if worker.is_free]:
            if self._waiting:
                self._give(worker, self._waiting.popleft())

    def _receive(self, worker: _Worker) -> None:
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            self._lose(worker)
            return
        if worker.job is not None:
            self._done[worker.job] = answer
        worker.job, worker.is_free = None, True

    def _give(self, worker: _Worker, number: int) -> None:
        try:
            worker.give(number, self._jobs[number])
        except (OSError, RecursionError):  # it is gone, or the template cannot be sent
            self._lose(worker)

    def _lose(self, worker: _Worker) -> None:
        """A process died. What it had is linted here: a template that kills it says why here."""
        self._workers.remove(worker)
        self._most -= 1
        worker.stop()
        if worker.job is not None:
            self._lint_here(worker.job)

    def _start(self) -> bool:
        try:
            self._workers.append(_Worker(self.regions))
        except (OSError, ValueError):  # too many processes, or not the main thread
            self._most = len(self._workers)
            return False
        return True
