"""Packages with the modules of a project and of the baseline."""

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests import PROJECT
from trailbell.project.content_packages import ContentFinder, hidden_packages, replaced_modules
from trailbell.project.root import BASELINE


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A project with modules at both levels, one of which the baseline has, too."""
    for name in (
        "detections/mine.py",
        "detections/kms.py",
        "stacks/pieces/mine.py",
        "stacks/__pycache__/x.py",
        "policies/README",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tmp_path


def _spec(own: Path, name: str) -> ModuleSpec:
    spec = ContentFinder((own, BASELINE)).find_spec(name)
    assert spec is not None
    return spec


@pytest.mark.parametrize("name", ["json", "trailbell", "stack", "detections.nothing"])
def test_what_is_not_content_is_left_to_python(own: Path, name: str) -> None:
    assert ContentFinder((own, BASELINE)).find_spec(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("detections.mine", "own/detections/mine.py", id="a module of the project"),
        pytest.param("detections.iam", "baseline/detections/iam.py", id="one of the baseline"),
        pytest.param("detections.kms", "own/detections/kms.py", id="one that both have"),
        pytest.param("stacks.pieces.mine", "own/stacks/pieces/mine.py", id="a module below"),
        pytest.param("stacks.pieces.pack", "baseline/stacks/pieces/pack.py", id="one next to it"),
    ],
)
def test_a_module(own: Path, name: str, expected: str) -> None:
    origin = str(_spec(own, name).origin)
    assert origin.replace(str(own), "own").replace(str(BASELINE), "baseline") == expected


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        pytest.param("detections", ["own/detections", "baseline/detections"], id="both have it"),
        pytest.param("stacks.pieces", ["own/stacks/pieces", "baseline/stacks/pieces"], id="below"),
    ],
)
def test_a_package_has_the_modules_of_both(own: Path, name: str, folders: list[str]) -> None:
    locations = _spec(own, name).submodule_search_locations or []
    shown = [
        place.replace(str(own), "own").replace(str(BASELINE), "baseline") for place in locations
    ]
    assert shown == folders


@pytest.mark.parametrize(
    ("written", "name", "expected"),
    [
        pytest.param(
            ["detections/iam/data.json"],
            "detections.iam",
            "baseline/detections/iam.py",
            id="a folder of data with the name of a module of the baseline",
        ),
        pytest.param(
            ["detections/iam/own.py"],
            "detections.iam",
            "baseline/detections/iam.py",
            id="a folder of modules without __init__.py",
        ),
        pytest.param(
            ["detections/own.py", "detections/own/data.json"],
            "detections.own",
            "own/detections/own.py",
            id="a module and a folder of the project",
        ),
        pytest.param(
            ["detections/own.py", "detections/own/__init__.py"],
            "detections.own",
            "own/detections/own/__init__.py",
            id="a module and a package of the project",
        ),
    ],
)
def test_a_folder_and_a_module_of_the_same_name(
    tmp_path: Path, written: list[str], name: str, expected: str
) -> None:
    for path in written:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("")
    origin = str(_spec(tmp_path, name).origin)
    assert origin.replace(str(tmp_path), "own").replace(str(BASELINE), "baseline") == expected
    assert replaced_modules(tmp_path) == ()


def test_a_package_that_replaces_a_module_of_the_baseline(tmp_path: Path) -> None:
    (tmp_path / "detections" / "iam").mkdir(parents=True)
    (tmp_path / "detections" / "iam" / "__init__.py").write_text("")
    assert replaced_modules(tmp_path) == ("detections/iam",)


def test_a_module_that_hides_a_package_of_the_baseline(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "pieces.py").write_text("")
    assert hidden_packages(tmp_path) == ("stacks/pieces.py",)
    assert hidden_packages(BASELINE) == ()


def test_modules_that_replace_one_of_the_baseline(own: Path) -> None:
    assert replaced_modules(own) == ("detections/kms.py",)
    assert replaced_modules(BASELINE) == ()


def test_a_package_of_that_name_that_is_installed_is_not_used(own: Path, tmp_path: Path) -> None:
    """Python would prefer it to a folder without ``__init__.py``, wherever it is."""
    other = tmp_path / "site"
    (other / "stacks").mkdir(parents=True)
    (other / "stacks" / "__init__.py").write_text("raise RuntimeError('another distribution')")
    (own / "trailbell.toml").write_text("")
    (own / "stacks" / "mine.py").write_text("WHERE = __file__")
    code = (
        f"import sys; sys.path.insert(0, {str(other)!r}); import trailbell;"
        f"trailbell.use_project({str(own)!r}); from stacks.mine import WHERE; print(WHERE)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout == f"{own}/stacks/mine.py\n"
