"""Successful deployments, from the command line to an emulator and back."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests import PROJECT
from tests.dist.folders import write
from trailbell.dist import manifest

pytestmark = [pytest.mark.emulator, pytest.mark.slow]


def run(*words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``build.py``."""
    done = subprocess.run(
        [sys.executable, "build.py", *words],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def settings(tmp_path: Path, emulator: str) -> Path:
    """Settings for the stack "alerts" on an existing log group, with an account id.

    Without a key: the emulator does not describe the key of a topic.
    """
    assert emulator
    boto3.client("logs").create_log_group(logGroupName="trails")
    path = tmp_path / "trailbell.toml"
    path.write_text(
        '[environment.default]\naccount = "111122223333"\nstack_name = "watch-{stack}"\n'
        'tags = { owner = "security" }\n'
        '[environment.default.stack.alerts]\nparameters = { LogGroupName = "trails", '
        'EncryptionKey = "none" }\n'
    )
    return path


def _alerts() -> Any:
    found = boto3.client("cloudformation").describe_stacks()["Stacks"]
    return [(s["StackName"], s["StackStatus"], s["EnableTerminationProtection"]) for s in found]


def test_from_nothing_to_alerts_and_back(settings: Path) -> None:
    options = ("--settings", str(settings))
    assert run("plan", "alerts", "--account", "--exit-code", *options)[0] == 3
    assert _alerts() == []

    code, stdout, _ = run("deploy", "alerts", "--yes", "--json", *options)
    [result] = json.loads(stdout)["stacks"]
    assert (code, result["status"], result["state"]) == (0, "deployed", "CREATE_COMPLETE")
    [stack] = boto3.client("cloudformation").describe_stacks()["Stacks"]
    assert result["outputs"] == {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    assert _alerts() == [("watch-alerts", "CREATE_COMPLETE", True)]

    assert run("plan", "alerts", "--account", "--exit-code", *options)[0] == 0
    code, stdout, _ = run("deploy", "alerts", "--yes", *options)
    assert (code, stdout.splitlines()[0]) == (0, "watch-alerts: unchanged (CREATE_COMPLETE)")

    code, stdout, _ = run("verify", "alerts", "--json", *options)
    kinds = {discrepancy["kind"] for discrepancy in json.loads(stdout)["alerts"]}
    assert (code, kinds) == (0, {"remark"})
    assert run("follow", "alerts", *options)[0] == 0

    assert run("delete", "alerts", "--confirm", "watch-alerts", *options)[0] == 2
    assert run("delete", "alerts", "--confirm", "alerts", "--unprotect", *options)[0] == 1
    assert _alerts() == [("watch-alerts", "CREATE_COMPLETE", True)]
    assert run("delete", "alerts", "--confirm", "watch-alerts", "--unprotect", *options)[0] == 0


def test_a_plan_is_saved_reviewed_and_applied(settings: Path, tmp_path: Path) -> None:
    options = ("--settings", str(settings))
    plan = str(tmp_path / "plan.json")
    assert run("plan", "alerts", "--account", "-o", plan, *options)[0] == 0
    assert _alerts() == [("watch-alerts", "REVIEW_IN_PROGRESS", False)]
    assert run("deploy", "--plan", plan, "--yes", *options)[0] == 0
    assert _alerts() == [("watch-alerts", "CREATE_COMPLETE", True)]
    code, _, stderr = run("deploy", "--plan", plan, "--yes", *options)
    assert (code, stderr.splitlines()[-2:]) == (
        2,
        [
            f'error: {plan}: the plan for "alerts" is out of date: the stack has changed',
            "  Create a new plan.",
        ],
    )


def test_a_change_set_is_created_for_review_and_executed_by_its_arn(settings: Path) -> None:
    options = ("--settings", str(settings))
    code, stdout, _ = run("deploy", "alerts", "--no-execute", "--json", *options)
    [created] = json.loads(stdout)["stacks"]
    assert (code, created["status"], created["outputs"]) == (0, "waiting for review", {})
    assert run("deploy", "--execute", created["change_set"], "--yes", *options)[0] == 0
    assert _alerts() == [("watch-alerts", "CREATE_COMPLETE", True)]
    assert run("deploy", "--execute", created["change_set"], "--yes", *options)[0] == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(("deploy", "alerts"), "Use --yes, or --no-execute-changeset to leave "
                     "the change sets for review.",
                     id="not interactive"),
        pytest.param(("deploy", "--yes"), "Give one of: stack names, --execute-change-set "
                     "ARN, or --plan FILE.",
                     id="no stack"),
        pytest.param(("deploy", "trail", "security-alerts", "--yes"),
                     '"trail" is an alternative to "security-alerts".', id="both"),
        pytest.param(("deploy", "alert", "--yes"),
                     'unknown stack "alert"; did you mean "alerts"?', id="an unknown stack"),
        pytest.param(("deploy", "alerts", "--yes"), "LogGroupName: the parameter has no value "
                     "and no default",
                     id="a parameter without a value"),
        pytest.param(("deploy", "alerts", "--yes", "--parameter", "LogGroupNam=x"),
                     'did you mean "LogGroupName"?', id="a parameter that is none"),
        pytest.param(("deploy", "--execute", "x", "--yes"), '"x" is not the ARN of a change set',
                     id="no ARN"),
        pytest.param(("plan", "--fail-on", "risk"), 'unknown risk "risk"; known: '
                     "broaden, detection-gap, remove, replace",
                     id="no risk"),
        pytest.param(("plan", "--json", "--markdown"), "cannot be combined", id="two formats"),
        pytest.param(("plan", "--against", "no-such"), "no-such",
                     id="an unknown commit"),
        pytest.param(("plan", "-e", "x"), 'unknown environment "x"', id="an environment"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_message(
    emulator: str, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    assert emulator
    empty = tmp_path / "empty.toml"
    empty.write_text("")
    code, stdout, stderr = run(*words, "--settings", str(empty))
    assert (code, message in stdout + stderr) == (2, True)
    assert _alerts() == []


def test_missing_credentials_are_one_message(
    emulator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert emulator
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    code, _, stderr = run("plan", "trail", "--account")
    assert (code, stderr.splitlines()[0]) == (
        2,
        "error: GetCallerIdentity: Unable to locate credentials",
    )


def test_a_long_template_is_uploaded_to_the_bucket(settings: Path, tmp_path: Path) -> None:
    boto3.client("s3").create_bucket(Bucket="templates")
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x" * 90}}
    long = {"Resources": {f"T{number}": topic for number in range(350)}}
    folder = write(tmp_path / "dist", long=long)
    words = ("long", "--dist", str(folder), "--settings", str(_without_stacks(settings)))
    code, stdout, _ = run("deploy", *words, "--yes")
    assert (code, "--template-bucket" in stdout) == (2, True)
    assert run("deploy", *words, "--yes", "--template-bucket", "templates")[0] == 0
    assert _alerts() == [("watch-long", "CREATE_COMPLETE", True)]
    keys = [o["Key"] for o in boto3.client("s3").list_objects_v2(Bucket="templates")["Contents"]]
    assert keys == [f"trailbell/{manifest.describe_file('', json.dumps(long)).sha256}.json"]


def _without_stacks(settings: Path) -> Path:
    path = settings.with_name("plain.toml")
    path.write_text(settings.read_text().split("[environment.default.stack")[0])
    return path
