"""``trailbell cost``: which stacks it estimates, what it reads, and its errors."""

import gzip
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests import PROJECT
from trailbell.command.cost import command
from trailbell.cost.forms import LOST, Form
from trailbell.errors import (
    ContentError,
    PreconditionError,
    SettingsError,
    TrailbellError,
    UnknownNameError,
)

_RECORD = {
    "eventVersion": "1.11",
    "eventTime": "2026-11-01T00:00:00Z",
    "eventSource": "iam.amazonaws.com",
    "eventName": "GetUser",
    "awsRegion": "us-east-1",
    "recipientAccountId": "111122223333",
}


def run(
    *arguments: str, settings: Path | None = None, given: str | None = None
) -> tuple[object, str, str]:
    """What the command returns, and its two outputs."""
    used = settings or PROJECT / "trailbell.toml"
    where = ("--dist", str(PROJECT / "dist"), "--settings", str(used))
    result = CliRunner().invoke(
        command, [*arguments, *where], input=given, standalone_mode=False, catch_exceptions=False
    )
    return result.return_value, result.stdout, result.stderr


def first_line(*arguments: str, settings: Path | None = None) -> str:
    """The sum, of which stacks, and where."""
    return run(*arguments, settings=settings)[1].splitlines()[0]


def logs(folder: Path, *accounts: str) -> Path:
    """Ten days of two records in each account."""
    records = [
        {**_RECORD, "recipientAccountId": account, "eventTime": f"2026-11-{day}T00:00:00Z"}
        for account in accounts
        for day in ("11", "21")
    ]
    path = folder / "logs.json.gz"
    path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode()))
    return path


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param(
            ("--accounts", "0"),
            click.BadParameter,
            "0 is not in the range x>=1.",
            id="no account",
        ),
        pytest.param(
            ("--regions", "-1"),
            click.BadParameter,
            "-1 is not in the range x>=1.",
            id="a negative number of Regions",
        ),
        pytest.param(
            ("--events-per-month", "-5"),
            click.BadParameter,
            "-5 is not in the range x>=1.",
            id="a negative number of events",
        ),
        pytest.param(
            ("--dashboard-views", "-1"),
            click.BadParameter,
            "-1 is not in the range x>=0.",
            id="a negative number of views",
        ),
        pytest.param(
            ("--logs", "missing.json"),
            click.BadParameter,
            "Path 'missing.json' does not exist.",
            id="no such file",
        ),
        pytest.param(
            ("--logs", str(PROJECT / "dist"), "--events-per-month", "5"),
            click.UsageError,
            "--logs and --events-per-month cannot be combined.",
            id="events twice",
        ),
        pytest.param(
            ("--json", "--markdown"),
            click.UsageError,
            "--json and --markdown cannot be combined.",
            id="two formats",
        ),
        pytest.param(
            ("--stack", "identiti"),
            UnknownNameError,
            'unknown stack "identiti"; did you mean "identity"?',
            id="an unknown stack",
        ),
        pytest.param(
            ("--environment", "production"),
            UnknownNameError,
            'unknown environment "production"; known: none',
            id="an unknown environment",
        ),
        pytest.param(
            ("--stack", "alerts", "--stack", "security-alerts"),
            PreconditionError,
            'stack alerts: "alerts" is an alternative to "security-alerts".\n'
            "  Deploy only one of them.",
            id="two alternatives",
        ),
        pytest.param(
            ("--stack", "trail", "--parameter", "EncryptionKez=none"),
            SettingsError,
            "command line: EncryptionKez",
            id="an unknown parameter",
        ),
        pytest.param(
            ("--logs", str(PROJECT / "dist")),
            ContentError,
            "--logs: no record of CloudTrail with a time was read; give log files of CloudTrail, "
            "or --events-per-month",
            id="files without records",
        ),
    ],
)
def test_an_error_is_one_message(
    arguments: tuple[str, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as raised:
        run(*arguments)
    if isinstance(raised.value, click.ClickException):
        text = raised.value.message
    else:
        assert isinstance(raised.value, TrailbellError)
        text = str(raised.value)
    assert text.startswith(message)


def test_without_an_environment_all_stacks_with_alarms_are_estimated() -> None:
    assert first_line() == (
        "About 35.00 USD a month for 8 stacks (security-alerts, cis, data, exposure, identity "
        "...) in 1 account: all that have alarms for detections, without alternatives; --stack "
        "chooses others."
    )


@pytest.mark.parametrize(
    ("toml", "arguments", "line"),
    [
        pytest.param(
            '[environment.default.stack.trail.parameters]\nEncryptionKey = "none"\n'
            "[environment.default.stack.dashboard]\n",
            (),
            "About 0.00 USD a month for dashboard, trail in 1 account: those of "
            "environment.default in {file}; --stack chooses others.",
            id="the stacks of the default environment, with its parameters",
        ),
        pytest.param(
            '[environment.default]\nregion = "eu-central-1"\n',
            (),
            "About 35.00 USD a month for 8 stacks (security-alerts, cis, data, exposure, identity "
            "...) in 1 account: all that have alarms for detections, without alternatives; --stack "
            "chooses others.",
            id="an environment that configures no stack",
        ),
        pytest.param(
            "[environment.small.stack.queue]\n",
            ("--environment", "small", "--accounts", "60"),
            "About 11.00 USD a month for queue in 60 accounts: those of environment.small in "
            "{file}; --stack chooses others.",
            id="a named environment",
        ),
        pytest.param(
            "[environment.default.stack.queue]\n",
            ("--stack", "trail", "--parameter", "EncryptionKey=none"),
            "About 0.00 USD a month for trail in 1 account: as given with --stack.",
            id="what is given comes first",
        ),
    ],
)
def test_settings_choose_stacks_and_parameters(
    toml: str, arguments: tuple[str, ...], line: str, tmp_path: Path
) -> None:
    settings = tmp_path / "trailbell.toml"
    settings.write_text(toml)
    shown = first_line(*arguments, settings=settings)
    assert shown.replace(str(settings), "{file}") == line


def test_a_stack_with_outputs_of_another_is_where_that_one_is(tmp_path: Path) -> None:
    settings = tmp_path / "trailbell.toml"
    settings.write_text(
        "[environment.default.stack.organization-trail]\n"
        "[environment.default.stack.alerts.parameters]\n"
        'LogGroupName = { stack = "organization-trail", output = "LogGroupName" }\n'
    )
    data = json.loads(run("--accounts", "20", "--json", settings=settings)[1])
    assert {stack["stack"]: stack["places"] for stack in data["stacks"]} == {
        "organization-trail": 1,
        "alerts": 1,
    }


def test_records_are_measured_and_decide_the_number_of_accounts(tmp_path: Path) -> None:
    path = logs(tmp_path, "111122223333", "123456789012")
    code, text, errors = run("--logs", str(path), "--stack", "security-alerts", "--json")
    data = json.loads(text)
    assert (code, errors, data["accounts"]) == (0, "", 2)
    size = len(json.dumps(_RECORD))
    assert data["assumptions"][0] == (
        f"measured: 4 records in 1 file, of 2 accounts and 10 days, each of {size} bytes on "
        "average; extrapolated to a month of 730 hours"
    )
    # 4 records in 240 hours, in a month: 4 x 730 / 240 log files; 2 x 730 digests
    files = next(item for item in data["items"] if item["price"] == "file_write")
    assert files["amount"] == pytest.approx(4 * 730 / 240 + 2 * 730)


def test_accounts_that_are_given_count_instead_of_those_in_the_records(tmp_path: Path) -> None:
    path = logs(tmp_path, "111122223333", "123456789012")
    data = json.loads(run("--logs", str(path), "--accounts", "50", "--json")[1])
    assert data["accounts"] == 50


def test_what_cannot_be_read_is_named_and_the_rest_is_measured(tmp_path: Path) -> None:
    path = logs(tmp_path, "111122223333")
    damaged = tmp_path / "damaged.json.gz"
    damaged.write_bytes(path.read_bytes()[:60])
    code, text, errors = run("--logs", str(tmp_path), "--stack", "trail", "--json")
    assert (code, json.loads(text)["accounts"]) == (1, 1)
    assert errors.splitlines()[0].startswith(f"error: {damaged}: truncated gzip data")


def test_records_come_from_standard_input() -> None:
    lines = "".join(
        json.dumps({**_RECORD, "eventTime": f"2026-11-{day}T00:00:00Z"}) + "\n"
        for day in ("11", "21")
    )
    code, text, _ = run("--logs", "-", "--stack", "trail", "--json", given=lines)
    assert (code, json.loads(text)["assumptions"][0][:20]) == (0, "measured: 2 records ")


def test_detections_are_compared_in_each_format() -> None:
    arguments = ("--stack", "cis", "--detections", "--events-per-month", "1000000")
    data = json.loads(run(*arguments, "--json")[1])
    found = next(each for each in data["detections"] if each["id"] == "unauthorized-api-calls")
    # the log alarm: 0.10 + 1,500,000,000 bytes = 1.397 GB x 0.005, once
    assert found == {
        "id": "unauthorized-api-calls",
        "severity": "medium",
        "now": "metric with default value",
        "usd": {
            "metric with default value": 0.4,
            "metric without default value": 0.1041,
            "log alarm": 0.107,
        },
        "not_possible": {
            "rule only": "it counts 5 events, and a rule sends one message for each event"
        },
        "cheapest_alarm": "metric without default value",
        "cheapest": "metric without default value",
        "lost_with_cheapest": LOST[Form.ON_MATCH],
    }
    assert "trail-bucket-tampering" not in {each["id"] for each in data["detections"]}  # of tamper
    assert "### What is lost" in run(*arguments, "--markdown")[1]
    assert "What is lost" in run(*arguments)[1]
