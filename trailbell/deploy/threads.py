"""
Run calls concurrently, so that Ctrl-C takes effect at once.

In:    functions without arguments.
Out:   what they return, in the same order.
Never: a wait for a call that hangs, once the user pressed Ctrl-C.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")

_MAX_WORKERS = 8
_POLL_SECONDS = 0.1
_GRACE_SECONDS = 3.0
"""How long calls that are in progress may take to end after Ctrl-C."""


def run_concurrently(calls: Sequence[Callable[[], T]], stop: threading.Event) -> list[T]:
    """Run calls in threads. Ctrl-C sets ``stop``, which ends their waits, and is raised again."""
    pool = ThreadPoolExecutor(_MAX_WORKERS)
    futures = [pool.submit(call) for call in calls]
    try:
        pending = set(futures)
        while pending:  # short waits, so that Ctrl-C takes effect at once
            _, pending = wait(pending, timeout=_POLL_SECONDS)
    except KeyboardInterrupt:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        wait(futures, timeout=_GRACE_SECONDS)
        raise
    pool.shutdown()
    return [future.result() for future in futures]
