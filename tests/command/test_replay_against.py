"""``trailbell replay --against``: a revision or a settings file, on the same records."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests import PROJECT
from tests.command.own_project import OwnProject
from tests.dist.folders import git
from tests.emulator import enable_ctrl_c
from trailbell.command.replay import command
from trailbell.errors import SettingsError, UnknownNameError

_DEPLOYER = "arn:aws:iam::111122223333:role/cicd/Deployer"
_ALICE = "arn:aws:iam::111122223333:user/alice"
_OLD = """\
[baseline]
enabled = false
"""
_STACK = """\
from stacks.pieces.pack import pack_stack
from trailbell import Pack

OWN = Pack(name="own", title="our own", order=100)
STACK = pack_stack(OWN)
"""
_DETECTION = """\
from trailbell import Controls, Detection, Example, Severity, api_call, iam_user

_USER = iam_user("alice")

ROUTE_CREATED = Detection(
    id="route-created",
    title="A route was created",
    packs=("own",),
    severity=Severity.LOW,
    pattern='{ ($.eventSource = "ec2.amazonaws.com") && ($.eventName = "CreateRoute") }',
    why="A test needs it.",
    runbook=("Look.", "Think.", "Act."),
    controls=Controls(mitre_attack=("T1578",)),
    fires=(
        Example("a route", api_call("ec2", "CreateRoute", _USER)),
        Example("denied", api_call("ec2", "CreateRoute", _USER, error="AccessDenied")),
    ),
    silent=(
        Example("another call", api_call("ec2", "DeleteRoute", _USER)),
        Example("a table", api_call("ec2", "CreateRouteTable", _USER)),
        Example("another service", api_call("iam", "CreateUser", _USER)),
    ),
)
"""
_REPLAY = """
[replay]
corpus = ["../logs"]
rules = false
"""
_EXCLUDED = f"""\
{_OLD}
[catalog.detection.route-created]
exclude = {{ roles = ["Deployer"] }}
{_REPLAY}"""


def _record(number: int, *, session: bool) -> dict[str, object]:
    """A change of a route table, hours after the one before it."""
    identity: dict[str, object] = {"type": "IAMUser", "arn": _ALICE}
    if session:
        issuer = {"type": "Role", "arn": _DEPLOYER, "userName": "Deployer"}
        identity = {
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/Deployer/ci",
            "sessionContext": {"sessionIssuer": issuer},
        }
    return {
        "eventTime": f"2026-11-{2 + number:02d}T10:00:00Z",
        "eventID": f"{number:08d}-0000-4000-8000-000000000000",
        "eventSource": "ec2.amazonaws.com",
        "eventName": "CreateRoute",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.1",
        "recipientAccountId": "111122223333",
        "userIdentity": identity,
    }


@dataclass(frozen=True)
class Repository:
    """A repository with a project in the folder ``infra`` and records in the folder ``logs``."""

    project: OwnProject
    temporary: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which commands run."""
        return {
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "XDG_CACHE_HOME": str(self.project.cache),
            "TMPDIR": str(self.temporary),
        }

    def replay(self, *arguments: str) -> tuple[int, str, str]:
        """Run the command in the project: exit code, output, errors."""
        project = self.project
        done = subprocess.run(
            [sys.executable, "-m", "trailbell", "replay", *arguments],
            cwd=project.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout, done.stderr


def _state(folder: Path) -> dict[str, bytes]:
    """Every file: the working tree, the index, the references."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(p): p.read_bytes() for p in files if "__pycache__" not in p.parts}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """The commit "old" has no exclusion, "broken" cannot be imported, "before" has no project."""
    folder = tmp_path_factory.mktemp("repository")
    (folder / "logs").mkdir()
    records = [_record(number, session=number < 3) for number in range(4)]
    (folder / "logs" / "records.json").write_text(json.dumps({"Records": records}))
    git(folder, "init", "-q", "-b", "main")
    _commit(folder, "before")
    project = OwnProject(folder / "infra", tmp_path_factory.mktemp("cache"))
    project.write("trailbell.toml", _OLD)
    project.write("stacks/own.py", _STACK)
    project.write("detections/own.py", _DETECTION)
    _commit(folder, "old")
    project.write("detections/own.py", "def\n")
    _commit(folder, "broken")
    project.write("detections/own.py", _DETECTION)
    project.write("trailbell.toml", _EXCLUDED)
    project.write("old.toml", _OLD)
    temporary = tmp_path_factory.mktemp("temporary")
    before = _state(folder)
    yield Repository(project, temporary)
    assert (_state(folder), [*temporary.iterdir()]) == (before, [])


def _commit(folder: Path, tag: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", tag)
    git(folder, "tag", tag)


@pytest.mark.parametrize(
    ("revision", "start", "end"),
    [
        pytest.param(
            "gone",
            'error: --against "gone" is not a Git revision or a file. If it is a revision of ',
            "another clone, fetch it (in GitHub Actions: fetch-depth: 0)\n",
            id="an unknown revision",
        ),
        pytest.param(
            "before",
            "error: before (",
            ") has no project in infra/: neither trailbell.toml nor build.py. Use --against with "
            "a revision that has one\n",
            id="a revision without the project",
        ),
        pytest.param(
            "broken",
            "error: broken (",
            '; "trailbell check" in a checkout of this revision shows all errors\n',
            id="a revision whose catalog has errors",
        ),
    ],
)
@pytest.mark.slow
def test_a_revision_that_cannot_be_compared_is_one_message(
    repository: Repository, revision: str, start: str, end: str
) -> None:
    code, out, err = repository.replay("--against", revision)
    assert (code, out, err[: len(start)], err[-len(end) :]) == (2, "", start, end)
    assert err.count("\n") == 1


@pytest.mark.slow
def test_without_files_and_a_corpus_there_is_nothing_to_read(tmp_path: Path) -> None:
    project = OwnProject(tmp_path / "project", tmp_path / "cache")
    project.write("trailbell.toml", _OLD)
    ended = project.run("replay", "--against", "trailbell.toml")
    assert (ended.code, ended.err.splitlines()[-1]) == (
        2,
        (
            "Error: Missing argument 'FILES...'. Name files, or set corpus in [replay] of "
            "trailbell.toml."
        ),
    )


_LOST = {
    "count": 3,
    "identities": [{"value": _DEPLOYER, "hits": 3}],
    "names": [{"value": "CreateRoute", "hits": 3}],
}
_NONE: dict[str, Any] = {"count": 0, "identities": [], "names": []}


def _sent(events: int) -> dict[str, object]:
    return {
        "severity": "low",
        "events": events,
        "reported": events,
        "notifications": {"low": events, "typical": events, "high": events},
        "rule_messages": None,
        "seconds_to_notify": [240, 240],
    }


@pytest.mark.parametrize(
    "against",
    [
        pytest.param("old", id="of a revision"),
        pytest.param("old.toml", id="of a settings file", marks=pytest.mark.slow),
    ],
)
def test_an_exclusion_is_exactly_the_difference(repository: Repository, against: str) -> None:
    code, out, err = repository.replay("--against", against, "--json")
    assert (code, err) == (0, ""), err
    comparison = json.loads(out)
    assert comparison["before"].pop("name").split(" ")[0] == against
    assert comparison == {
        "before": {
            "notifications": {"low": 4, "typical": 4, "high": 4},
            "rule_messages": 0,
        },
        "after": {
            "name": "now",
            "notifications": {"low": 1, "typical": 1, "high": 1},
            "rule_messages": 0,
        },
        "records": 4,
        "files": 1,
        "first": "2026-11-02T10:00:00Z",
        "last": "2026-11-05T10:00:00Z",
        "concerns": ["no-longer-reported"],
        "no_longer_reported": _LOST,
        "newly_reported": _NONE,
        "lower_severity": _NONE,
        "higher_severity": _NONE,
        "detections": [
            {
                "id": "route-created",
                "change": "changed",
                "title": "A route was created",
                "before": _sent(4),
                "after": _sent(1),
                "newly_reported": _NONE,
                "already_reported_by": [],
                "no_longer_reported": _LOST,
                "still_reported_by": [],
            }
        ],
        "without_effect": [],
        "equal": 0,
        "unreadable": [],
        "remarks": [],
    }


@pytest.mark.slow
def test_an_interrupted_comparison_leaves_nothing_behind(repository: Repository) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "trailbell", "replay", "--against", "old"],
        cwd=repository.project.root,
        env=repository.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=enable_ctrl_c,
    )
    while process.poll() is None and not [*repository.temporary.iterdir()]:
        time.sleep(0.01)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert (process.returncode, err.strip()) == (130, "interrupted")
    assert [*repository.temporary.iterdir()] == []


# ----------------------------------------------------------------- a settings file, in this process


_OTHER = """\
[catalog.detection.route-table-changes]
severity = "high"
exclude = { roles = ["Deployer"] }
"""
_DETECTIONS = ("--detection", "route-table-changes", "--detection", "iam-changes")


@pytest.fixture
def other(tmp_path: Path) -> str:
    """Settings with which alice's route is reported, with a higher severity."""
    path = tmp_path / "other.toml"
    path.write_text(_OTHER)
    return str(path)


@pytest.fixture
def records(tmp_path: Path) -> str:
    path = tmp_path / "records.json"
    path.write_text(json.dumps({"Records": [_record(n, session=n < 3) for n in range(4)]}))
    return str(path)


def _run(*arguments: str) -> tuple[object, str, str]:
    """What the command returns, and its two outputs."""
    result = CliRunner().invoke(
        command, [*arguments, *_DETECTIONS], standalone_mode=False, catch_exceptions=False
    )
    return result.return_value, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        pytest.param(
            ["--against", "RECORDS"],
            SettingsError,
            "RECORDS: not TOML: .*; correct the file at that position",
            id="a file that has no settings",
        ),
        pytest.param(
            ["--against", "OTHER", "--fail-on", "removed,quiet"],
            UnknownNameError,
            'unknown difference "quiet"; known: lower-severity, no-longer-reported, removed',
            id="an unknown difference",
        ),
        pytest.param(
            ["--against", "OTHER", "--detection", "iam-change"],
            UnknownNameError,
            'unknown detection "iam-change"; did you mean "iam-changes"\\?',
            id="a detection that neither catalog has",
        ),
        pytest.param(
            ["--against", "OTHER", "--json", "--markdown"],
            click.UsageError,
            "--json and --markdown cannot be combined.",
            id="two formats",
        ),
        pytest.param(
            ["--exit-code"],
            click.UsageError,
            "--exit-code and --fail-on need --against.",
            id="an option of comparisons without one",
        ),
        pytest.param(
            ["--against", "OTHER", "--html", "report.html"],
            click.UsageError,
            "--html and --against cannot be combined; use --markdown.",
            id="a page of a comparison",
        ),
    ],
)
def test_what_cannot_be_compared_is_one_message(
    arguments: list[str], error: type[Exception], message: str, records: str, other: str
) -> None:
    names = {"RECORDS": records, "OTHER": other}
    with pytest.raises(error) as raised:
        _run(records, *(names.get(each, each) for each in arguments))
    shown = (
        raised.value.message if isinstance(raised.value, click.UsageError) else str(raised.value)
    )
    assert re.fullmatch(message.replace("RECORDS", re.escape(records)), shown)


