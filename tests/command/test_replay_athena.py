"""``trailbell replay --athena``: what it asks and prints, and its exit codes."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import trailbell.command.athena_options as options
import trailbell.command.replay as module
from tests.pattern.strategies import Event
from tests.replay.athena_account import AthenaAccount
from tests.replay.tuning.records import catalog, deploy, detection, month, write_records
from trailbell.errors import PreconditionError

_NOVEMBER = ("--since", "2026-11-01", "--until", "2026-12-01")
_HUNT = ("--athena", "security-alerts-hunt", *_NOVEMBER)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> AthenaAccount:
    account = AthenaAccount(month())
    written = catalog(detection())
    deployed, _ = deploy(written, "")
    monkeypatch.setattr(module, "load_catalogs", lambda: (deployed, written))
    monkeypatch.setattr(options, "sign_in", lambda *_: (account.session(), None))
    return account


def _run(*arguments: str) -> tuple[object, str, str]:
    """What the command returns, and its two outputs."""
    result = CliRunner().invoke(
        module.command, arguments, standalone_mode=False, catch_exceptions=False
    )
    return result.return_value, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            (),
            "Missing argument 'FILES...'. Name files, or set corpus in [replay] of trailbell.toml.",
            id="nothing to read",
        ),
        pytest.param(
            ("logs/", *_HUNT, "--yes"), "Give FILES or --athena, not both.", id="files and Athena"
        ),
        pytest.param(
            ("--athena", "hunt", "--yes"),
            "--athena needs --since: Athena bills what it reads.",
            id="no start",
        ),
        pytest.param(
            ("--athena", "hunt", "--since", "2026-11-02", "--until", "2026-11-01", "--yes"),
            "--since must be before --until.",
            id="an end before the start",
        ),
        pytest.param(
            ("--athena", "hunt", "--since", "2999-01-01", "--yes"),
            "--since is in the future.",
            id="a start in the future",
        ),
        pytest.param(
            _HUNT,
            "This shell is not interactive. Use --yes to run queries, which cost money.",
            id="no one who could confirm",
        ),
    ],
)
def test_wrong_arguments_run_nothing(
    account: AthenaAccount, arguments: tuple[str, ...], message: str
) -> None:
    result = CliRunner().invoke(module.command, arguments)
    assert (result.exit_code, account.operations) == (2, [])
    assert result.stderr.rstrip().endswith(f"Error: {message}")


def test_a_workgroup_that_does_not_exist(account: AthenaAccount) -> None:
    account.missing = ("security-alerts-hunt",)
    with pytest.raises(PreconditionError):
        _run(*_HUNT, "--yes")


def test_the_plan_is_shown_before_the_report(account: AthenaAccount) -> None:
    code, out, err = _run(*_HUNT, "--yes", "--summary")
    assert err.splitlines() == [
        "1 query in the workgroup security-alerts-hunt: log files from 2026-11-01 to 2026-12-02",
        "Athena will read 40.0 GB for 0.20 USD (5.00 USD per TB, list price of us-east-1).",
        (
            "S3 bills 2 requests for log files, less than 0.01 USD, and KMS less than 0.01 USD if "
            "a key encrypts them."
        ),
        "Athena cancels a query that would read more than 100.0 GB.",
    ]
    assert (code, len(account.queries)) == (0, 1)
    assert out.splitlines()[0].endswith(", from 69 hits.")


def _told(text: str) -> list[dict[str, Any]]:
    """What a report says of each detection but ranges and ends.

    Both depend on events that nothing matches, which Athena does not return.
    """
    same = ("id", "hits", "identities", "accounts", "regions", "addresses", "events")
    return [
        {name: result[name] for name in (*same, "seconds_to_notify", "unreported_hits")}
        | {"sent": [notification["sent"] for notification in result["timeline"]]}
        for result in json.loads(text)["detections"]
    ]


def test_the_notifications_are_those_of_the_files(account: AthenaAccount, tmp_path: Path) -> None:
    file = write_records(tmp_path / "month.json", month())
    of_files = _told(_run(file, *_NOVEMBER, "--json")[1])
    assert _told(_run(*_HUNT, "--yes", "--json")[1]) == of_files
    assert account.queries


def test_no_hit(account: AthenaAccount) -> None:
    empty: list[Event] = []
    account.records = empty
    assert _run(*_HUNT, "--yes")[1] == "No detection fires on the log files that Athena read.\n"
