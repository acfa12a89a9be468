"""
Parameters: read from where people keep them, and checked before anything is called.

In:    files of the AWS CLI, ``KEY=VALUE``, settings; a template.
Out:   the ``Parameters`` of a request.
Never: a secret in a message. The value of a NoEcho parameter is not shown, right or wrong.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from trailbell import text_files
from trailbell.aws.parameters import parameter_value
from trailbell.deploy.environment import ParameterValue, StackOutput
from trailbell.errors import SettingsError, UnreadableFileError
from trailbell.template import Template
from trailbell.template.resources import secret_parameters, section

_MAX_BYTES = 4096
_LISTS = ("CommaDelimitedList", "List<")


def from_file(path: Path) -> dict[str, str]:
    """The parameters in a file: a list of ParameterKey and ParameterValue, a list of "K=V",
    or an object with "Parameters" in it. Raises `SettingsError`.

    https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/index.html
    """
    try:
        data = text_files.parse_json(text_files.read_text(path))
    except UnreadableFileError as error:
        raise SettingsError(str(path), "", error.reason, "name a file of JSON") from error
    match data:
        case {"Parameters": dict(values)}:
            return {key: _text(path, key, value) for key, value in values.items()}
        case [*entries]:
            return dict(_entry(path, entry) for entry in entries)
        case _:
            raise SettingsError(
                str(path), "", "neither of the two shapes of parameter files",
                'a list of {"ParameterKey": ..., "ParameterValue": ...}, or {"Parameters": {...}}',
            )  # fmt: skip


def _entry(path: Path, entry: Any) -> tuple[str, str]:
    match entry:
        case {"ParameterKey": str(key), "ParameterValue": value}:
            return key, _text(path, key, value)
        case str(text) if "=" in text:
            return parse_assignment(text, str(path))
        case {"ParameterKey": str(key)}:
            raise SettingsError(
                str(path), key, "no ParameterValue", "leave out what stays as it is"
            )
        case _:
            raise SettingsError(str(path), "", "an entry without ParameterKey", "add it")


def _text(path: Path, key: str, value: Any) -> str:
    text = parameter_value(value)
    if text is None:
        raise SettingsError(str(path), key, "neither text nor number", "put it in quotes")
    return text


def parse_assignment(text: str, place: str) -> tuple[str, str]:
    """``KEY=VALUE`` taken apart. Raises `SettingsError`."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise SettingsError(place, "", repr(text), "KEY=VALUE")
    return key, value


def validate_parameters(
    given: Mapping[str, ParameterValue], document: Template, kept: Iterable[str], origin: str
) -> None:
    """Compare values with a template. ``kept`` names parameters that the stack has already.

    Raises `SettingsError` for the first fault.
    """
    declared = section(document, "Parameters")
    for name in given:
        if name not in declared:
            raise SettingsError(
                origin, name, "", "the template has no such parameter", tuple(declared), name
            )
    missing = [
        name
        for name, parameter in declared.items()
        if name not in given and "Default" not in parameter and name not in set(kept)
    ]
    if missing:
        raise SettingsError(
            origin, missing[0], "no value, and no default in the template",
            f"give one, like --parameter {missing[0]}=VALUE",
        )  # fmt: skip
    secret = secret_parameters(document)
    for name, value in given.items():
        if isinstance(value, StackOutput):
            continue
        for fault in _faults(value, declared[name]):
            found = "its value" if name in secret else f'"{value}"'
            raise SettingsError(origin, name, found, fault)


def _faults(value: str, declared: Mapping[str, Any]) -> Iterator[str]:
    """What a template's rules say against a value; lists are checked entry by entry."""
    kind = str(declared.get("Type", "String"))
    if len(value.encode()) > _MAX_BYTES:
        yield f"at most {_MAX_BYTES:,} bytes"
    entries = [each.strip() for each in value.split(",")] if kind.startswith(_LISTS) else [value]
    advice = str(declared.get("ConstraintDescription") or "")
    for entry in entries:
        for fault in _broken_rules(entry, kind, declared):
            yield advice or fault


def _broken_rules(value: str, kind: str, declared: Mapping[str, Any]) -> Iterator[str]:
    allowed = declared.get("AllowedValues")
    texts = [parameter_value(entry) or str(entry) for entry in allowed or ()]
    if texts and value not in texts:
        yield f"one of {', '.join(texts)}"
    pattern = declared.get("AllowedPattern")
    if pattern and kind in ("String", "CommaDelimitedList") and not _matches(pattern, value):
        yield f"a text that matches {pattern}"
    if kind in ("Number", "List<Number>"):
        yield from _number_faults(value, declared)
    else:
        if len(value) < int(declared.get("MinLength", 0)):
            yield f"at least {declared['MinLength']} characters"
        if len(value) > int(declared.get("MaxLength", _MAX_BYTES)):
            yield f"at most {declared['MaxLength']} characters"


def _number_faults(value: str, declared: Mapping[str, Any]) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        yield "a number"
        return
    if "MinValue" in declared and number < float(declared["MinValue"]):
        yield f"at least {declared['MinValue']}"
    if "MaxValue" in declared and number > float(declared["MaxValue"]):
        yield f"at most {declared['MaxValue']}"


def _matches(pattern: str, value: str) -> bool:
    """CloudFormation reads the pattern as Java does; where Python cannot, it judges alone."""
    try:
        return re.fullmatch(pattern, value) is not None
    except re.error:
        return True


def to_api_parameters(
    values: Mapping[str, str], document: Template, kept: Iterable[str]
) -> list[dict[str, Any]]:
    """The ``Parameters`` of a request: values, and what stays as the stack has it."""
    staying = set(kept)
    found: list[dict[str, Any]] = []
    for name in section(document, "Parameters"):
        if name in values:
            found.append({"ParameterKey": name, "ParameterValue": values[name]})
        elif name in staying:
            found.append({"ParameterKey": name, "UsePreviousValue": True})
    return found
