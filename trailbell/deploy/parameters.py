"""
Parameters: read from files and options, and validated before any call to AWS.

In:    parameter files of the AWS CLI, ``NAME=VALUE``, settings; a template.
Out:   the ``Parameters`` of a request.
Never: a secret in a message. The value of a NoEcho parameter is never shown.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from trailbell import text_files
from trailbell.aws.parameters import parameter_value
from trailbell.deploy.environment import ParameterValue, PreviousValue
from trailbell.errors import SettingsError, UnreadableFileError
from trailbell.template import Template
from trailbell.template.resources import secret_parameters, section
from trailbell.wording import pluralize

T = TypeVar("T")

_MAX_BYTES = 4096
_SIMILAR = 0.8
"""How similar an unknown name must be to one of the template to be a misspelling of it."""
_LISTS = ("CommaDelimitedList", "List<")


def from_file(path: Path) -> dict[str, ParameterValue]:
    """Read a parameter file. Raises `SettingsError`, also for a name that occurs twice.

    The file is a list of ParameterKey with ParameterValue or UsePreviousValue, a list of
    "NAME=VALUE", or an object with "Parameters".

    https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/index.html
    """
    try:
        data = text_files.parse_json(text_files.read_text(path))
    except UnreadableFileError as error:
        raise SettingsError(str(path), "", error.reason, "the file must contain JSON") from error
    match data:
        case {"Parameters": dict(values)}:
            return {key: _text(path, key, value) for key, value in values.items()}
        case [*entries]:
            return unique((_entry(path, entry) for entry in entries), str(path))
        case _:
            raise SettingsError(
                str(path),
                "",
                "not a parameter file",
                'use a list of {"ParameterKey": ..., "ParameterValue": ...}, or '
                '{"Parameters": {...}}',
            )


def unique(entries: Iterable[tuple[str, T]], origin: str) -> dict[str, T]:
    """Return a dictionary of these entries. Raises `SettingsError` for a name that is repeated."""
    values: dict[str, T] = {}
    for name, value in entries:
        if name in values:
            raise SettingsError(origin, name, "is given twice", "remove one of them")
        values[name] = value
    return values


def _entry(path: Path, entry: Any) -> tuple[str, ParameterValue]:
    match entry:
        case {"ParameterKey": str(key), "ParameterValue": _, "UsePreviousValue": True}:
            raise SettingsError(
                str(path), key, "has both ParameterValue and UsePreviousValue", "remove one of them"
            )
        case {"ParameterKey": str(key), "ParameterValue": value}:
            return key, _text(path, key, value)
        case {"ParameterKey": str(key), "UsePreviousValue": True}:
            return key, PreviousValue()
        case str(text) if "=" in text:
            return parse_assignment(text, str(path))
        case {"ParameterKey": str(key)}:
            raise SettingsError(
                str(path),
                key,
                "ParameterValue is missing",
                'add it or "UsePreviousValue": true, or remove the parameter',
            )
        case _:
            raise SettingsError(str(path), "", "an entry has no ParameterKey", "add it")


def _text(path: Path, key: str, value: Any) -> str:
    text = parameter_value(value)
    if text is None:
        raise SettingsError(
            str(path), key, "the value is not a string or number", "enclose it in quotes"
        )
    return text


def parse_assignment(text: str, location: str) -> tuple[str, str]:
    """Split ``NAME=VALUE``. Raises `SettingsError`."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise SettingsError(
            location, "", f'"{text}" is not in the form NAME=VALUE', "add an equals sign"
        )
    return key, value


def parse_assignments(texts: Iterable[str], location: str) -> dict[str, str]:
    """Read several ``NAME=VALUE``. Raises `SettingsError`, also for a name that is repeated."""
    return unique((parse_assignment(text, location) for text in texts), location)


def validate_parameters(
    values: Mapping[str, ParameterValue],
    document: Template,
    previous: Iterable[str],
    origin: str,
    origins: Mapping[str, str] = MappingProxyType({}),
    *,
    how_to_give: str = "use --parameter {name}=VALUE",
) -> None:
    """Check values against a template. ``previous`` names the parameters of the deployed stack.

    ``how_to_give`` is the hint about a parameter without a value.
    Raises `SettingsError` for the first invalid parameter: where ``origins`` says that it was
    given, else at ``origin``.
    """
    declared = section(document, "Parameters")
    for name in values:
        if name not in declared:
            where = origins.get(name, origin)
            raise unknown_parameter(where, name, "does not exist in the template", declared)
    missing = [
        name
        for name, parameter in declared.items()
        if name not in values and "Default" not in parameter and name not in set(previous)
    ]
    if missing:
        raise SettingsError(
            origin,
            missing[0],
            "the parameter has no value and no default",
            how_to_give.format(name=missing[0]),
        )
    secret = secret_parameters(document)
    for name, value in values.items():
        where = origins.get(name, origin)
        if isinstance(value, PreviousValue) and name not in set(previous):
            raise SettingsError(
                where,
                name,
                "the deployed stack has no previous value",
                how_to_give.format(name=name),
            )
        if not isinstance(value, str):
            continue
        for requirement in _violated_requirements(value, declared[name]):
            shown = "the value" if name in secret else f'"{value}"'
            raise SettingsError(where, name, f"{shown} is not valid", requirement)


