"""The description of the settings is what the readers ask for, no more and no less."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.test_settings import EVERY_FORMER_NAME
from trailbell import settings
from trailbell.build.baseline import read_baseline
from trailbell.catalog.detection import Catalog, Severity
from trailbell.catalog.selection import read_selection
from trailbell.command.project import load_project
from trailbell.deploy.environment import ON_FAILURE, read_environments
from trailbell.errors import ProjectError, SettingsError
from trailbell.replay.settings import read_replay_settings
from trailbell.rollout.configuration.config import FILTERS, OnRemoval
from trailbell.rollout.configuration.operation_preferences import ConcurrencyMode
from trailbell.rollout.configuration.settings import PERMISSION_MODELS, read_rollouts
from trailbell.scaffold.project_files import project_files
from trailbell.settings.key_types import Choice, Key, Named, Section, Type, table_of
from trailbell.settings.keys import EXAMPLES, ROOT
from trailbell.validate.lint_settings import lint_settings

STACKS = ("alerts", "identity", "security-alerts", "tamper", "trail")
EVERYTHING = "\n".join(EXAMPLES.values())
NEW_SETTINGS = project_files()["trailbell.toml"]


class Recorded(dict[str, Any]):
    """A table of the file that remembers the addresses of the values that were asked for."""

    def __init__(self, values: dict[str, Any], path: str, asked: set[str]) -> None:
        super().__init__(
            {
                key: Recorded(value, f"{path}{key}.", asked) if isinstance(value, dict) else value
                for key, value in values.items()
            }
        )
        self._path = path
        self._asked = asked

    def get(self, key: str, default: Any = None) -> Any:
        self._asked.add(f"{self._path}{key}")
        return super().get(key, default)


def addresses(values: dict[str, Any], path: str = "") -> Iterator[str]:
    """The address of every key of a file, down to the single tag and parameter."""
    for key, value in values.items():
        yield f"{path}{key}"
        if isinstance(value, dict):
            yield from addresses(value, f"{path}{key}.")


@pytest.fixture(scope="module")
def written() -> Catalog:
    return load_project().written


@pytest.fixture
def file(tmp_path: Path) -> str:
    """A name for the settings, with the files next to it that the examples name."""
    for name in ("stack-policy.json", "trail-policy.json"):
        (tmp_path / name).write_text("{}")
    return str(tmp_path / "trailbell.toml")


def read_all(table: settings.Table, written: Catalog) -> tuple[object, ...]:
    """What the readers of all tables make of the settings."""
    return (
        read_baseline(table, {pack.name for pack in written.packs}, STACKS),
        read_selection(table, written),
        lint_settings(table),
        read_replay_settings(table),
        read_environments(table, STACKS),
        read_rollouts(table, STACKS),
    )


def test_every_key_of_the_examples_is_asked_for_by_a_reader(file: str, written: Catalog) -> None:
    settings.parse(EVERYTHING, file)
    asked: set[str] = set()
    values = tomllib.loads(EVERYTHING)
    del values["project"]
    read_all(settings.Table(file, "", Recorded(values, "", asked)), written)
    assert [address for address in addresses(values) if address not in asked] == []


def test_a_reader_that_asks_for_a_key_that_is_not_described_is_a_mistake_of_ours() -> None:
    table = settings.parse("[lint]").table("lint")
    assert table is not None
    with pytest.raises(KeyError, match="region"):
        table.strings("region")


def described_keys(section: Section, path: str = "") -> Iterator[tuple[str, Key]]:
    """Every key with its address, in which users' own names are in capitals."""
    for name, key in section.keys.items():
        yield f"{path}{name}", key
        yield from _below(key.type, f"{path}{name}.")


def _below(described: Type, path: str) -> Iterator[tuple[str, Key]]:
    match table_of(described):
        case Section() as section:
            yield from described_keys(section, path)
        case Named(label=label, type=inner):
            yield from _below(inner, f"{path}{label}.")


DESCRIBED = dict(described_keys(ROOT))


def in_example(described: Type, values: list[dict[str, Any]], path: str = "") -> Iterator[str]:
    """The addresses of the described keys that a file has."""
    match described:
        case Section(keys=keys):
            for name, key in keys.items():
                below = [value[name] for value in values if name in value]
                if below:
                    yield f"{path}{name}"
                tables = [value for value in below if isinstance(value, dict)]
                if inner := table_of(key.type):
                    yield from in_example(inner, tables, f"{path}{name}.")
        case Named(label=label, type=inner_type):
            tables = [v for value in values for v in value.values() if isinstance(v, dict)]
            if inner := table_of(inner_type):
                yield from in_example(inner, tables, f"{path}{label}.")


# What is the same in another place of the examples.
_ELSEWHERE = {
    "environment.NAME.parameters.PARAMETER.stack",
    "environment.NAME.parameters.PARAMETER.output",
    "catalog.detection.ID.exclude.principal_arns",
    "catalog.detection.ID.exclude.services",
    "catalog.detection.ID.exclude.source_ips",
    "catalog.detection.ID.exclude.events",
}


