"""
Polling: how often, and for how long.

In:    a function that polls once.
Out:   its first result that is not None.
Never: the SDK's waiters, which poll every 30 seconds. This one polls at once, then every 1 to 5
       seconds.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from trailbell.errors import AwsError, ServiceUnavailableError, ThrottlingError
from trailbell.wording import pluralize

T = TypeVar("T")

_MAX_SILENT_POLLS = 10
"""Polls in a row that may get no response, on top of the SDK's own retries."""


class WaitCanceledError(Exception):
    """A wait that ended because the user pressed Ctrl-C."""


@dataclass(frozen=True)
class Poller:
    """Seconds between polls grow from ``shortest`` to ``longest``; ``limit`` ends the wait.

    Setting `stop` ends every wait in every thread with `WaitCanceledError`.
    """

    shortest: float = 1.0
    longest: float = 5.0
    growth: float = 1.3
    limit: float = 3 * 3600
    now: Callable[[], float] = time.monotonic
    stop: threading.Event = field(default_factory=threading.Event)

    def pause(self) -> None:
        """Wait once, for the shortest time. Raises `WaitCanceledError`."""
        if self.stop.wait(self.shortest):
            raise WaitCanceledError

    def wait_for(self, operation: str, poll: Callable[[], T | None]) -> T:
        """Poll until there is a result.

        Raises `AwsError` after ``limit`` seconds, and what ``poll`` raises. A few missing
        responses in a row are ignored.
        """
        started, delay, silent = self.now(), self.shortest, 0
        while True:
            try:
                result = poll()
                silent = 0
            except (ThrottlingError, ServiceUnavailableError):
                silent += 1
                if silent > _MAX_SILENT_POLLS:
                    raise
                result = None
            if result is not None:
                return result
            if self.now() - started > self.limit:
                minutes = pluralize(round(self.limit / 60), "minute")
                raise AwsError(
                    operation, f"Timed out after {minutes}. The operation continues in AWS."
                )
            if self.stop.wait(delay):
                raise WaitCanceledError
            delay = min(self.longest, delay * self.growth)
