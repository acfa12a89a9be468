"""
An emulator of AWS over HTTP, for tests of successful deployments.

In:    ministack, in the environment that runs the tests, with two more resource types.
Out:   its address. Its contents are deleted before each test.
Never: an address outside this machine.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import PROJECT

ACCOUNT = "111122223333"
_TRIES = 3
_START_TIMEOUT = 20.0


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run an emulator for the duration of the block; its address."""
    for _ in range(_TRIES):
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.emulator_types"],
            cwd=PROJECT,
            env=os.environ
            | {
                "GATEWAY_PORT": str(port),
                "BIND_HOST": "127.0.0.1",
                "MINISTACK_HOST": "localhost",
                "SFTP_ENABLED": "0",
                "IOT_MTLS_ENABLED": "0",
                "LOG_LEVEL": "WARNING",
                "TMPDIR": str(folder),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            if _ready(process, address):
                yield address
                return
        finally:
            _end(process)
    raise AssertionError(f"ministack did not start in {_TRIES} tries")


def reset(address: str) -> None:
    """Delete everything in the emulator."""
    request = urllib.request.Request(f"{address}/_ministack/reset", method="POST")  # noqa: S310 - ours
    urllib.request.urlopen(request, timeout=10).close()  # noqa: S310 - ours


def variables(address: str) -> dict[str, str]:
    """Return the environment variables of a program that calls only the emulator."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def enable_ctrl_c() -> None:
    """Restore the handler of SIGINT in a child process, even if the test runner ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _ready(process: subprocess.Popen[bytes], address: str) -> bool:
    until = time.monotonic() + _START_TIMEOUT
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/_ministack/health", timeout=1).close()  # noqa: S310 - local server
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return True
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
