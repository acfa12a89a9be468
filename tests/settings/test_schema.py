"""The JSON Schema accepts what the settings accept, and editors can use it."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator

from tests.settings.test_check import MISTAKES, RIGHT
from trailbell import settings
from trailbell.scaffold.project_files import project_files
from trailbell.settings.keys import EXAMPLES
from trailbell.settings.schema import FILE, build_schema, schema_text

SCHEMA = build_schema()
_PAGE = next((Path(__file__).parents[2] / "docs").rglob("settings.md")).read_text("utf-8")
BLOCKS = re.findall(r"^```toml\n(.*?)^```", _PAGE, re.DOTALL | re.MULTILINE)


def errors(text: str) -> list[str]:
    """What an editor reports about some settings."""
    return [error.message for error in Draft7Validator(SCHEMA).iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("validator", [Draft4Validator, Draft7Validator])
def test_it_is_a_schema(validator: Any) -> None:
    validator.check_schema(SCHEMA)


def test_the_file_has_the_schema() -> None:
    assert (json.loads(schema_text()), schema_text()[-2:]) == (SCHEMA, "}\n")


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_that_the_settings_report_is_one_in_the_editor(text: str, message: str) -> None:
    assert errors(text) != [], message


@pytest.mark.parametrize("text", RIGHT)
def test_what_the_settings_accept_is_right_in_the_editor(text: str) -> None:
    assert errors(text) == []


@pytest.mark.parametrize("text", [*EXAMPLES.values(), "\n".join(EXAMPLES.values()), *BLOCKS])
def test_an_example_of_the_reference_is_valid_for_both(text: str) -> None:
    settings.parse(text)
    assert errors(text) == []


def test_a_new_project_has_the_schema_and_names_it_in_its_first_line() -> None:
    files = project_files()
    first_line, _, rest = files["trailbell.toml"].partition("\n")
    assert (first_line, files[FILE]) == (f"#:schema {FILE}", schema_text())
    assert errors(rest) == []


def test_the_reference_has_every_example() -> None:
    assert [example for example in EXAMPLES.values() if example not in BLOCKS] == []


def test_a_rollout_without_regions_is_incomplete() -> None:
    assert errors('[rollout.a]\nstack = "trail"') == ["'regions' is a required property"]


def test_a_former_name_is_accepted_and_not_offered() -> None:
    keys = SCHEMA["properties"]["catalog"]["properties"]
    assert keys["off"] == {
        **keys["disable"],
        "description": "Former name of `disable`.",
        "deprecated": True,
        "x-taplo": {"hidden": True},
    }
    assert errors("[catalog]\noff = ['iam-changes']") == []


# Draft 4, and annotations: https://taplo.tamasfe.dev/configuration/developing-schemas.html
_KEYWORDS = {
    *("$schema", "title", "description", "default", "deprecated", "x-taplo"),
    *("type", "enum", "anyOf", "pattern", "minimum", "maximum", "multipleOf"),
    *("items", "minItems", "maxItems", "uniqueItems"),
    *("properties", "required", "additionalProperties", "patternProperties", "maxProperties"),
}


def keywords(schema: Any) -> Iterator[str]:
    """Every keyword of a schema and of the schemas in it."""
    if not isinstance(schema, dict):
        return
    yield from schema
    for each in (*schema.get("anyOf", ()), schema.get("items"), schema.get("additionalProperties")):
        yield from keywords(each)
    for name in ("properties", "patternProperties"):
        for each in schema.get(name, {}).values():
            yield from keywords(each)


def test_it_uses_only_keywords_that_editors_of_toml_know() -> None:
    assert {*keywords(SCHEMA)} <= _KEYWORDS
