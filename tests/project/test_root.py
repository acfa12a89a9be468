"""Which folder is the project."""

from pathlib import Path

import pytest

from trailbell.errors import ProjectError
from trailbell.project import root
from trailbell.project.root import choose_project, find_root, project_root


def _project(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trailbell.toml").write_text("")
    return folder


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as raised:
        find_root(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path} is not in a project: neither it nor a folder above it has a trailbell.toml\n"
        '  Start one with "trailbell init", or name its folder with --project.'
    )


def test_two_projects_above_each_other(tmp_path: Path) -> None:
    outer, inner = _project(tmp_path), _project(tmp_path / "team" / "alarms")
    with pytest.raises(ProjectError) as raised:
        find_root(inner)
    assert str(raised.value) == (
        f"there are two projects above each other: {inner}/trailbell.toml and "
        f"{outer}/trailbell.toml\n"
        f"  Name the one that you mean with --project, for example --project {inner}."
    )


@pytest.mark.parametrize("below", ["", "stacks", "stacks/pieces"])
def test_the_project_is_found_from_any_folder_in_it(tmp_path: Path, below: str) -> None:
    _project(tmp_path)
    (tmp_path / below).mkdir(parents=True, exist_ok=True)
    assert find_root(tmp_path / below) == tmp_path


def test_a_folder_with_the_name_of_the_settings_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "trailbell.toml").mkdir()
    with pytest.raises(ProjectError, match="is not in a project"):
        find_root(tmp_path)


def test_a_folder_that_is_named_and_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as raised:
        choose_project(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path} is not a project, because it has no trailbell.toml\n"
        f'  "trailbell init {tmp_path}" makes it one.'
    )


def test_a_project_that_is_named_can_be_in_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root, "_chosen", [])
    inner = _project(_project(tmp_path) / "inner")
    choose_project(inner)
    assert project_root() == inner


def test_the_current_folder_decides_if_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(root, "_chosen", [])
    monkeypatch.chdir(_project(tmp_path))
    assert project_root() == tmp_path