def accepts(declared: Mapping[str, Any], value: ParameterValue) -> bool:
    """Whether a declaration accepts a value, as far as the value is known."""
    return not isinstance(value, str) or not any(_violated_requirements(value, declared))


def unknown_parameter(origin: str, name: str, problem: str, known: Iterable[str]) -> SettingsError:
    """The error about a name that no template declares: misspelled, renamed or removed."""
    names = tuple(known)
    if difflib.get_close_matches(name, names, n=1, cutoff=_SIMILAR):
        return SettingsError(origin, name, problem, "correct the name", names, name)
    hint = "correct the name, or see the changelog for renamed and removed parameters"
    return SettingsError(origin, name, problem, hint, names)


def validate_pushed_secrets(
    names: Iterable[str], known: Collection[str], given: Collection[str]
) -> None:
    """Check that secrets to send are NoEcho and have a value. Raises `SettingsError`."""
    for name in sorted(names):
        if name not in known:
            raise SettingsError(
                "--push-secret", name, "is no NoEcho parameter", "correct it", tuple(known), name
            )
        if name not in given:
            raise SettingsError("--push-secret", name, "has no value in the settings", "add one")


def _violated_requirements(value: str, declared: Mapping[str, Any]) -> Iterator[str]:
    """Return the requirements of a declaration that a value violates.

    Lists are checked entry by entry.
    """
    type_ = str(declared.get("Type", "String"))
    if len(value.encode()) > _MAX_BYTES:
        yield f"it must be at most {_MAX_BYTES:,} bytes"
    entries = [entry.strip() for entry in value.split(",")] if type_.startswith(_LISTS) else [value]
    description = str(declared.get("ConstraintDescription") or "")
    for entry in entries:
        for requirement in _violated_by_entry(entry, type_, declared):
            yield description or requirement


def _violated_by_entry(value: str, type_: str, declared: Mapping[str, Any]) -> Iterator[str]:
    allowed = declared.get("AllowedValues")
    texts = [parameter_value(entry) or str(entry) for entry in allowed or ()]
    if texts and value not in texts:
        yield f"it must be one of {', '.join(texts)}"
    pattern = declared.get("AllowedPattern")
    if pattern and type_ in ("String", "CommaDelimitedList") and not _matches(pattern, value):
        yield f"it must match {pattern}"
    if type_ in ("Number", "List<Number>"):
        yield from _violated_by_number(value, declared)
    else:
        if len(value) < int(declared.get("MinLength", 0)):
            least = pluralize(int(declared["MinLength"]), "character")
            yield f"it must have at least {least}"
        if len(value) > int(declared.get("MaxLength", _MAX_BYTES)):
            most = pluralize(int(declared["MaxLength"]), "character")
            yield f"it must have at most {most}"


def _violated_by_number(value: str, declared: Mapping[str, Any]) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        yield "it must be a number"
        return
    if "MinValue" in declared and number < float(declared["MinValue"]):
        yield f"it must be at least {declared['MinValue']}"
    if "MaxValue" in declared and number > float(declared["MaxValue"]):
        yield f"it must be at most {declared['MaxValue']}"


def _matches(pattern: str, value: str) -> bool:
    """Match as Java does, approximately. CloudFormation checks patterns that Python cannot read."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def to_api_parameters(
    values: Mapping[str, str], document: Template, previous: Iterable[str]
) -> list[dict[str, Any]]:
    """Return the ``Parameters`` of a request: new values, and previous values to keep."""
    kept = set(previous)
    api_parameters: list[dict[str, Any]] = []
    for name in section(document, "Parameters"):
        if name in values:
            api_parameters.append({"ParameterKey": name, "ParameterValue": values[name]})
        elif name in kept:
            api_parameters.append({"ParameterKey": name, "UsePreviousValue": True})
    return api_parameters