@pytest.mark.parametrize(
    ("arguments", "code", "err"),
    [
        pytest.param([], 0, "", id="a difference is no failure"),
        pytest.param(["--exit-code"], 3, "", id="--exit-code distinguishes it"),
        pytest.param(
            ["--fail-on", "lower-severity"],
            1,
            "Failed because of --fail-on lower-severity.\n",
            id="--fail-on makes it a failure",
        ),
        pytest.param(
            ["--fail-on", "lower-severity, removed", "--exit-code"],
            4,
            "Failed because of --fail-on lower-severity.\n",
            id="--exit-code distinguishes this, too",
        ),
        pytest.param(["--fail-on", "removed"], 0, "", id="another difference is no failure"),
        pytest.param(
            ["--exit-code", "gone.json"],
            1,
            "error: gone.json: no such file or directory\n",
            id="a file that is not there is a failure",
        ),
        pytest.param(
            ["--exit-code", "gone.json", "--fail-on", "lower-severity"],
            4,
            "error: gone.json: no such file or directory\n"
            "Failed because of --fail-on lower-severity.\n",
            id="a difference that fails is more than that",
        ),
    ],
)
def test_the_exit_code_says_whether_there_is_a_difference(
    records: str, other: str, arguments: list[str], code: int, err: str
) -> None:
    ended = _run(records, "--against", other, "--summary", *arguments)
    assert (ended[0], ended[2]) == (code, err)


