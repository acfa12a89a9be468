"""A mistake in any table of the settings stops every command that reads them, before it does more.

The commands run in this process, in a project that has settings and a ``dist/`` and nothing else.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import PROJECT
from trailbell.command.main import main
from trailbell.project import root
from trailbell.project.content_packages import import_content_from

COMMANDS = [
    "build",
    "check",
    "list",
    "explain root-account-use",
    "test {}/record.json",
    "plan",
    "plan trail --live",
    "deploy trail --yes",
    "verify trail",
    "follow trail",
    "rollback trail --yes",
    "delete trail",
    "permissions",
    "rollout plan all",
    "rollout apply all --yes",
    "rollout status all",
    "rollout permissions all",
    "docs --check",
]

_RIGHT = """\
[environment.default]
region = "eu-central-1"

[rollout.all]
stack = "trail"
regions = ["eu-central-1"]
organizational_units = ["r-ab12"]
"""

MISTAKES = [
    pytest.param("[lnit]", 'lnit: unknown key; did you mean "lint"?', id="an unknown table"),
    pytest.param(
        "[catalog]\npaks = []",
        'catalog.paks: unknown key; did you mean "packs"?',
        id="an unknown key of the catalog",
    ),
    pytest.param(
        "[baseline]\nstacks = 'trail'",
        'baseline.stacks: invalid value "trail"; write a list',
        id="a text for a list",
    ),
    pytest.param(
        "[lint]\nignore = ['W2001']",
        "lint.ignore: invalid value a list; write a table",
        id="a list for a table",
    ),
    pytest.param(
        "[environment.other]\nrollback_minutes = '5'",
        'environment.other.rollback_minutes: invalid value "5"; write a whole number',
        id="a text for a number in another environment",
    ),
    pytest.param(
        "[rollout.other.wave.a.check]\nwait = 5",
        "rollout.other.wave.a.check.wait: unknown key; known: alarms, command, wait_minutes",
        id="an unknown key in another rollout",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "dist", folder / "dist")
    (folder / "record.json").write_text("{}")
    yield folder
    import_content_from(PROJECT)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_one_error_and_the_exit_code_is_2(
    folder: Path,
    command: str,
    text: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folder / "trailbell.toml").write_text(f"{_RIGHT}{text}\n")
    monkeypatch.setattr(root, "_chosen", [folder])
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", ["trailbell", *command.format(folder).split()])
    code = main()
    out, err = capsys.readouterr()
    assert (code, out, err) == (2, "", f"error: {folder / 'trailbell.toml'}: {message}\n")
