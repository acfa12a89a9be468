"""
Ctrl-C and SIGTERM, which CI services send to cancel a job: both end a command in the same way.

In:    the signals SIGINT and SIGTERM.
Out:   `KeyboardInterrupt` in the main thread, so that the command can clean up and report; then
       the exit code of a shell: 130 for SIGINT, 143 for SIGTERM.
Never: a program that waits for a service without a response: the time to clean up is limited, and
       threads that wait for a response do not delay the end.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType, TracebackType
from typing import Any

CLEANUP_SECONDS = 8.0
"""How long a command may clean up after the first signal."""

_OFFSET = 128  # of the exit code of a signal, as shells report it

_GIVING_UP = b"""
error: interrupted; AWS did not answer in time, so the cleanup did not finish
  What the lines above say is being deleted may be left behind. Change sets and stacks in
  REVIEW_IN_PROGRESS have no effect; the next deployment of the stack deletes them.
"""


def _exit_now(code: int) -> None:
    """End the process without waiting for threads."""
    os._exit(code)


@dataclass
class Interruption:
    """Handles both signals while it is entered. ``number`` is the first signal, 0 without one."""

    seconds: float = CLEANUP_SECONDS
    exit_: Callable[[int], None] = _exit_now
    number: int = 0
    _previous: dict[int, Any] = field(default_factory=dict)
    _timer: threading.Timer | None = None

    def __enter__(self) -> "Interruption":
        """Install the handlers, except for a signal that this process was started to ignore."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    @property
    def exit_code(self) -> int:
        """The exit code of the signal."""
        return _OFFSET + self.number

    def end(self, code: int) -> int:
        """Return an exit code; after a signal, end the process with the code of the signal.

        A thread may still wait for a response, and the interpreter would wait for the thread.
        """
        if not self.number:
            return code
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self.exit_(self.exit_code)
        return self.exit_code

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if not self.number:
            self.number = number
            self._timer = threading.Timer(self.seconds, self._give_up)
            self._timer.daemon = True
            self._timer.start()
        raise KeyboardInterrupt

    def _give_up(self) -> None:
        """Report and end, whatever the main thread waits for."""
        os.write(sys.stderr.fileno(), _GIVING_UP.lstrip())
        self.exit_(self.exit_code)