def test_without_a_difference_the_exit_code_is_0(records: str, tmp_path: Path) -> None:
    same = tmp_path / "same.toml"
    same.write_text("")
    code, out, err = _run(records, "--against", str(same), "--exit-code")
    assert (code, err, out.splitlines()[0]) == (
        0,
        "",
        "No difference: both catalogs report the same events, in the same way.",
    )


def test_in_text_the_answer_comes_first(records: str, other: str) -> None:
    _, out, _ = _run(records, "--against", other)
    assert out.splitlines() == [
        "0 events no longer reported, 3 events newly reported; 1 detection differs.",
        "  4 records in 1 file, 2026-11-02 10:00 to 2026-11-05 10:00 UTC",
        f"  {other}: 1 notification, 1 message of rules",
        "  now: 4 notifications, 4 messages of rules",
        (
            "  Rules are those of the stack realtime. If it is not deployed, set rules = false in "
            "[replay] of the settings."
        ),
        "",
        "Newly reported: 3 events",
        f"  {_DEPLOYER}: 3",
        "  events: CreateRoute: 3",
        "",
        "Reported with a lower severity: 1 event",
        f"  {_ALICE}: 1",
        "  events: CreateRoute: 1",
        "",
        "~ route-table-changes  changed, high → medium  VPC routing was changed",
        "    events: 1 → 4",
        "    reported events: 1 → 4",
        "    notifications: 1 → 4",
        "    messages of the rule: 1 → 4",
        "    newly reported: 3 events",
        f"      {_DEPLOYER}: 3",
        "      events: CreateRoute: 3",
        "",
        "Without a difference: 1 detection",
    ]


def test_markdown_is_a_comment(records: str, other: str) -> None:
    code, out, _ = _run(records, "--against", other, "--markdown")
    assert (code, out.splitlines()[:3]) == (
        0,
        [
            "### Replay: what would be reported",
            "",
            "**0 events no longer reported, 3 events newly reported; 1 detection differs.**",
        ],
    )
