"""
An emulator of AWS on this machine: ministack, in a process of its own.

In:    ministack of exactly `VERSION`, in the environment that runs this program.
Out:   its address, and an environment in which the SDK calls nothing else.
Never: an address outside this machine, or an emulator that outlives this process.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from trailbell.errors import PreconditionError
from trailbell.project.root import ENGINE

ACCOUNT = "111122223333"
REGION = "us-east-1"
VERSION = "1.5.33"
"""Of ministack. `trailbell.demo.emulator_server` changes private names of this version."""

SERVER = "trailbell.demo.emulator_server"

ACCEPT_AWS_SOURCES = "TRAILBELL_ACCEPT_AWS_SOURCES"
"""The variable with which PutEvents accepts the sources of AWS services. In AWS it does not."""

_INSTALL = 'Install the emulator: pip install "trailbell[demo]"'
_LOCAL = "127.0.0.1"
_TRIES = 3
_START_TIMEOUT = 20.0
_SUBJECT = "emulator"


def check_installed() -> None:
    """Raise `PreconditionError` if ministack is not installed, or another version of it is."""
    try:
        installed = version("ministack")
    except PackageNotFoundError:
        reason = "ministack, which emulates AWS on this machine, is not installed."
        raise PreconditionError(_SUBJECT, reason, _INSTALL) from None
    if installed != VERSION:
        reason = f"ministack {installed} is installed, but only {VERSION} was tested."
        raise PreconditionError(_SUBJECT, reason, _INSTALL)


@contextmanager
def running(folder: Path, *, aws_sources: bool = False, server: str = SERVER) -> Iterator[str]:
    """Run an emulator for the duration of the block; its address.

    It writes to ``folder`` only. ``server`` is the module that runs it. With ``aws_sources`` its
    PutEvents accepts events that in AWS only a service can send. Raises `PreconditionError` if it
    cannot run.
    """
    check_installed()
    for _ in range(_TRIES):
        port = _free_port()
        process = _start(folder, port, server, aws_sources=aws_sources)
        address = f"http://{_LOCAL}:{port}"
        try:
            if _is_ready(process, address):
                yield address
                return
        finally:
            _stop(process)
    raise PreconditionError(
        _SUBJECT,
        f"ministack did not start in {_TRIES} tries.",
        f"Start it by hand to see why: {sys.executable} -m {server}",
    )


def variables(address: str) -> dict[str, str]:
    """The environment variables of a program that calls only the emulator."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def only_emulator(address: str) -> Iterator[None]:
    """For the duration of the block, this process calls the emulator and nothing else.

    No profile, role, endpoint or proxy of the caller has an effect, so no account is reached.
    """
    before = dict(os.environ)
    try:
        for name in before:
            if name.startswith("AWS_") or name.lower().endswith("_proxy"):
                del os.environ[name]
        os.environ.update(variables(address) | {"NO_PROXY": _LOCAL})
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _start(folder: Path, port: int, server: str, *, aws_sources: bool) -> subprocess.Popen[bytes]:
    """Start the emulator in a session of its own, so that Ctrl-C reaches only this process.

    It ends when its standard input does, which is when this process is killed.
    """
    settings = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": _LOCAL,
        "MINISTACK_HOST": "localhost",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder),
    }
    if aws_sources:
        settings[ACCEPT_AWS_SOURCES] = "1"
    path = os.pathsep.join(filter(None, (str(ENGINE.parent), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603 - a module of this program
        [sys.executable, "-m", server],
        cwd=folder,
        env=os.environ | settings | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((_LOCAL, 0))
        return int(listener.getsockname()[1])


def _is_ready(process: subprocess.Popen[bytes], address: str) -> bool:
    until = time.monotonic() + _START_TIMEOUT
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < until and process.poll() is None:
        try:
            opener.open(f"{address}/_ministack/health", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
