"""
What a rule says of a record, by the specification of Sigma.

In:    the condition of a rule as pySigma reads it, and a record.
Out:   whether the rule matches. The examples of an imported detection are tested with it and with
       the pattern: both must agree.
Never: a filter pattern, or anything that `trailbell.sigma.convert` uses to make one.

Everything is text, and compared without case. A field that is an array has the values of all its
elements, and a field that is an object those of its members.

https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md
"""

import ipaddress
import operator
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
)
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaType,
    SpecialChars,
)

_COMPARE = {
    CompareOperators.LT: operator.lt,
    CompareOperators.LTE: operator.le,
    CompareOperators.GT: operator.gt,
    CompareOperators.GTE: operator.ge,
}
_WILDCARDS = {SpecialChars.WILDCARD_MULTI: ".*", SpecialChars.WILDCARD_SINGLE: "."}


def matches(node: Any, record: Mapping[str, Any]) -> bool:
    """Whether a record meets a condition."""
    match node:
        case ConditionAND(args=args):
            return all(matches(inner, record) for inner in args)
        case ConditionOR(args=args):
            return any(matches(inner, record) for inner in args)
        case ConditionNOT(args=[inner]):
            return not matches(inner, record)
        case ConditionFieldEqualsValueExpression(field=name, value=SigmaFieldReference() as other):
            texts = [_text(value) for value in _field(record, name)]
            return any(_refers(text, other, record) for text in texts)
        case ConditionFieldEqualsValueExpression(field=name, value=value):
            return equals(_field(record, name), value)
        case _:
            raise TypeError(f"no reading of {type(node).__name__}")


def equals(values: list[Any], value: SigmaType) -> bool:
    """Whether one of the values that a field has, if any, equals that of a rule."""
    match value:
        case SigmaNull():
            return all(each is None for each in values)
        case SigmaExists():
            return bool(values) is value.exists
        case SigmaExpansion():
            return any(equals(values, inner) for inner in value.values)
        case _:
            leaves = [leaf for each in values for leaf in _leaves(each)]
            return any(_equals(leaf, value) for leaf in leaves if leaf is not None)


def _refers(text: str, other: SigmaFieldReference, record: Mapping[str, Any]) -> bool:
    """Whether a value is that of another field, or begins or ends with it."""
    for value in map(_text, _field(record, other.field)):
        contained = other.starts_with and other.ends_with and value in text
        starts = other.starts_with and text.startswith(value)
        if contained or starts or (other.ends_with and text.endswith(value)) or text == value:
            return True
    return False


def _field(record: Mapping[str, Any], name: str) -> list[Any]:
    return [*_values(record, re.findall(r"[^.\[\]]+", name))]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(node: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(node, list):
        at = path[:1] if path and path[0].isdigit() else []
        elements = node[int(at[0]) : int(at[0]) + 1] if at else node
        for element in elements:
            yield from _values(element, path[len(at) :])
    elif not path:
        yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _values(node[path[0]], path[1:])


def _leaves(node: Any) -> Iterator[Any]:
    """The value; of an object those of its members."""
    if isinstance(node, dict):
        yield from node.values()
    else:
        yield node


def _equals(leaf: Any, value: SigmaType) -> bool:
    text = _text(leaf)
    match value:
        case SigmaString():
            flags = re.DOTALL if isinstance(value, SigmaCasedString) else re.DOTALL | re.IGNORECASE
            return re.fullmatch(_expression(value), text, flags) is not None
        case SigmaBool():
            return text.lower() == str(value.boolean).lower()
        case SigmaNumber():
            return text == str(value.number)
        case SigmaRegularExpression():
            flags = re.NOFLAG
            for flag in value.flags:
                flags |= value.sigma_to_python_flags[flag]
            return re.search(str(value.regexp), text, flags) is not None
        case SigmaCompareExpression():
            is_number = isinstance(leaf, int | float) and not isinstance(leaf, bool)
            return is_number and bool(_COMPARE[value.op](leaf, value.number.number))
        case SigmaCIDRExpression():
            return _is_in(text, value)
        case _:
            raise TypeError(f"no reading of {type(value).__name__}")


def _expression(value: SigmaString) -> str:
    return "".join(
        _WILDCARDS[part] if isinstance(part, SpecialChars) else re.escape(str(part))
        for part in value.s
    )


def _is_in(text: str, value: SigmaCIDRExpression) -> bool:
    try:
        return ipaddress.ip_address(text) in value.network
    except ValueError:
        return False
