"""
The cases that a change is judged in: values of parameters that make a difference.

In:    two templates, the resource in both, the values of a deployment if they are known.
Out:   a `Case` for each combination of values on which its conditions depend, the defaults first.
Never: a case that the template does not distinguish.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from trailbell.diff.model import ParameterValues
from trailbell.template import Template
from trailbell.template.intrinsics import SUB_VARIABLE, conditions
from trailbell.template.resources import section

MAX_CASES = 4_096
"""Combinations that are judged. More are an unknown in the plan."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """Values of parameters before and after a change; ``when`` says which ones are given."""

    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    when: str = ""


class TooManyCasesError(Exception):
    """The conditions of a resource depend on too many values."""


def find_cases(
    before: Template,
    after: Template,
    resources: tuple[Mapping[str, Any], Mapping[str, Any]],
    values: ParameterValues | None,
) -> list[Case]:
    """Return the cases. Raises `TooManyCasesError`."""
    if values is not None:
        return [Case(before=values.before, after=values.after)]
    choices = {
        name: _choices(name, constants, (before, after))
        for name, constants in _compared_parameters((before, after), resources).items()
    }
    if prod(map(len, choices.values())) > MAX_CASES:
        raise TooManyCasesError
    combinations = sorted(
        product(*choices.values()), key=lambda combination: sum(c is not None for c in combination)
    )
    return [
        _case({name: c for name, c in zip(choices, combination, strict=True) if c is not None})
        for combination in combinations
    ]


@dataclass(frozen=True)
class _Choice:
    value: str
    text: str


def _case(chosen: Mapping[str, _Choice]) -> Case:
    given = {name: choice.value for name, choice in chosen.items()}
    return Case(
        before=given, after=given, when=" and ".join(choice.text for choice in chosen.values())
    )


def _choices(
    name: str, constants: set[str], templates: tuple[Template, Template]
) -> list[_Choice | None]:
    """The default (None), each value that a condition compares with, and a value that it does not
    compare with.
    """
    declared = section(templates[1], "Parameters").get(name)
    declared = declared if isinstance(declared, Mapping) else {}
    default = str(declared["Default"]) if "Default" in declared else None
    choices: list[_Choice | None] = [None]
    choices += [
        _Choice(constant, f'{name} is "{constant}"' if constant else f"{name} is empty")
        for constant in sorted(constants)
        if constant != default
    ]
    allowed = declared.get("AllowedValues")
    others = allowed if isinstance(allowed, list) else [_placeholder(name, templates)]
    other = next((str(value) for value in others if str(value) not in constants), None)
    if other is not None and (default is None or default in constants):
        text = f"{name} is set" if constants == {""} else f"{name} has another value"
        choices.append(_Choice(other, text))
    return choices


def _placeholder(name: str, templates: tuple[Template, Template]) -> str:
    """The name of a value; the names of its parts if the templates select parts of it."""
    parts: dict[str, int] = {}
    resources = [section(template, "Resources") for template in templates]
    for separator, index in _selected_parts(name, resources):
        parts[separator] = max(index, parts.get(separator, 0))
    if len(parts) != 1:
        return f"${{{name}}}"
    ((separator, last),) = parts.items()
    names = [f"{name}.{index}" for index in range(last + 1)] if last else [name]
    return separator.join(f"${{{each}}}" for each in names)


def _selected_parts(name: str, value: Any) -> Iterator[tuple[str, int]]:
    match value:
        case {
            "Fn::Select": [
                int() | str() as index,
                {"Fn::Split": [str(separator), {"Ref": str(parameter)}]},
            ]
        } if parameter == name and str(index).isdecimal():
            yield separator, int(index)
        case dict():
            for member in value.values():
                yield from _selected_parts(name, member)
        case list():
            for member in value:
                yield from _selected_parts(name, member)


def _compared_parameters(
    templates: tuple[Template, Template], resources: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> dict[str, set[str]]:
    """The parameters on which the conditions of a resource depend, with what they compare to."""
    compared: dict[str, set[str]] = {}
    for template, resource in zip(templates, resources, strict=True):
        for definition in _definitions(section(template, "Conditions"), resource):
            for name, constant in _comparisons(definition):
                compared.setdefault(name, set()).add(constant)
    return compared


def _definitions(
    declared: Mapping[str, Any], resource: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """The definitions of all conditions that a resource depends on."""
    names = list(conditions(resource))
    done: set[str] = set()
    while names:
        name = names.pop()
        if name not in done and name in declared:
            done.add(name)
            names += conditions(declared[name])
            yield declared[name]


def _comparisons(value: Any) -> Iterator[tuple[str, str]]:
    """The parameters that a definition compares, each with a constant.

    A comparison of what is before a separator is one with a value that starts like that.
    """
    match value:
        case {
            "Fn::Equals": [
                {"Fn::Select": [0 | "0", {"Fn::Split": [str(separator), {"Ref": str(name)}]}]},
                {"Fn::Sub": str(start)} | str(start),
            ]
        } if all(variable.startswith("AWS::") for variable in SUB_VARIABLE.findall(start)):
            yield name, f"{start}{separator}*"
        case {"Fn::Equals": [{"Ref": str(name)}, (str() | int()) as constant]}:
            yield name, str(constant)
        case {"Fn::Equals": [(str() | int()) as constant, {"Ref": str(name)}]}:
            yield name, str(constant)
        case dict():
            for member in value.values():
                yield from _comparisons(member)
        case list():
            for member in value:
                yield from _comparisons(member)
