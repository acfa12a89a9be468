"""
Waiting: how often to look, and for how long.

In:    a function that looks.
Out:   what it found, once it found something.
Never: the SDK's waiters, which look every 30 seconds. Here: at once, then every 1 to 5 seconds.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from trailbell.errors import AwsError, ServiceUnavailableError, ThrottlingError

T = TypeVar("T")

_MAX_SILENT_POLLS = 10
"""Looks in a row that may fail for want of an answer, on top of the SDK's own retries."""


class WaitCanceledError(Exception):
    """Somebody pressed Ctrl-C while a thread was waiting."""


@dataclass(frozen=True)
class Poller:
    """Seconds between looks grow from ``shortest`` to ``longest``; ``limit`` ends the wait.

    `stop` makes every wait in every thread end with `WaitCanceledError`.
    """

    shortest: float = 1.0
    longest: float = 5.0
    growth: float = 1.3
    limit: float = 3 * 3600
    now: Callable[[], float] = time.monotonic
    stop: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, what: str, look: Callable[[], T | None]) -> T:
        """Look until there is something. Raises `AwsError` past the limit, and what ``look``
        raises, but for answers that merely fail to come.
        """
        began, delay, silent = self.now(), self.shortest, 0
        while True:
            try:
                found = look()
                silent = 0
            except (ThrottlingError, ServiceUnavailableError):
                silent += 1
                if silent > _MAX_SILENT_POLLS:
                    raise
                found = None
            if found is not None:
                return found
            if self.now() - began > self.limit:
                minutes = self.limit / 60
                raise AwsError(what, f"not done after {minutes:.0f} minutes; it goes on in AWS")
            if self.stop.wait(delay):
                raise WaitCanceledError
            delay = min(self.longest, delay * self.growth)
