"""
The emulator of AWS, in tests of successful deployments.

In:    the address of an emulator of `trailbell.demo.emulator`.
Out:   an emulator without contents; a child process that Ctrl-C reaches.
Never: an address outside this machine.
"""

import signal
import urllib.request


def reset(address: str) -> None:
    """Delete everything in the emulator."""
    request = urllib.request.Request(f"{address}/_ministack/reset", method="POST")  # noqa: S310 - ours
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - ours


def enable_ctrl_c() -> None:
    """Restore the handler of SIGINT in a child process, even if the test runner ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
