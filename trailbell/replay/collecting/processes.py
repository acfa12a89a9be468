"""
Shares scanned by several processes.

In:    shares, read while others are scanned.
Out:   their results, in the order in which they are ready.
Never: a wait for a process that has died, or a process that outlives this one.

A process gets a share when it has returned the one before. So it never waits to write while this
process waits to write to it, whatever the pipes can hold.
"""

import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from trailbell.errors import TrailbellError, WorkerError
from trailbell.replay.collecting.share import Share
from trailbell.replay.collecting.share_scan import ScanSettings, ShareResult, ShareScan

_SECONDS_TO_END = 5


def scan_in_processes(
    settings: ScanSettings,
    open_scan: Callable[[], ShareScan],
    shares: Iterator[Share],
    count: int,
    on_start: Callable[[], None],
) -> Iterator[ShareResult]:
    """
    Scan shares in ``count`` processes, and standard input in this one.

    ``on_start`` is called when the processes are there: from then on, this one may start threads.

    Raises `WorkerError` if a process ends unexpectedly, and the errors that end a scan.
    """
    method = start_method()
    first = next(shares, None)
    results: list[ShareResult] = []
    if method == "fork" and first and first.is_small:
        # What is compiled and cached for this share, the copies of this process have, too.
        results.append(open_scan().scan(first))
    elif first:
        shares = chain([first], shares)
    workers = _Workers(method, open_scan() if method == "fork" else settings)
    try:
        workers.start(count)
        on_start()
        yield from results
        for share in shares:
            if share.is_standard_input:
                yield open_scan().scan(share)
                continue
            while workers.are_busy:
                yield workers.receive()
            workers.send(share)
        while workers.busy:
            yield workers.receive()
    finally:
        workers.end()


class _Workers:
    def __init__(self, method: str, scan: ShareScan | ScanSettings) -> None:
        self._scan = scan
        self._context: Any = multiprocessing.get_context(method)
        self._processes: dict[Connection, BaseProcess] = {}
        self._idle: list[Connection] = []
        self.busy: list[Connection] = []

    @property
    def are_busy(self) -> bool:
        """Whether a share has to wait for a process."""
        return not self._idle

    def start(self, count: int) -> None:
        """Start so many processes."""
        for _ in range(count):
            self._idle.append(self._start())

    def send(self, share: Share) -> None:
        """Give a share to a process that has none."""
        connection = self._idle.pop()
        try:
            connection.send(share)
        except OSError:
            raise self._died(connection) from None
        self.busy.append(connection)

    def receive(self) -> ShareResult:
        """Wait for a result."""
        connection: Any = wait(self.busy)[0]
        try:
            result: ShareResult | TrailbellError = connection.recv()
        except (EOFError, OSError):
            raise self._died(connection) from None
        if isinstance(result, TrailbellError):
            raise result
        self.busy.remove(connection)
        self._idle.append(connection)
        return result

    def end(self) -> None:
        """End all processes at once: what they still do is not wanted."""
        for connection, process in self._processes.items():
            connection.close()
            process.terminate()
        for process in self._processes.values():
            process.join(_SECONDS_TO_END)
            process.kill()  # one that has ended ignores it
            process.join()

    def _start(self) -> Connection:
        ours: Connection
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_work, args=(theirs, self._scan), daemon=True, name="trailbell scan"
        )
        process.start()
        theirs.close()  # the end of the process is then the end of the pipe
        self._processes[ours] = process
        return ours

    def _died(self, connection: Connection) -> WorkerError:
        process = self._processes[connection]
        process.join()
        return WorkerError(process.exitcode or 0)


def start_method() -> str:
    """
    How processes start: as a copy of this one, which takes a hundredth of the time, if it is safe.

    It is not with several threads, of which one may hold a lock; macOS' own libraries start some:
    https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
    """
    is_alone = threading.active_count() == 1
    return "fork" if sys.platform == "linux" and is_alone else "spawn"


def _work(connection: Connection, scan_or_settings: ShareScan | ScanSettings) -> None:
    """Scan shares until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # that process may handle it, and this is a copy
    if isinstance(scan_or_settings, ScanSettings):
        scan = ShareScan(scan_or_settings)
    else:
        scan = scan_or_settings
        scan.detach()
    with suppress(EOFError, OSError), connection:  # it has ended
        while True:
            share: Share = connection.recv()
            try:
                connection.send(scan.scan(share))
            except TrailbellError as error:
                connection.send(error)
