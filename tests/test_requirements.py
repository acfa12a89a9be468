"""Locked versions fit the ranges they are made from, and are what everybody installs."""

import configparser
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import PROJECT

_FILES = ("run.txt", "test.txt", "judges.txt", "site.txt")


def _ranges() -> dict[str, list[Requirement]]:
    """What setup.cfg and pyproject.toml ask for, by the file that locks it."""
    config = configparser.ConfigParser()
    config.read(PROJECT / "setup.cfg")
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    run = config["options"]["install_requires"].split("\n") + project["build-system"]["requires"]
    test = config["options.extras_require"]["test"].split("\n")
    judges = config["options.extras_require"]["judges"].split("\n")
    site = config["options.extras_require"]["site"].split("\n")
    texts = {"run.txt": run, "test.txt": run + test, "judges.txt": judges, "site.txt": site}
    return {name: [Requirement(text) for text in found if text] for name, found in texts.items()}


def _locked(name: str) -> dict[str, str]:
    """The version of each package in a file."""
    text = (PROJECT / "requirements" / name).read_text()
    found = re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ]+)", text, re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("name", _FILES)
def test_every_range_is_locked_to_a_version_within_it(name: str) -> None:
    locked = _locked(name)
    outside = [
        str(wanted)
        for wanted in _ranges()[name]
        if not wanted.specifier.contains(locked.get(canonicalize_name(wanted.name), "0"))
    ]
    assert outside == []


def test_what_is_run_is_what_is_tested() -> None:
    run, test = map(_locked, _FILES[:2])
    assert {package: test.get(package) for package in run} == run


@pytest.mark.parametrize("name", _FILES)
def test_every_package_has_its_hashes_and_no_address(name: str) -> None:
    text = (PROJECT / "requirements" / name).read_text()
    packages = re.split(r"\n(?=[a-z0-9])", text)[1:]
    bare = [package.split(" ")[0] for package in packages if "--hash=sha256:" not in package]
    assert (bare, re.findall(r"https?:|file:|--(?:extra-)?index|--find", text)) == ([], [])


def _line(mark: str) -> str:
    (line,) = re.findall(rf"{mark}\n```sh\n(python3 .*)\n```", (PROJECT / "README.md").read_text())
    return str(line)


@pytest.mark.parametrize(
    ("mark", "name", "end"),
    [
        ("in a clone of this repository:\n", "run.txt", "build.py"),
        ("<!-- the test line -->", "test.txt", "-m pytest"),
    ],
)
def test_a_line_of_the_readme_installs_what_is_locked(mark: str, name: str, end: str) -> None:
    steps = [step.removeprefix(".venv/bin/") for step in _line(mark).split(" && ")]
    assert steps[:3] == [
        "python3 -m venv .venv",
        f"pip install -q -r requirements/{name}",
        "pip install -q --no-deps --no-build-isolation -e .",
    ]
    assert steps[-1] == f"python {end}"


def test_every_script_of_the_checks_is_called_by_the_workflow() -> None:
    workflow = (PROJECT / ".github" / "workflows" / "checks.yml").read_text()
    files = [path for path in Path(PROJECT, ".ci").iterdir() if path.is_file()]
    scripts = {path.name for path in files if path.stat().st_mode & 0o100}
    called = {name for name in scripts if re.search(rf"\b{name}\b", workflow)}
    assert (scripts, called) == ({"lock", "newest", "oldest", "run"}, scripts - {"lock"})
