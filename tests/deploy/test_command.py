"""The commands: exit codes, gates, questions, and imports."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests import PROJECT
from tests.deploy.fake import Fake
from tests.dist.folders import commit, git, write
from tests.emulator import enable_ctrl_c

OLD = {"Resources": {"F": {"Type": "AWS::Logs::MetricFilter", "Properties": {"FilterName": "a"}}}}
NEW = {"Resources": {"F": {"Type": "AWS::Logs::MetricFilter", "Properties": {"FilterName": "b"}}}}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "build.py", *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, ...]:
    """Options that compare a changed template with the previous one."""
    old, new = write(tmp_path / "old", one=OLD), write(tmp_path / "new", one=NEW)
    (tmp_path / "none.toml").write_text("")
    return (
        *("--dist", str(new), "--against", str(old)),
        *("--settings", str(tmp_path / "none.toml")),
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param((), 0, id="changes are not a finding"),
        pytest.param(("--exit-code",), 3, id="changes with --exit-code"),
        pytest.param(("--exit-code", "--fail-on", "broaden"), 3, id="changes without that risk"),
        pytest.param(
            ("--exit-code", "--fail-on", "broaden,detection-gap"), 4, id="blocked by that risk"
        ),
        pytest.param(("--fail-on", "broaden"), 0, id="no finding without that risk"),
        pytest.param(("--fail-on", "replace"), 1, id="a finding"),
        pytest.param(("--fail-on", "wrong"), 2, id="wrong input"),
    ],
)
def test_gates(folders: tuple[str, ...], words: tuple[str, ...], code: int) -> None:
    assert run("plan", *folders, *words).returncode == code


def _branch(root: Path, after: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    """Options for a branch with these templates in its last commit; main has OLD."""
    git(root, "init", "-q", "-b", "main")
    (root / "none.toml").write_text("")
    commit(root, one=OLD)
    git(root, "checkout", "-q", "-b", "change")
    commit(root, **after)
    return ("--dist", str(root / "dist"), "--settings", str(root / "none.toml"))


@pytest.mark.parametrize(
    ("after", "code"),
    [
        pytest.param({"one": OLD}, 0, id="a branch without changes of dist/"),
        pytest.param({"one": OLD, "two": OLD}, 3, id="a new stack"),
        pytest.param({"one": NEW}, 4, id="a filter that is replaced"),
        pytest.param({"two": OLD}, 4, id="a stack that is removed"),
    ],
)
def test_a_committed_dist_is_gated_against_the_target_branch(
    tmp_path: Path, after: dict[str, dict[str, Any]], code: int
) -> None:
    gate = ("--exit-code", "--fail-on", "replace,remove,detection-gap", "--markdown")
    assert run("plan", *_branch(tmp_path, after), *gate).returncode == code


def _with_default(days: str) -> dict[str, Any]:
    return {"Parameters": {"Days": {"Type": "String", "Default": days}}, **OLD}


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        pytest.param('[environment.default]\nparameters.Days = "90"\n', [], id="a setting"),
        pytest.param("", ["parameter Days: 30 → 60"], id="the default"),
    ],
)
def test_a_changed_default_is_a_change_only_without_a_setting(
    tmp_path: Path, settings: str, lines: list[str]
) -> None:
    """Both depths of a plan say what a deployment would send."""
    old = write(tmp_path / "old", one=_with_default("30"))
    new = write(tmp_path / "new", one=_with_default("60"))
    path = tmp_path / "trailbell.toml"
    path.write_text(settings)
    place = ("--dist", str(new), "--against", str(old), "--settings", str(path))
    printed = [line.strip() for line in run("plan", "one", *place).stdout.splitlines()]
    assert [line for line in printed if line.startswith("parameter")] == lines


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(
            ("--tag", "aws:x=1"), 'keys that begin with "aws:" are reserved for AWS', id="a tag"
        ),
        pytest.param(
            ("--parameter", "Days=1", "--parameter", "Days=2"),
            "--parameter: Days: is given twice; remove one of them",
            id="a parameter that is given twice",
        ),
        pytest.param(
            ("--push-secret", "Days"),
            "--push-secret: Days: is no NoEcho parameter",
            id="a parameter that is no secret",
        ),
    ],
)
def test_options_that_cannot_be_used_are_rejected_before_any_call(
    fake: Fake, alone: tuple[str, ...], words: tuple[str, ...], message: str
) -> None:
    done = run("deploy", "trail", "--yes", *alone, *words)
    assert (done.returncode, message in done.stderr, fake.requests) == (2, True, [])


def test_a_gate_that_cannot_judge_exits_with_one(fake: Fake, alone: tuple[str, ...]) -> None:
    fake.put("trail", "CREATE_COMPLETE", protected=True)
    fake.changes = [{"LogicalResourceId": "A", "ResourceType": "T", "Action": "Dynamic"}]
    done = run("deploy", "trail", "--yes", "--fail-on", "remove", *alone)
    assert (done.returncode, fake.asked("ExecuteChangeSet")) == (1, [])
    assert "trail: blocked" in done.stdout


TOKEN = {"Resources": {"C": {"Type": "Custom::A", "Properties": {"ServiceToken": "a"}}}}
OTHER = {"Resources": {"C": {"Type": "Custom::A", "Properties": {"ServiceToken": "b"}}}}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        pytest.param((), 0, id="a plan without a gate"),
        pytest.param(("--exit-code",), 4, id="blocked with --exit-code"),
        pytest.param(("--fail-on", "detection-gap"), 1, id="a finding with any gate"),
    ],
)
def test_changes_that_cloudformation_rejects(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    new = write(tmp_path / "new", one=OTHER)
    (tmp_path / "old.json").write_text(json.dumps(TOKEN))
    (tmp_path / "none.toml").write_text("")
    place = ("--dist", str(new), "--settings", str(tmp_path / "none.toml"))
    done = run("plan", "one", *place, "--against", str(tmp_path / "old.json"), *words)
    text = (
        '  failure: C ServiceToken: The service token changes: "Modifying service token is not '
        'allowed". Use a new logical ID for the custom resource.'
    )
    assert (done.returncode, done.stdout.splitlines()[2]) == (code, text)


def test_no_changes_pass_every_gate(folders: tuple[str, ...]) -> None:
    same = (*folders[:3], folders[1], *folders[4:])
    done = run("plan", *same, "--exit-code", "--fail-on", "replace,remove,broaden,detection-gap")
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, "  no changes")


@pytest.mark.parametrize("shape", ["--json", "--markdown"])
def test_other_output_formats(folders: tuple[str, ...], shape: str) -> None:
    text = run("plan", *folders, shape).stdout
    if shape == "--json":
        [stack] = json.loads(text)["stacks"]
        assert [(c["logical_id"], c["replacement"]) for c in stack["resource_changes"]] == [
            ("F", "True")
        ]
    else:
        assert "| `±` | `F` | AWS::Logs::MetricFilter |" in text


def test_planning_offline_imports_nothing_slow() -> None:
    """Each of these imports would take half of the time of a plan."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "build.py", "plan"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    imported = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}
    slow = {"boto3", "botocore", "cfnlint", "troposphere", "awacs", "rich", "sympy"}
    assert (done.returncode, imported & slow) == (0, set())


