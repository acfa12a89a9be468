"""Packages with the modules of a project and of the baseline."""

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from tests import PROJECT
from trailbell.project.content_packages import ContentFinder, replaced_modules
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
