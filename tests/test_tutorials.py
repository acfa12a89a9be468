"""What a reader of a tutorial sees is what the page shows."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT

pytestmark = pytest.mark.slow


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
    """A new project with the stacks of the baseline that the tutorial selects."""
    _run(tmp_path, "init", "alarms")
    settings = tmp_path / "alarms" / "trailbell.toml"
    (selection,) = [b for b in _blocks("first-alarm.md", "toml") if b.startswith("[baseline]")]
    settings.write_text(settings.read_text().replace("[baseline]\n", selection))
    return tmp_path / "alarms"


def test_init_writes_the_files_that_the_tutorial_lists(tmp_path: Path) -> None:
    created = _run(tmp_path, "init", "alarms").partition("Next:")[0].splitlines()
    shown = _shown("first-alarm.md", "Created a project").partition("Next:")[0].splitlines()
    assert created[1:] == shown[1:]


def test_the_record_of_the_tutorial_matches_as_shown(project: Path) -> None:
    (record,) = _blocks("first-alarm.md", "json")
    (project / "record.json").write_text(record)
    printed = _run(project, "test", "record.json", "--explain")
    assert printed == _shown("first-alarm.md", "1 match")


def test_explain_shows_what_the_tutorial_shows(project: Path) -> None:
    shown = _shown("first-alarm.md", "iam-changes: An IAM change").splitlines()
    printed = _run(project, "explain", "iam-changes").splitlines()
    assert [line for line in shown if line not in printed] == ["..."]


def _write_detection(project: Path) -> str:
    """Write the detection of the tutorial from its record, and return what is printed."""
    (record,) = _blocks("own-detections.md", "json")
    (project.parent / "record.json").write_text(record)
    options = ("--from", "../record.json", "--severity", "high")
    return _run(project, "new", "detection", "secret-destroyed", *options)


def test_a_detection_is_written_from_the_record_as_shown(project: Path) -> None:
    printed = _write_detection(project)
    assert printed == _shown("own-detections.md", "wrote detections/")


def test_the_pattern_of_the_detection_is_as_shown(project: Path) -> None:
    _write_detection(project)
    written = (project / "detections" / "secret_destroyed.py").read_text().splitlines()
    (shown,) = _blocks("own-detections.md", "python")
    conditions = [line.strip() for line in shown.splitlines() if line.startswith("    field(")]
    assert conditions == [line.strip() for line in written if line.startswith("        field(")]


def test_the_record_matches_the_detection_as_shown(project: Path) -> None:
    _write_detection(project)
    printed = _run(project, "test", "../record.json", "--explain")
    assert printed == _shown("own-detections.md", "1 match")


def test_a_typing_error_fails_as_shown(project: Path) -> None:
    _write_detection(project)
    module = project / "detections" / "secret_destroyed.py"
    right, wrong = '.forceDeleteWithoutRecovery")', '.forceDeletWithoutRecovery")'
    assert right in module.read_text()
    module.write_text(module.read_text().replace(right, wrong))
    shown = _shown("own-detections.md", "nothing written").splitlines()
    printed = _run(project, "check", "--content").splitlines()
    assert [line for line in shown[:-1] if line not in printed] == ["..."]


def test_the_template_of_others_has_the_findings_that_are_shown(project: Path) -> None:
    (template,) = _blocks("own-detections.md", "yaml")
    (project.parent / "foreign.yaml").write_text(template)
    printed = _run(project, "lint", "../foreign.yaml")
    assert printed.strip() == _shown("own-detections.md", "E9815").strip()


@pytest.mark.emulator
def test_the_demonstration_is_as_shown(tmp_path: Path) -> None:
    printed = _run(tmp_path, "demo").splitlines()
    shown = [line for block in _blocks("demo.md", "text") for line in block.splitlines()]
    assert [line for line in shown if line not in printed] == ["...", "..."]
