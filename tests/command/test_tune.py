"""``trailbell tune`` as people run it: what it writes is what it announced."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tests import PROJECT
from tests.replay.tuning.records import MONDAY, month, write_records
from trailbell.command.terminal import Terminal
from trailbell.command.tune import command
from trailbell.errors import TrailbellError
from trailbell.samples import api_call, iam_user

_SETTINGS = '# Ours.\n[catalog]\npacks = ["essentials"] # only these\n\n[lint]\n'


def _run(project: Path, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, "build.py", "--project", str(project), "tune", *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with records of four weeks in a folder of its own."""
    (tmp_path / "trailbell.toml").write_text(_SETTINGS)
    (tmp_path / "logs").mkdir()
    # Harmless events at both ends: the records are of the same time with and without exclusions.
    quiet = [
        {**api_call("sts", "GetCallerIdentity", iam_user("alice")), "eventTime": time}
        for time in (f"{MONDAY:%Y-%m-%dT%H:%M:%SZ}", "2026-11-29T23:59:59Z")
    ]
    write_records(tmp_path / "logs" / "records.json", [*month(), *quiet])
    return tmp_path


def _figures(out: str) -> dict[str, Any]:
    return {each["id"]: each for each in json.loads(out)["detections"]}


def test_without_a_record_there_is_nothing_to_tune(project: Path) -> None:
    missing = project / "missing"
    assert _run(project, str(missing)) == (
        1,
        "No record was read, so there is nothing to tune.\n",
        f"error: {missing}: no such file or directory\n",
    )


def test_what_is_written_gives_exactly_the_figures_that_were_announced(project: Path) -> None:
    logs, settings = str(project / "logs"), project / "trailbell.toml"
    shown = _run(project, logs, "--json")
    assert (shown[0], shown[2], settings.read_text()) == (0, "", _SETTINGS)
    written = _run(project, logs, "--json", "--write", "--yes")
    assert json.loads(written[1]) == json.loads(shown[1]) | {"written": ["iam-changes"]}
    assert settings.read_text() == (
        '# Ours.\n[catalog]\npacks = ["essentials"] # only these\n\n'
        "[catalog.detection.iam-changes]\n"
        'exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer", '
        '"arn:aws:iam::111122223333:role/Administrator"] }\n'
        "period = 900\n\n[lint]\n"
    )
    again = _run(project, logs, "--json", "--per-week", "0")
    announced = {name: each["after"] for name, each in _figures(shown[1]).items()}
    assert announced == {"iam-changes": {"low": 1, "typical": 1, "high": 1}}
    assert {name: each["before"] for name, each in _figures(again[1]).items()} == announced
    assert again[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ("--write",),
            "This shell is not interactive. Use --yes to write without confirmation.",
            id="no one can be asked",
        ),
        pytest.param(
            ("--detection", "iam-change"),
            'unknown detection "iam-change"; did you mean "iam-changes"?',
            id="an unknown detection",
        ),
        pytest.param(
            ("--placeholder", "LogGroup=x"),
            'unknown placeholder "LogGroup"; did you mean "LogGroupName"?',
            id="an unknown placeholder",
        ),
        pytest.param(("--per-week", "-1"), "-1.0 is not in the range x>=0.", id="less than none"),
        pytest.param(("--recurring", "0"), "0 is not in the range x>=1.", id="no day"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises((click.UsageError, TrailbellError)) as raised:
        CliRunner().invoke(
            command, [".", *arguments], standalone_mode=False, catch_exceptions=False
        )
    error = raised.value
    assert getattr(error, "message", str(error)) == message
    assert getattr(error, "exit_code", None) == 2


def test_input_that_cannot_be_read_is_named_and_the_rest_is_used(project: Path) -> None:
    (project / "logs" / "broken.json").write_text("{")
    code, out, err = _run(project, str(project / "logs"), "--detection", "iam-changes")
    assert code == 1
    assert err.startswith(f"error: {project / 'logs' / 'broken.json'}")
    assert out.startswith("1 detection sent more than 1 notification a week in 71 records of ")
    assert out.endswith("\ntrailbell.toml was not changed; --write adds these lines.\n")


def test_nothing_is_written_if_the_questions_are_interrupted(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_terminal: Terminal, _question: str) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(Terminal, "interactive", lambda _terminal: True)
    monkeypatch.setattr(Terminal, "confirm", interrupt)
    monkeypatch.chdir(project)
    result = CliRunner().invoke(command, ["logs", "--write"], standalone_mode=False)
    assert result.stderr == "\nnote: trailbell.toml was not changed\n\n"
    assert (project / "trailbell.toml").read_text() == _SETTINGS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "added", "last"),
    [
        pytest.param("n", 0, "trailbell.toml was not changed.", id="no"),
        pytest.param(
            "y",
            4,
            'Wrote 3 proposals to trailbell.toml. Run "trailbell build" and "trailbell plan" next.',
            id="yes",
        ),
    ],
)
def test_a_person_is_asked_for_each_detection(
    answer: str, added: int, last: str, project: Path
) -> None:
    ours, its = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [sys.executable, "build.py", "--project", str(project), "tune", str(project / "logs")]
    with subprocess.Popen(
        [*command, "--write"],
        cwd=PROJECT,
        env=os.environ | {"TERM": "dumb", "COLUMNS": "200", "NO_COLOR": "1"},
        stdin=its,
        stdout=subprocess.PIPE,
        stderr=its,
        text=True,
    ) as process:
        os.close(its)
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert (process.returncode, out.splitlines()[-1]) == (0, last)
    lines = (project / "trailbell.toml").read_text().splitlines()
    assert len(lines) - len(_SETTINGS.splitlines()) == added
