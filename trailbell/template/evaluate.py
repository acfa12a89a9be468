"""
Evaluate values of a template: what intrinsic functions return with given parameters.

In:    a template in long form, and a `Scope`: parameters, pseudo parameters, physical ids, exports.
Out:   a value without intrinsic functions, or `UNKNOWN` in each place that the scope cannot fill.
Never: a guess. A text of which one part is unknown is unknown.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Final

from trailbell.template import Template
from trailbell.template.intrinsics import SUB_VARIABLE, is_intrinsic
from trailbell.template.resources import section


class Marker(Enum):
    """The two markers in place of a value."""

    UNKNOWN = "unknown"
    NO_VALUE = "AWS::NoValue"


UNKNOWN: Final = Marker.UNKNOWN
"""A value that depends on something outside the scope."""
NO_VALUE: Final = Marker.NO_VALUE
"""``AWS::NoValue``: the property or list entry is removed."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What the names of a template refer to.

    ``parameters`` are given values as text (`UNKNOWN` for a value that is not known); parameters
    that are missing have their defaults. ``pseudo`` holds pseudo parameters such as
    ``AWS::Region``, ``physical_ids`` what Ref returns for a resource, ``attributes`` what
    Fn::GetAtt returns, by logical id and attribute, ``exports`` what Fn::ImportValue returns.
    """

    parameters: Mapping[str, str | Marker] = field(default_factory=dict)
    pseudo: Mapping[str, str] = field(default_factory=dict)
    physical_ids: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluator:
    """Evaluates values and conditions of one template in one scope.

    ``evaluating`` are the conditions that are being evaluated: one that refers to itself is
    unknown.
    """

    template: Template
    scope: Scope
    evaluating: frozenset[str] = frozenset()

    def value(self, value: Any) -> Any:
        """The value without intrinsic functions. Members that are `NO_VALUE` are left out."""
        if is_intrinsic(value):
            ((name, argument),) = value.items()
            function = _FUNCTIONS.get(name)
            return UNKNOWN if function is None else function(self, argument)
        match value:
            case dict():
                members = ((name, self.value(member)) for name, member in value.items())
                return {name: member for name, member in members if member is not NO_VALUE}
            case list():
                return [entry for entry in map(self.value, value) if entry is not NO_VALUE]
            case _:
                return value

    def text(self, value: Any) -> str | None:
        """The value as text; None if it is unknown or no text."""
        result = self.value(value)
        return str(result) if isinstance(result, str | int | float) else None

    def condition(self, name: str) -> bool | None:
        """Whether a condition of the template holds; None if it is unknown."""
        declared = section(self.template, "Conditions")
        if name in self.evaluating or name not in declared:
            return None
        inner = replace(self, evaluating=self.evaluating | {name})
        result = inner.value(declared[name])
        return result if isinstance(result, bool) else None

    def exists(self, resource: Mapping[str, Any]) -> bool | None:
        """Whether the condition of a resource or an output holds; None if it is unknown."""
        name = resource.get("Condition")
        return self.condition(name) if isinstance(name, str) else True


def _ref(evaluator: Evaluator, name: Any) -> Any:
    if name == "AWS::NoValue":
        return NO_VALUE
    if not isinstance(name, str):
        return UNKNOWN
    declared = section(evaluator.template, "Parameters").get(name)
    if isinstance(declared, Mapping):
        return _parameter(declared, evaluator.scope.parameters.get(name))
    return evaluator.scope.pseudo.get(name) or evaluator.scope.physical_ids.get(name) or UNKNOWN


def _get_att(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [str(name), str(attribute)]:
            key = name, attribute
        case str(dotted) if "." in dotted:
            name, attribute = dotted.split(".", 1)
            key = name, attribute
        case _:
            return UNKNOWN
    return evaluator.scope.attributes.get(key, UNKNOWN)


def _sub(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [str(text), dict(variables)]:
            values = {name: evaluator.value(member) for name, member in variables.items()}
        case str(text):
            values = {}
        case _:
            return UNKNOWN
    parts, end = [], 0
    for variable in SUB_VARIABLE.finditer(text):
        name = variable[1]
        if name in values:
            value = values[name]
        else:
            value = _get_att(evaluator, name) if "." in name else _ref(evaluator, name)
        if not isinstance(value, str | int | float):
            return UNKNOWN
        parts += [_unescaped(text[end : variable.start()]), as_text(value)]
        end = variable.end()
    return "".join([*parts, _unescaped(text[end:])])


def _unescaped(text: str) -> str:
    """The text between variables. Values keep what looks like an escaped variable."""
    return text.replace("${!", "${")


def _join(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [str(separator), values]:
            entries = evaluator.value(values)
        case _:
            return UNKNOWN
    if not isinstance(entries, list) or not all(
        isinstance(entry, str | int | float) for entry in entries
    ):
        return UNKNOWN
    return separator.join(map(as_text, entries))


def _if(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [str(name), yes, no]:
            holds = evaluator.condition(name)
        case _:
            return UNKNOWN
    return UNKNOWN if holds is None else evaluator.value(yes if holds else no)


def _select(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [index, values]:
            position, entries = evaluator.text(index), evaluator.value(values)
        case _:
            return UNKNOWN
    if position is None or not position.isdecimal() or not isinstance(entries, list):
        return UNKNOWN
    return entries[int(position)] if int(position) < len(entries) else UNKNOWN


def _split(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [str(separator), value] if separator:
            text = evaluator.text(value)
            return UNKNOWN if text is None else text.split(separator)
        case _:
            return UNKNOWN


def _find_in_map(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [str() | dict(), _, _, *_]:
            keys = [evaluator.text(key) for key in argument[:3]]
        case _:
            return UNKNOWN
    value: Any = section(evaluator.template, "Mappings")
    for key in keys:
        if key is None or not isinstance(value, Mapping):
            return UNKNOWN
        if key not in value:
            return _default_of_lookup(evaluator, argument[3:])
        value = value[key]
    return value


def _default_of_lookup(evaluator: Evaluator, options: list[Any]) -> Any:
    match options:
        case [{"DefaultValue": default}]:
            return evaluator.value(default)
        case _:
            return UNKNOWN


def _import_value(evaluator: Evaluator, argument: Any) -> Any:
    name = evaluator.text(argument)
    return UNKNOWN if name is None else evaluator.scope.exports.get(name, UNKNOWN)


def _equals(evaluator: Evaluator, argument: Any) -> Any:
    match argument:
        case [left, right]:
            values = [evaluator.value(left), evaluator.value(right)]
        case _:
            return UNKNOWN
    if not all(isinstance(value, str | int | float) for value in values):
        return False if _cannot_begin_alike(argument, values) else UNKNOWN
    return as_text(values[0]) == as_text(values[1])


def _cannot_begin_alike(operands: list[Any], values: list[Any]) -> bool:
    """Whether one value is known, and does not begin as the text of an unknown ``Fn::Sub`` does."""
    left, right = operands
    for operand, known in ((left, values[1]), (right, values[0])):
        match operand:
            case {"Fn::Sub": str(text) | [str(text), dict()]} if isinstance(known, str):
                variable = SUB_VARIABLE.search(text)
                beginning = text[: variable.start()] if variable else text
                if not known.startswith(_unescaped(beginning)):
                    return True
    return False


def _operands(evaluator: Evaluator, argument: Any) -> list[Any]:
    return [
        _operand(evaluator, operand) for operand in (argument if isinstance(argument, list) else ())
    ]


def _operand(evaluator: Evaluator, operand: Any) -> Any:
    match operand:
        case {"Condition": str(name)}:
            holds = evaluator.condition(name)
            return UNKNOWN if holds is None else holds
        case _:
            return evaluator.value(operand)


def _and(evaluator: Evaluator, argument: Any) -> Any:
    operands = _operands(evaluator, argument)
    if False in operands:
        return False
    return True if operands and all(o is True for o in operands) else UNKNOWN


def _or(evaluator: Evaluator, argument: Any) -> Any:
    operands = _operands(evaluator, argument)
    if True in operands:
        return True
    return False if operands and all(o is False for o in operands) else UNKNOWN


def _not(evaluator: Evaluator, argument: Any) -> Any:
    match _operands(evaluator, argument):
        case [bool(operand)]:
            return not operand
        case _:
            return UNKNOWN


def _length(evaluator: Evaluator, argument: Any) -> Any:
    entries = evaluator.value(argument)
    return len(entries) if isinstance(entries, list) else UNKNOWN


def _to_json_string(evaluator: Evaluator, argument: Any) -> Any:
    value = evaluator.value(argument)
    return UNKNOWN if is_unknown(value) else json.dumps(value, separators=(",", ":"))


def is_unknown(value: Any) -> bool:
    """Whether a value, or anything in it, is unknown."""
    match value:
        case dict():
            return any(map(is_unknown, value.values()))
        case list():
            return any(map(is_unknown, value))
        case _:
            return value is UNKNOWN


def _parameter(declared: Mapping[str, Any], given: Any) -> Any:
    """The value of a parameter. A type that CloudFormation looks up (SSM) is not its value.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
    """
    value = declared.get("Default", UNKNOWN) if given is None else given
    type_ = str(declared.get("Type", "String"))
    if value is UNKNOWN or type_.startswith("AWS::SSM::Parameter::Value"):
        return UNKNOWN
    if isinstance(value, list):
        return [as_text(entry) for entry in value]
    if type_ == "CommaDelimitedList" or type_.startswith("List<"):
        return [entry.strip() for entry in as_text(value).split(",")]
    return as_text(value)


def as_text(value: Any) -> str:
    """A scalar as CloudFormation writes it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


_Function = Callable[[Evaluator, Any], Any]
_FUNCTIONS: Mapping[str, _Function] = {
    "Ref": _ref,
    "Fn::And": _and,
    "Fn::Equals": _equals,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Not": _not,
    "Fn::Or": _or,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json_string,
}
