"""New files: all of them or none, and never in the place of another one."""

from pathlib import Path

import pytest

from trailbell.errors import OutputError
from trailbell.scaffold.new_files import NameTakenError, write_new, write_over


def _files(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def test_nothing_is_written_if_one_file_exists(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text("mine")
    with pytest.raises(NameTakenError) as error:
        write_new(tmp_path, {"detections/a.py": "x", "tests/test_a.py": "x"})
    assert str(error.value) == (
        "tests/test_a.py exists already; choose another name, or edit that file"
    )
    assert _files(tmp_path) == ["tests", "tests/test_a.py"]


def test_a_link_to_nothing_is_a_file_that_exists(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("nowhere")
    with pytest.raises(NameTakenError):
        write_new(tmp_path, {"a.py": "x"})
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("detections/kms.py", id="a module"),
        pytest.param("stacks/pieces.py", id="a module with the name of a package"),
    ],
)
def test_a_module_of_the_baseline_is_not_replaced(name: str, tmp_path: Path) -> None:
    with pytest.raises(NameTakenError) as error:
        write_new(tmp_path, {name: "x"})
    assert str(error.value) == (
        f"{name} would replace the module trailbell/baseline/{name}; choose another name"
    )
    assert _files(tmp_path) == []


def test_nothing_is_left_if_one_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "tests").write_text("a file in the place of the folder")
    with pytest.raises(OutputError) as error:
        write_new(tmp_path, {"new/deep/a.py": "x", "tests/test_a.py": "x"})
    assert str(error.value) == ("cannot write tests/test_a.py: file exists; no files were changed")
    assert _files(tmp_path) == ["tests"]


def test_folders_are_created(tmp_path: Path) -> None:
    write_new(tmp_path, {"tests/records/a.json": "{}\n", "detections/a.py": "é\n"})
    assert (tmp_path / "tests/records/a.json").read_text() == "{}\n"
    assert (tmp_path / "detections/a.py").read_bytes() == "é\n".encode()


def test_files_are_written_over_on_request(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old")
    write_over(tmp_path, {"a.py": "new", "tests/b.py": "new"})
    assert _files(tmp_path) == ["a.py", "tests", "tests/b.py"]
    assert (tmp_path / "a.py").read_text() == "new"


def test_a_file_that_cannot_be_written_over_stays(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    with pytest.raises(OutputError):
        write_over(tmp_path, {"a.py": "new"})
    assert _files(tmp_path) == ["a.py"]
