"""
The operators of event patterns: what each may be given.

In:    one matcher, such as ``{"prefix": "x"}``.
Out:   `OperatorIssue`, if EventBridge would refuse it.
Never: a judgement of what a matcher is for.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
and, where that page is silent, the engine behind it: https://github.com/aws/event-ruler
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from trailbell.event_pattern.issue import UNKNOWN


@dataclass(frozen=True, slots=True)
class OperatorIssue:
    """What is wrong with a matcher: the id of the finding, the reason, what would be right."""

    id: str
    reason: str
    fix: str


_ADDRESS_4 = re.compile(r"\d+(\.\d+){3}", re.ASCII)
_ADDRESS_6 = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_matcher(matcher: Mapping[str, Any]) -> OperatorIssue | None:
    """What is wrong with an object in a list of values."""
    if len(matcher) != 1:
        found = ", ".join(map(repr, matcher)) or "none"
        reason = f"a matcher has exactly one operator; here: {found}"
        return OperatorIssue(
            "not-one-operator", reason, "write each operator as an object of its own"
        )
    ((operator, operand),) = matcher.items()
    if operator not in OPERATORS:
        reason = f"there is no operator {operator!r}"
        return OperatorIssue("unknown-operator", reason, f"use one of {', '.join(OPERATORS)}")
    return None if operand is UNKNOWN else OPERATORS[operator](operand)


def _operand(operator: str, wanted: str) -> OperatorIssue:
    return OperatorIssue("wrong-operand", f"{operator!r} wants {wanted}", f"write {wanted}")


def _text(operator: str) -> Callable[[Any], OperatorIssue | None]:
    def wrong(operand: Any) -> OperatorIssue | None:
        return None if isinstance(operand, str) else _operand(operator, "a text")

    return wrong


def _affix(operator: str) -> Callable[[Any], OperatorIssue | None]:
    """A text, or the same without regard to case."""

    def wrong(operand: Any) -> OperatorIssue | None:
        match operand:
            case str():
                return None
            case {"equals-ignore-case": inner, **rest} if not rest and (
                isinstance(inner, str) or inner is UNKNOWN
            ):
                return None
            case _:
                return _operand(operator, 'a text or {"equals-ignore-case": a text}')

    return wrong


def _exists(operand: Any) -> OperatorIssue | None:
    return None if isinstance(operand, bool) else _operand("exists", "true or false, unquoted")


def _wildcard(operand: Any) -> OperatorIssue | None:
    if not isinstance(operand, str):
        return _operand("wildcard", "a text")
    unescaped = re.sub(r"\\[*\\]", "..", operand)
    if "\\" in unescaped:
        reason = "a backslash stands before neither '*' nor another backslash"
        return OperatorIssue("wrong-escape", reason, r"write \\ for one backslash, \* for a star")
    if "**" in unescaped:
        return OperatorIssue("two-stars", "two stars stand side by side", "one star means the same")
    return None


def _anything_but(operand: Any) -> OperatorIssue | None:
    if isinstance(operand, dict):
        return _anything_but_operator(operand)
    values = operand if isinstance(operand, list) else [operand]
    known = [value for value in values if value is not UNKNOWN]
    if all(isinstance(value, str) for value in known) or all(map(is_number, known)):
        return None if values else _operand("anything-but", "at least one value")
    if all(isinstance(value, str) or is_number(value) for value in known):
        reason = "'anything-but' mixes texts and numbers"
        return OperatorIssue(
            "mixed-values", reason, "keep to one kind; only one 'anything-but' can hold"
        )
    return _operand("anything-but", "texts or numbers; null, true and false cannot be excluded")


def _anything_but_operator(operand: Mapping[str, Any]) -> OperatorIssue | None:
    inner = ", ".join(operand)
    if inner not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
        reason = f"'anything-but' has no {inner or 'empty object'!r}"
        fix = "use a list, prefix, suffix, equals-ignore-case or wildcard"
        return OperatorIssue("unknown-operator", reason, fix)
    values = operand[inner] if isinstance(operand[inner], list) else [operand[inner]]
    wanted = f"texts in {inner!r}"
    if not values:
        return _operand("anything-but", wanted)
    for value in values:
        if value is UNKNOWN:
            continue
        if not isinstance(value, str) or (inner in ("prefix", "suffix") and not value):
            return _operand("anything-but", f"{wanted}, none of them empty")
        if inner == "wildcard" and (wrong := _wildcard(value)):
            return wrong
    return None


def _numeric(operand: Any) -> OperatorIssue | None:
    match operand:
        case list() if UNKNOWN in operand:
            return None
        case ["=" | "<" | "<=" | ">" | ">=", number] if is_number(number):
            return None
        case [">" | ">=", low, "<" | "<=", high] if is_number(low) and is_number(high):
            if low < high:
                return None
            reason = f"no number lies between {low} and {high}"
            return OperatorIssue("not-a-range-of-numbers", reason, "write the lower bound first")
        case _:
            reason = "'numeric' wants a comparison, or a lower and then an upper bound"
            fix = 'write ["<", 10] or [">", 0, "<=", 5], numbers unquoted'
            return OperatorIssue("not-a-range-of-numbers", reason, fix)


def _cidr(operand: Any) -> OperatorIssue | None:
    if not isinstance(operand, str):
        return _operand("cidr", "a text")
    address, _, bits = operand.partition("/")
    most = _bits(address)
    if most and re.fullmatch(r"\+?\d{1,9}", bits, re.ASCII) and int(bits) < most:
        return None
    reason = f"{operand!r} is no range of IP addresses"
    if most and bits == str(most):
        return OperatorIssue(
            "not-a-range-of-addresses", f"{reason}, it is one", "name it without cidr"
        )
    fix = 'write "10.0.0.0/24" or "2001:db8::/32"'
    return OperatorIssue("not-a-range-of-addresses", reason, fix)


def _bits(address: str) -> int:
    """32 or 128; 0 if it is no address."""
    if _ADDRESS_4.fullmatch(address):
        return 32 if all(len(part) < 9 and int(part) < 256 for part in address.split(".")) else 0
    try:
        ipaddress.IPv6Address(address if _ADDRESS_6.fullmatch(address) else "")
    except ipaddress.AddressValueError:
        return 0
    return 128


OPERATORS: Mapping[str, Callable[[Any], OperatorIssue | None]] = {
    "prefix": _affix("prefix"),
    "suffix": _affix("suffix"),
    "equals-ignore-case": _text("equals-ignore-case"),
    "wildcard": _wildcard,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "cidr": _cidr,
    "exists": _exists,
    "exactly": _text("exactly"),
}
