"""What commands that read records take from the settings, and what options override."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests import PROJECT
from trailbell.command.record_options import Records, record_options
from trailbell.project.root import use_project

_SETTINGS = """\
[replay]
corpus = ["logs"]
organization = true
rules = false
placeholders = { LogGroupName = "trails", AlarmPrefix = "watch" }
"""
_DEFAULTS = Records(
    paths=("a.json",),
    since=None,
    until=None,
    accounts=(),
    processes=None,
    placeholders={},
    per_account=True,
    rules=True,
)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A project without settings."""
    use_project(tmp_path)
    yield tmp_path.resolve()
    use_project(PROJECT)


def _read(*arguments: str) -> Records:
    @click.command
    @record_options
    def command(records: Records) -> Records:
        return records

    result = CliRunner().invoke(command, arguments, standalone_mode=False, catch_exceptions=False)
    assert isinstance(result.return_value, Records)
    return result.return_value


@pytest.mark.usefixtures("root")
def test_without_settings_files_are_required() -> None:
    with pytest.raises(click.UsageError, match="set corpus in \\[replay\\]"):
        _read()


@pytest.mark.usefixtures("root")
def test_without_settings_the_options_have_their_defaults() -> None:
    assert _read("a.json") == _DEFAULTS


def test_the_settings_have_defaults(root: Path) -> None:
    (root / "logs").mkdir()
    (root / "trailbell.toml").write_text(_SETTINGS)
    assert _read() == Records(
        paths=(str(root / "logs"),),
        since=None,
        until=None,
        accounts=(),
        processes=None,
        placeholders={"LogGroupName": "trails", "AlarmPrefix": "watch"},
        per_account=False,
        rules=False,
    )


def test_options_override_the_settings(root: Path) -> None:
    (root / "trailbell.toml").write_text(_SETTINGS)
    options = ("--no-organization", "--placeholder", "LogGroupName=others")
    assert _read("a.json", *options) == replace(
        _DEFAULTS,
        placeholders={"LogGroupName": "others", "AlarmPrefix": "watch"},
        rules=False,
    )


@pytest.mark.usefixtures("root")
def test_an_option_is_enough_for_an_organization() -> None:
    assert _read("a.json", "--organization").per_account is False


@pytest.mark.usefixtures("root")
def test_a_bucket_is_read_with_the_region_and_the_profile_of_the_options() -> None:
    records = _read("s3://logs/", "--region", "eu-central-1", "--profile", "audit")
    assert records == replace(
        _DEFAULTS, paths=("s3://logs/",), region="eu-central-1", profile="audit"
    )
