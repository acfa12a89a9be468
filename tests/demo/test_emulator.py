"""The emulator as a child of this process: what it needs, what it can reach, and when it ends."""

import configparser
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any, NoReturn

import boto3
import pytest

from tests import PROJECT
from trailbell.demo import emulator
from trailbell.errors import PreconditionError

_ADDRESS = "http://127.0.0.1:1"


def _not_installed(name: str) -> NoReturn:
    raise PackageNotFoundError(name)


def _another_version(_: str) -> str:
    return "1.4.0"


@pytest.mark.parametrize(
    ("version", "message"),
    [
        pytest.param(
            _not_installed,
            "emulator: ministack, which emulates AWS on this machine, is not installed.\n"
            '  Install the emulator: pip install "trailbell[demo]"',
            id="ministack is not installed",
        ),
        pytest.param(
            _another_version,
            "emulator: ministack 1.4.0 is installed, but only 1.5.33 was tested.\n"
            '  Install the emulator: pip install "trailbell[demo]"',
            id="another version is installed",
        ),
    ],
)
def test_an_emulator_that_cannot_run_is_an_error(
    version: Any, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(emulator, "version", version)
    with pytest.raises(PreconditionError) as error, emulator.running(tmp_path):
        pass
    assert str(error.value) == message


def test_the_extra_has_the_version_that_was_tested() -> None:
    config = configparser.ConfigParser()
    config.read(PROJECT / "setup.cfg")
    extras = config["options.extras_require"]
    wanted = f"ministack=={emulator.VERSION}"
    assert extras["demo"].split() == [wanted]
    assert wanted in extras["test"].split()


@pytest.fixture
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a person with accounts, endpoints and a proxy."""
    for name in ("AWS_PROFILE", "AWS_ROLE_ARN", "AWS_ENDPOINT_URL_S3", "HTTPS_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "own")


@pytest.mark.usefixtures("_own_settings")
def test_only_the_emulator_can_be_reached() -> None:
    before = dict(os.environ)
    with emulator.only_emulator(_ADDRESS):
        inside = {
            name: value
            for name, value in os.environ.items()
            if name.startswith("AWS_") or "proxy" in name.lower()
        }
    assert inside == emulator.variables(_ADDRESS) | {"NO_PROXY": "127.0.0.1"}
    assert dict(os.environ) == before


@pytest.mark.usefixtures("_own_settings")
def test_the_environment_is_restored_after_an_error() -> None:
    before = dict(os.environ)
    with pytest.raises(KeyboardInterrupt), emulator.only_emulator(_ADDRESS):
        raise KeyboardInterrupt
    assert dict(os.environ) == before


# ---------------------------------------------------------------------------- the running emulator


def _put(source: str) -> dict[str, Any]:
    entry = {"Source": source, "DetailType": "test", "Detail": "{}"}
    answer = boto3.client("events", region_name="us-east-1").put_events(Entries=[entry])
    (result,) = answer["Entries"]
    return {name: value for name, value in result.items() if name != "EventId"}


@pytest.mark.emulator
def test_put_events_refuses_the_source_of_a_service(emulator: str) -> None:
    assert emulator
    assert _put("aws.iam") == {
        "ErrorCode": "NotAuthorizedForSourceException",
        "ErrorMessage": "Not authorized for the source.",
    }


@pytest.mark.emulator
def test_put_events_accepts_the_source_of_a_service_on_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with (
        emulator.running(tmp_path, aws_sources=True) as address,
        emulator.only_emulator(address),
    ):
        assert _put("aws.iam") == {}


@pytest.mark.emulator
def test_an_event_keeps_its_time(emulator: str) -> None:
    assert emulator
    events, sqs = (boto3.client(name, region_name="us-east-1") for name in ("events", "sqs"))
    url = sqs.create_queue(QueueName="times")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    events.put_rule(Name="all", EventPattern=json.dumps({"source": ["test"]}))
    events.put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": attributes["QueueArn"]}])
    at = datetime(2026, 11, 26, 2, 6, 10, tzinfo=UTC)
    entry = {"Source": "test", "DetailType": "test", "Detail": "{}", "Time": at}
    events.put_events(Entries=[entry])
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"])["time"] == "2026-11-26T02:06:10Z"


_PARENT = """
import sys, time
from pathlib import Path
from trailbell.demo.emulator import running
with running(Path(sys.argv[1])) as address:
    print(address, flush=True)
    time.sleep(60)
"""


def _is_answering(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/_ministack/health", timeout=1).close()  # noqa: S310 - local
    except (urllib.error.URLError, OSError):
        return False
    return True


@pytest.mark.emulator
@pytest.mark.slow
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGKILL, id="its parent is killed"),
        pytest.param(signal.SIGINT, id="its parent is interrupted"),
    ],
)
def test_the_emulator_ends_when(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-c", _PARENT, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as parent:
        assert parent.stdout
        address = parent.stdout.readline().strip()
        assert _is_answering(address)
        parent.send_signal(number)
        parent.wait()
    until = time.monotonic() + 10
    while _is_answering(address) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_answering(address)
