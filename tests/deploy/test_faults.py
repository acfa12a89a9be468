"""Faults during a deployment: the result is correct, or correct after a second run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import PROJECT
from tests.deploy.conftest import Deployer, fresh
from tests.deploy.fake import Fake, Fault, Frame, success
from tests.emulator import enable_ctrl_c
from trailbell.command.interruption import CLEANUP_SECONDS
from trailbell.deploy import session
from trailbell.deploy.environment import Environment
from trailbell.errors import CredentialsError

pytestmark = pytest.mark.slow


@pytest.fixture
def deployer(fake: Fake) -> Deployer:
    return fresh(fake)


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        pytest.param("CreateChangeSet", Fault.THROTTLED, id="throttled"),
        pytest.param("CreateChangeSet", Fault.CUT, id="cut before the change set"),
        pytest.param("CreateChangeSet", Fault.RESPONSE_LOST, id="the change set's ARN is lost"),
        pytest.param("DescribeChangeSet", Fault.BROKEN, id="500 while waiting"),
        pytest.param("ExecuteChangeSet", Fault.CUT, id="cut before executing"),
        pytest.param(
            "ExecuteChangeSet", Fault.RESPONSE_LOST, id="executed, and the response is lost"
        ),
        pytest.param("ExecuteChangeSet", Fault.BROKEN, id="500 while executing"),
        pytest.param("DescribeStackEvents", Fault.CUT, id="cut while following"),
        pytest.param("UpdateTerminationProtection", Fault.BROKEN, id="500 while protecting"),
    ],
)
def test_a_temporary_fault_does_not_change_the_result(
    deployer: Deployer, operation: str, fault: Fault
) -> None:
    deployer.fake.fault(operation, fault)
    assert deployer.status() == [("alerts", "deployed")]
    stack = deployer.fake.stacks["alerts"]
    assert (stack.state, stack.changes, stack.protected) == ("CREATE_COMPLETE", 1, True)


@pytest.mark.parametrize(
    ("operation", "fault", "words"),
    [
        pytest.param("CreateChangeSet", Fault.EXPIRED, "security token", id="before anything"),
        pytest.param("DescribeChangeSet", Fault.EXPIRED, "security token", id="while planning"),
        pytest.param("ExecuteChangeSet", Fault.EXPIRED, "security token", id="while executing"),
        pytest.param("DescribeStackEvents", Fault.EXPIRED, "security token", id="mid-wait"),
        pytest.param("CreateChangeSet", Fault.SKEWED, "The system clock is wrong", id="clock"),
        pytest.param("ExecuteChangeSet", Fault.DENIED, "trailbell permissions", id="not allowed"),
    ],
)
def test_a_permanent_fault_is_reported_and_a_second_run_succeeds(
    deployer: Deployer, operation: str, fault: Fault, words: str
) -> None:
    deployer.fake.fault(operation, fault)
    [result] = deployer.deploy()
    assert result.status == "failed"
    assert words in result.text
    for stack in deployer.fake.stacks.values():  # the operation continues in AWS
        while stack.frames:
            deployer.fake._step(stack)
    deployer.fake.settles = ("CREATE_COMPLETE", "")
    assert deployer.status() == [("alerts", "deployed")]
    assert deployer.fake.stacks["alerts"].state in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def test_an_operation_of_another_deployer_is_not_taken_for_ours(deployer: Deployer) -> None:
    """Another process executes its change set between creation and execution of this one."""
    fake = deployer.fake
    fake.put("alerts", "CREATE_COMPLETE")

    def execute_other() -> None:
        fake.sets.clear()
        fake._begin(fake.stacks["alerts"], "their-token", success("UPDATE"))

    fake.hooks["ExecuteChangeSet"] = execute_other
    [result] = deployer.deploy()
    assert (result.status, fake.stacks["alerts"].changes) == ("failed", 1)
    assert "executed or deleted by another process" in result.text
    assert deployer.status() == [("alerts", "deployed")]
    assert fake.stacks["alerts"].changes == 2


def test_killed_between_create_and_execute_loses_nothing(fake: Fake, empty: str) -> None:
    """A killed process leaves an empty stack and a change set; the next run continues."""
    fake.pending = 1000
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "DescribeChangeSet")
    process.kill()
    process.communicate(timeout=20)
    [abandoned] = fake.sets
    fake.pending = 0
    again = _started(*_WORDS, empty)
    again.communicate(timeout=20)
    stack = fake.stacks["trail"]
    assert (again.returncode, stack.state, stack.changes) == (0, "CREATE_COMPLETE", 1)
    assert abandoned not in fake.sets


def test_no_credentials_is_one_message(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(CredentialsError) as caught:
        session.open_session(Environment())
    assert (caught.value.exit_code, str(caught.value).count("\n")) == (2, 1)
    assert fake.requests == []


def _started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "build.py", *words],
        cwd=PROJECT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        preexec_fn=enable_ctrl_c,
    )


def _wait_for_request(fake: Fake, operation: str) -> None:
    until = time.monotonic() + 20
    while not fake.asked(operation):
        assert time.monotonic() < until, f"{operation} was never asked"
        time.sleep(0.02)


_WORDS = ("deploy", "trail", "--yes", "--settings")


@pytest.fixture
def empty(tmp_path: Path) -> str:
    (tmp_path / "none.toml").write_text("")
    return str(tmp_path / "none.toml")


_SIGNALS = [
    pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
    pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
]


@pytest.mark.parametrize(("number", "code"), _SIGNALS)
def test_an_interruption_reports_the_running_operation_and_how_to_follow_it(
    fake: Fake, empty: str, number: int, code: int
) -> None:
    fake.next = [Frame("CREATE_IN_PROGRESS", (success()[0].events[0],))]
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "ExecuteChangeSet")
    process.send_signal(number)
    _, output = process.communicate(timeout=20)
    assert output.splitlines()[-3:] == [
        "error: interrupted; the operation on trail continues in AWS",
        "Follow it with:",
        "  trailbell follow trail",
    ]
    assert process.returncode == code


@pytest.mark.parametrize(("number", "code"), _SIGNALS)
def test_an_interruption_before_the_execution_deletes_the_change_set(
    fake: Fake, empty: str, number: int, code: int
) -> None:
    fake.pending = 1000
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "DescribeChangeSet")
    process.send_signal(number)
    _, output = process.communicate(timeout=20)
    assert output.splitlines()[-1:] == ["error: interrupted; nothing was changed in AWS"]
    assert (process.returncode, fake.sets, fake.stacks["trail"].state) == (
        code,
        {},
        "DELETE_COMPLETE",
    )


def test_an_execution_that_did_not_arrive_is_not_reported_as_running(
    fake: Fake, empty: str
) -> None:
    """The change set is still AVAILABLE, so nothing has started. Once it is deleted, a request
    that arrives late is refused.
    """
    fake.fault("ExecuteChangeSet", Fault.SILENT)
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "ExecuteChangeSet")
    process.send_signal(signal.SIGINT)
    _, output = process.communicate(timeout=20)
    assert output.splitlines()[-1:] == ["error: interrupted; nothing was changed in AWS"]
    assert (fake.sets, fake.stacks["trail"].state) == ({}, "DELETE_COMPLETE")


def test_an_interruption_does_not_wait_for_a_response(fake: Fake, empty: str) -> None:
    fake.fault("DescribeChangeSet", Fault.SILENT)
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "DescribeChangeSet")
    process.send_signal(signal.SIGTERM)
    _, output = process.communicate(timeout=10)
    assert output.splitlines()[-1:] == ["error: interrupted; nothing was changed in AWS"]
    assert (process.returncode, fake.sets) == (143, {})


def test_an_execution_without_a_response_is_taken_for_one_that_started(
    fake: Fake, empty: str
) -> None:
    fake.fault("ExecuteChangeSet", Fault.DONE_SILENTLY)
    fake.next = [Frame("CREATE_IN_PROGRESS", (success()[0].events[0],))]
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "ExecuteChangeSet")
    process.send_signal(signal.SIGTERM)
    _, output = process.communicate(timeout=20)
    assert output.splitlines()[-3:] == [
        "error: interrupted; the operation on trail continues in AWS",
        "Follow it with:",
        "  trailbell follow trail",
    ]
    assert (fake.asked("DeleteChangeSet"), fake.asked("DeleteStack")) == ([], [])


@pytest.mark.parametrize(
    ("fault", "message", "protected"),
    [
        pytest.param(
            Fault.SILENT, "error: interrupted; nothing was changed in AWS", True, id="not started"
        ),
        pytest.param(
            Fault.DONE_SILENTLY,
            "error: interrupted; the operation on trail continues in AWS",
            False,
            id="started",
        ),
    ],
)
def test_an_interrupted_deletion_says_whether_it_started(
    fake: Fake, empty: str, fault: Fault, message: str, *, protected: bool
) -> None:
    fake.put("trail", "CREATE_COMPLETE", protected=True)
    fake.next = [Frame("DELETE_IN_PROGRESS"), Frame("DELETE_IN_PROGRESS")]
    fake.fault("DeleteStack", fault)
    words = ("delete", "trail", "--disable-termination-protection", "--confirm", "trail")
    process = _started(*words, "--settings", empty)
    _wait_for_request(fake, "DeleteStack")
    process.send_signal(signal.SIGTERM)
    _, output = process.communicate(timeout=20)
    assert message in output.splitlines()
    assert (fake.stacks["trail"].protected, process.returncode) == (protected, 143)


def test_a_cleanup_without_a_response_is_given_up(fake: Fake, empty: str) -> None:
    fake.pending = 1000
    fake.fault("DeleteChangeSet", Fault.SILENT)
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "DescribeChangeSet")
    process.send_signal(signal.SIGTERM)
    _, output = process.communicate(timeout=CLEANUP_SECONDS + 5)
    [name] = [change_set.name for change_set in fake.sets.values()]
    assert output.splitlines()[-4:] == [
        f"Deleting change set {name} of trail, which was not executed",
        "error: interrupted; AWS did not answer in time, so the cleanup did not finish",
        "  What the lines above say is being deleted may be left behind. Change sets and stacks in",
        "  REVIEW_IN_PROGRESS have no effect; the next deployment of the stack deletes them.",
    ]
    assert process.returncode == 143


def test_an_operation_can_be_followed_after_the_process_was_killed(fake: Fake, empty: str) -> None:
    fake.next = [Frame("CREATE_IN_PROGRESS", (success()[0].events[0],)), *success()[1:]]
    process = _started(*_WORDS, empty)
    _wait_for_request(fake, "ExecuteChangeSet")
    process.kill()
    process.communicate(timeout=20)
    again = _started("follow", "trail", "--settings", empty)
    stdout, stderr = again.communicate(timeout=20)
    assert (again.returncode, stdout.splitlines()[0]) == (0, "trail: deployed (CREATE_COMPLETE)")
    assert "Traceback" not in stderr
