"""
A template with the values of one case: what each resource would be if the parameters were so.

In:    a template, values of its parameters.
Out:   the resources that exist, with properties without functions.
Never: a value that only a deployment knows. Such a value is its name in the template: ``${Topic}``,
       ``${AWS::Region}``. Two equal names are equal values.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trailbell.template import Template
from trailbell.template.evaluate import NO_VALUE, Evaluator, Scope, is_unknown
from trailbell.template.intrinsics import is_intrinsic, references
from trailbell.template.resources import properties, resources, section, type_of

_NAMED = re.compile(r"\$\{(.+)\}", re.DOTALL)
_ATTRIBUTE = re.compile(r"\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9.]+)?\}")


class _Names(Mapping[Any, str]):
    """A mapping in which every key has a value: its own name."""

    def __init__(self, name: Callable[[Any], str]) -> None:
        self._name = name

    def __getitem__(self, key: Any) -> str:
        return self._name(key)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class EvaluatedTemplate:
    """A template with given values of its parameters; the others have their defaults."""

    template: Template
    parameters: Mapping[str, str]

    @cached_property
    def _declared(self) -> Mapping[str, Mapping[str, Any]]:
        return resources(self.template)

    @cached_property
    def _evaluator(self) -> Evaluator:
        declared = section(self.template, "Parameters")
        without_default = {
            name: f"${{{name}}}"
            for name, parameter in declared.items()
            if isinstance(parameter, Mapping) and "Default" not in parameter
        }
        return Evaluator(
            self.template,
            Scope(
                parameters=without_default | {**self.parameters},
                pseudo=_Names(self._pseudo),
                physical_ids=_Names(lambda name: f"${{{name}}}"),
                attributes=_Names(self._attribute),
                exports=_Names(lambda name: f"${{{name}}}"),
            ),
        )

    def _pseudo(self, name: str) -> str:
        return self.parameters.get(name, f"${{{name}}}")

    def _attribute(self, key: tuple[str, str]) -> str:
        name, attribute = key
        if attribute == "TopicArn":  # the same as Ref
            return f"${{{name}}}"
        return f"${{{name}.{attribute}}}"

    def exists(self, logical_id: str) -> bool | None:
        """Whether a resource is created; None if that is not known."""
        resource = self._declared.get(logical_id)
        return False if resource is None else self._evaluator.exists(resource)

    def properties(self, logical_id: str) -> Mapping[str, Any]:
        """The properties of a resource; empty if it is not created."""
        if self.exists(logical_id) is False:
            return {}
        values = self._resolve(dict(properties(self._declared[logical_id])))
        return values if isinstance(values, dict) else {}

    def of_type(self, *types: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The resources of these types that are created, with their properties."""
        for logical_id, resource in self._declared.items():
            if type_of(resource) in types and self.exists(logical_id) is not False:
                yield logical_id, self.properties(logical_id)

    def declared_values(self, type_: str, name: str, topic: str) -> Iterator[str]:
        """What a property of the resources of a type refers to, whether they are created or not,
        if they refer to a topic.
        """
        for resource in self._declared.values():
            values = properties(resource)
            if type_of(resource) == type_ and topic in references(values.get("TopicArn")):
                yield from references(values.get(name))

    def is_of_type(self, logical_id: str, type_: str) -> bool:
        """Whether a resource of this type is created."""
        resource = self._declared.get(logical_id, {})
        return type_of(resource) == type_ and self.exists(logical_id) is not False

    def _resolve(self, value: Any) -> Any:
        """The value without functions; one that cannot be evaluated becomes a name."""
        if is_intrinsic(value):
            result = self._evaluator.value(value)
            return unknown(value) if is_unknown(result) else result
        match value:
            case dict():
                members = ((name, self._resolve(member)) for name, member in value.items())
                return {name: member for name, member in members if member is not NO_VALUE}
            case list():
                return [entry for entry in map(self._resolve, value) if entry is not NO_VALUE]
            case _:
                return value


_UNKNOWN = "${?"


def unknown(value: Any) -> str:
    """The name of a value that cannot be evaluated: its text in the template."""
    return f"{_UNKNOWN}{json.dumps(_with_text_keys(value), sort_keys=True)}}}"


def _with_text_keys(value: Any) -> Any:
    """The value with keys that can be sorted: YAML has keys that are numbers."""
    match value:
        case dict():
            return {str(name): _with_text_keys(member) for name, member in value.items()}
        case list():
            return [_with_text_keys(entry) for entry in value]
        case _:
            return value


def has_unknown(value: Any) -> bool:
    """Whether a value, or anything in it, could not be evaluated."""
    match value:
        case str():
            return value.startswith(_UNKNOWN)
        case dict():
            return any(map(has_unknown, value.values()))
        case list():
            return any(map(has_unknown, value))
        case _:
            return False


def logical_id(value: Any) -> str | None:
    """The resource that a value is the name, ID or ARN of: ``Key`` for ``${Key.Arn}``."""
    name = _ATTRIBUTE.fullmatch(value) if isinstance(value, str) else None
    return name[1] if name else None


def describe(value: Any) -> str:
    """A value as a report shows it: the name of what only a deployment knows, without ``${}``."""
    if value is None:
        return "none"
    if value == "":
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    named = _NAMED.fullmatch(value)
    return named[1].removeprefix("?") if named and "${" not in named[1] else value