CTRL_C = ""


def ask(answer: str, *words: str) -> int:
    """Return the exit code of a command at a terminal, after answering its question."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "build.py", *words],
        cwd=PROJECT,
        stdin=theirs,
        stderr=theirs,
        stdout=subprocess.DEVNULL,
        preexec_fn=enable_ctrl_c,
    )
    os.close(theirs)
    output = _read(ours, until=(b"Execute", b"Type "))
    if answer == CTRL_C:
        time.sleep(0.3)  # readline ignores signals between its prompt and its first read
        process.send_signal(signal.SIGINT)
    else:
        os.write(ours, answer.encode())
    output += _read(ours)
    os.close(ours)
    assert b"Traceback" not in output
    return process.wait(timeout=20)


def _read(terminal: int, until: tuple[bytes, ...] = ()) -> bytes:
    """Read the output up to one of these words or the end."""
    output = b""
    while not any(word in output for word in until):
        readable, _, _ = select.select([terminal], [], [], 20)
        assert readable, output
        try:
            output += os.read(terminal, 4096)
        except OSError:  # the other end is closed
            return output
    return output


@pytest.fixture
def alone(tmp_path: Path, fake: Fake) -> tuple[str, ...]:
    assert fake.requests == []
    (tmp_path / "none.toml").write_text("")
    return "--settings", str(tmp_path / "none.toml")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "code", "state"),
    [
        pytest.param("n\n", 1, "DELETE_COMPLETE", id="no"),
        pytest.param("\n", 1, "DELETE_COMPLETE", id="nothing"),
        pytest.param(CTRL_C, 130, "DELETE_COMPLETE", id="Ctrl-C"),
        pytest.param("y\n", 0, "CREATE_COMPLETE", id="yes"),
    ],
)
def test_the_user_confirms_or_declines(
    fake: Fake, alone: tuple[str, ...], answer: str, code: int, state: str
) -> None:
    assert (ask(answer, "deploy", "trail", *alone), fake.stacks["trail"].state) == (code, state)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("typed", "code", "state"),
    [
        pytest.param("yes\n", 1, "CREATE_COMPLETE", id="not the name"),
        pytest.param("trail\n", 0, "DELETE_COMPLETE", id="the name"),
    ],
)
def test_the_user_types_the_stack_name(
    fake: Fake, alone: tuple[str, ...], typed: str, code: int, state: str
) -> None:
    fake.put("trail", "CREATE_COMPLETE")
    assert (ask(typed, "delete", "trail", *alone), fake.stacks["trail"].state) == (code, state)


@pytest.mark.usefixtures("fake")
def test_a_saved_plan_that_cannot_be_executed_is_named_at_once(tmp_path: Path) -> None:
    """The stack imports what a stack exports that is not deployed yet."""
    base = {
        "Resources": {"T": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"T": {"Value": "x", "Export": {"Name": "topic"}}},
    }
    topic = {"TopicArn": {"Fn::ImportValue": "topic"}}
    pack = {"Resources": {"S": {"Type": "AWS::SNS::Subscription", "Properties": topic}}}
    dist, out = write(tmp_path / "dist", base=base, pack=pack), tmp_path / "plan.json"
    (tmp_path / "none.toml").write_text("")
    places = ("--dist", str(dist), "--settings", str(tmp_path / "none.toml"))
    result = run("plan", "base", "pack", "--live", "--out", str(out), *places)
    assert result.stderr.splitlines()[-1] == (
        f'{out} cannot be executed. Stack "pack": uses outputs of base, which is not deployed yet: '
        "planned from the template only"
    )
