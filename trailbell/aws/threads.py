"""
Calls side by side, which Ctrl-C ends at once.

In:    functions that call AWS.
Out:   their results, in the order of the functions.
Never: a wait for a thread that waits for a response, once an error or Ctrl-C has ended the others.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")

A = TypeVar("A")
B = TypeVar("B")

WORKERS = 8
_POLL_SECONDS = 0.1
_GRACE_SECONDS = 3.0


def run_concurrently(
    calls: Iterable[Callable[[], T]],
    workers: int = WORKERS,
    *,
    stop: threading.Event | None = None,
) -> list[T]:
    """Run calls in threads, and return their results in the order of the calls.

    Raises the first error; calls that have not started are canceled then, and running ones are
    left alone. Ctrl-C sets ``stop``, which ends waits, and gives running requests a few seconds:
    what they create can then be removed.
    """
    pool, finished = ThreadPoolExecutor(workers), False
    futures = [pool.submit(call) for call in calls]
    try:
        pending = set(futures)
        while pending:  # short waits, so that Ctrl-C takes effect at once on every platform
            done, pending = wait(pending, timeout=_POLL_SECONDS, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
        finished = True
        return [future.result() for future in futures]
    except KeyboardInterrupt:
        if stop is not None:
            stop.set()
            wait(futures, timeout=_GRACE_SECONDS)
        raise
    finally:
        pool.shutdown(wait=finished, cancel_futures=True)


def run_both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Run two calls in threads, and return both results. Raises as `run_concurrently` does."""
    first_results: list[A] = []
    second_results: list[B] = []
    run_concurrently(
        (lambda: first_results.append(first()), lambda: second_results.append(second())), workers=2
    )
    return first_results[0], second_results[0]