def test_the_examples_have_every_key() -> None:
    given = {*in_example(ROOT, [tomllib.loads(EVERYTHING)])}
    assert {*DESCRIBED} - given == _ELSEWHERE


def test_the_words_of_the_file_are_those_that_the_readers_know() -> None:
    choices = {a: {*key.type.values} for a, key in DESCRIBED.items() if type(key.type) is Choice}
    preferences = {
        "concurrency_mode": {mode.name.lower() for mode in ConcurrencyMode},
        "region_concurrency": {"sequential", "parallel"},
    }
    assert choices == {
        "catalog.detection.ID.severity": {*map(str, Severity)},
        "environment.NAME.on_failure": {*ON_FAILURE},
        "environment.NAME.stack.STACK.on_failure": {*ON_FAILURE},
        "rollout.NAME.account_filter": {*FILTERS},
        "rollout.NAME.permission_model": {*PERMISSION_MODELS},
        "rollout.NAME.on_removal": {*map(str, OnRemoval)},
        "rollout.NAME.on_wave_failure": {"continue", "stop"},
        **{f"rollout.NAME.{key}": words for key, words in preferences.items()},
        **{f"rollout.NAME.wave.WAVE.{key}": words for key, words in preferences.items()},
    }


# A file that has the key, and needs nothing but it.
_AROUND = {
    "environment.NAME": "[environment.default]\n",
    "environment.NAME.stack.STACK": "[environment.default.stack.trail]\n",
    "rollout.NAME": (
        '[rollout.all]\nstack = "trail"\nregions = ["eu-central-1"]\n'
        'organizational_units = ["r-ab12"]\n'
    ),
    "rollout.NAME.wave.WAVE": (
        '[rollout.all]\nstack = "trail"\nregions = ["eu-central-1"]\n'
        'organizational_units = ["r-ab12"]\n[rollout.all.wave.last]\n'
    ),
    "rollout.NAME.wave.WAVE.check": (
        '[rollout.all]\nstack = "trail"\nregions = ["eu-central-1"]\n'
        'organizational_units = ["r-ab12"]\n[rollout.all.wave.last.check]\n'
    ),
}


# In the file, it is sent as OnStackFailure; CloudFormation rolls back without it, too.
_SENT = {"environment.NAME.on_failure"}
_DEFAULTS = {address for address, key in DESCRIBED.items() if key.default is not None} - _SENT


@pytest.mark.parametrize("address", sorted(_DEFAULTS))
def test_a_default_in_the_file_changes_nothing(address: str, file: str, written: Catalog) -> None:
    table, _, key = address.rpartition(".")
    around = _AROUND.get(table, f"[{table}]\n")
    default = DESCRIBED[address].default
    value = str(default).lower() if isinstance(default, bool | int) else f'"{default}"'
    expected, actual = (
        read_all(settings.parse(text, file), written)
        for text in (around, f"{around}{key} = {value}\n")
    )
    assert actual == expected


def test_every_former_name_is_described_and_tested() -> None:
    described = {
        (address.rpartition(".")[2], former)
        for address, key in DESCRIBED.items()
        for former in key.former
    }
    tested = {(current, former) for current, former, _ in EVERY_FORMER_NAME}
    assert described == tested | {("region_concurrency", "regions_at_once")}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('minimum_version = "99"', id="a newer version"),
        pytest.param('minimum_version = "99.0.1"\nname = 1', id="with a key of that version"),
        pytest.param('minimum_version = "99"\n[new_table]', id="with a table of that version"),
    ],
)
def test_a_project_for_a_newer_version_is_an_error_before_its_keys_are(text: str) -> None:
    with pytest.raises(ProjectError) as caught:
        settings.parse(f"[project]\n{text}")
    assert caught.value.problem.startswith("trailbell.toml: this project is for Trailbell 99")


def test_a_version_with_too_many_digits_is_no_version() -> None:
    with pytest.raises(SettingsError) as caught:
        settings.parse(f'[project]\nminimum_version = "{"9" * 5_000}"')
    assert caught.value.key == "project.minimum_version"


_SUGGESTION = re.compile(r"^# (?=\[|\w+ = )", re.MULTILINE)


@pytest.mark.parametrize(
    "left_out",
    [
        pytest.param("enabled", id="a part of the baseline"),
        pytest.param("(packs|stacks|enable|disable)", id="nothing of the baseline"),
    ],
)
def test_what_a_new_project_suggests_can_be_set(left_out: str, file: str, written: Catalog) -> None:
    text = re.sub(rf"^# {left_out} = .*\n", "", NEW_SETTINGS, flags=re.MULTILINE)
    every = _SUGGESTION.sub("", text)
    table = settings.parse(every.replace("production-role-assumed", "iam-changes"), file)
    assert read_all(table, written)[0] != read_all(settings.parse(""), written)[0]
