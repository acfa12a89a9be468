"""What is installed: every package of ours, and our content as the baseline."""

import configparser

from tests import PROJECT

_CONTENT = ("detections", "policies", "stacks")


def _options() -> configparser.SectionProxy:
    config = configparser.ConfigParser()
    config.read(PROJECT / "setup.cfg")
    return config["options"]


def _packages() -> list[str]:
    """The folders with modules, by the names under which they are installed."""
    folders = {
        path.parent.relative_to(PROJECT).as_posix().replace("/", ".")
        for name in ("trailbell", *_CONTENT)
        for path in (PROJECT / name).rglob("*.py")
    }
    names = (n if n.startswith("trailbell") else f"trailbell.baseline.{n}" for n in folders)
    return sorted(name for name in names if not name.startswith("trailbell.scaffold.files"))


def test_every_package_is_installed() -> None:
    assert _options()["packages"].split() == _packages()


def test_content_is_installed_as_the_baseline() -> None:
    lines = _options()["package_dir"].strip().splitlines()
    assert lines == [f"trailbell.baseline.{name} = {name}" for name in _CONTENT]
