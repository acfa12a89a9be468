"""What a reader of a tutorial sees is what the page shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT


def _blocks(page: str, language: str) -> list[str]:
    text = (PROJECT / "docs" / "tutorials" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def _shown(page: str, words: str) -> str:
    """The output in a page that contains these words."""
    (block,) = [block for block in _blocks(page, "text") if words in block]
    return block


def _run(folder: Path, *arguments: str) -> str:
    """What a command prints to standard output."""
    command = [sys.executable, "-m", "trailbell", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.fixture
def project(tmp_path: Path) -> Path:
    _run(tmp_path, "init", "alarms")
    return tmp_path / "alarms"


def test_init_writes_the_files_that_the_tutorial_lists(tmp_path: Path) -> None:
    created = _run(tmp_path, "init", "alarms").partition("Next:")[0].splitlines()
    assert created[1:] == _shown("first-alarm.md", "Created a project").splitlines()[1:]


def test_the_record_of_the_tutorial_matches_as_shown(project: Path) -> None:
    (record,) = _blocks("first-alarm.md", "json")
    (project / "record.json").write_text(record)
    assert _run(project, "test", "record.json") == _shown("first-alarm.md", "2 matches")


def test_explain_shows_what_the_tutorial_shows(project: Path) -> None:
    shown = _shown("first-alarm.md", "trail-tampering: A trail").splitlines()
    printed = _run(project, "explain", "trail-tampering").splitlines()
    assert [line for line in shown if line not in printed] == ["  ..."]


def test_a_detection_is_written_from_the_record_as_shown(project: Path) -> None:
    (record,) = _blocks("own-detections.md", "json")
    (project.parent / "record.json").write_text(record)
    printed = _run(
        project, "new", "detection", "image-repository-shared", "--from", "../record.json"
    )
    assert printed == _shown("own-detections.md", "wrote detections/")


def test_a_condition_that_is_deleted_fails_as_shown(project: Path) -> None:
    (record,) = _blocks("own-detections.md", "json")
    (project.parent / "record.json").write_text(record)
    _run(project, "new", "detection", "image-repository-shared", "--from", "../record.json")
    module = project / "detections" / "image_repository_shared.py"
    condition = '        field("errorCode").missing_or_null(),\n'
    assert condition in module.read_text()
    module.write_text(module.read_text().replace(condition, ""))
    shown = _shown("own-detections.md", "nothing written").splitlines()
    printed = _run(project, "check", "--content").splitlines()
    assert [line for line in shown[:-1] if line not in printed] == []


def test_the_template_of_someone_else_has_the_findings_that_are_shown(tmp_path: Path) -> None:
    (template,) = _blocks("own-detections.md", "yaml")
    (tmp_path / "foreign.yaml").write_text(template)
    assert (
        _run(tmp_path, "lint", "foreign.yaml").strip()
        == _shown("own-detections.md", "E9815").strip()
    )
