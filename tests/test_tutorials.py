"""What a reader of a tutorial sees is what the page shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT

_NEW_DETECTION = ("new", "detection", "secret-destroyed", "--from", "../record.json")


def _blocks(page: str, language: str) -> list[str]:
    text = (PROJECT / "docs" / "tutorials" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def _shown(page: str, words: str) -> list[str]:
    """The lines of output in a page of which the first contains these words, without gaps."""
    (block,) = [block for block in _blocks(page, "text") if words in block.splitlines()[0]]
    return [line for line in block.splitlines() if line != "..."]


def _run(folder: Path, *arguments: str) -> list[str]:
    """The lines that a command prints to standard output."""
    command = [sys.executable, "-m", "trailbell", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new project, next to the record and the template of the tutorial on detections."""
    _run(tmp_path, "init", "alarms")
    for name, language in [("record.json", "json"), ("foreign.yaml", "yaml")]:
        (tmp_path / name).write_text(_blocks("own-detections.md", language)[0])
    return tmp_path / "alarms"


def test_init_writes_the_files_that_are_shown(tmp_path: Path) -> None:
    shown = _shown("first-alarm.md", "Created a project")
    assert _run(tmp_path, "init")[1:] == shown[1:]


def test_explain_prints_what_is_shown(project: Path) -> None:
    shown = _shown("first-alarm.md", "iam-changes: An IAM change was made")
    printed = _run(project, "explain", "iam-changes")
    assert [line for line in shown if line not in printed] == []


def test_the_record_of_the_first_alarm_matches_as_shown(project: Path) -> None:
    (project / "record.json").write_text(_blocks("first-alarm.md", "json")[0])
    settings = project / "trailbell.toml"
    selection = '[baseline]\nstacks = ["security-alerts", "tamper"]\n'
    assert selection in _blocks("first-alarm.md", "toml")
    settings.write_text(settings.read_text().replace("[baseline]\n", selection))
    shown = _shown("first-alarm.md", "iam-changes  CreateUser")
    assert _run(project, "test", "record.json", "--explain") == shown


def test_no_detection_of_the_baseline_matches_the_record(project: Path) -> None:
    shown = _shown("own-detections.md", "1 record in 1 file: 0 matches")
    assert _run(project, "test", "../record.json") == shown


def test_a_detection_is_written_from_the_record_as_shown(project: Path) -> None:
    assert _run(project, *_NEW_DETECTION) == _shown("own-detections.md", "wrote detections/")


def test_the_detection_matches_the_record_as_shown(project: Path) -> None:
    _run(project, *_NEW_DETECTION)
    shown = _shown("own-detections.md", "secret-destroyed  DeleteSecret")
    assert _run(project, "test", "../record.json", "--explain") == shown


def test_a_condition_with_a_typing_error_fails_as_shown(project: Path) -> None:
    _run(project, *_NEW_DETECTION)
    module = project / "detections" / "secret_destroyed.py"
    right, wrong = "Parameters.forceDeleteWithout", "Parameters.forceDeletWithout"
    assert right in module.read_text()
    module.write_text(module.read_text().replace(right, wrong))
    *shown, _ = _shown("own-detections.md", "does not match the sample event")
    printed = [re.sub(r"\.py:\d+:", ".py:N:", line) for line in _run(project, "check", "--content")]
    assert [line for line in shown if re.sub(r"\.py:\d+:", ".py:N:", line) not in printed] == []


def test_the_template_of_others_has_the_findings_that_are_shown(project: Path) -> None:
    printed = _run(project, "lint", "../foreign.yaml")
    assert [line for line in printed if line] == [
        line for line in _shown("own-detections.md", "E9815") if line
    ]
