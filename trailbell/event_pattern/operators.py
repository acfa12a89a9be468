"""
The operators of event patterns, and the operands that each of them takes.

In:    one matcher, such as ``{"prefix": "x"}``.
Out:   `OperatorIssue` if EventBridge rejects it.
Never: a judgment of what a valid matcher matches.

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
    """What is wrong with a matcher: the id of the issue, the reason, and what to write instead."""

    id: str
    reason: str
    fix: str


_ADDRESS_4 = re.compile(r"\d+(\.\d+){3}", re.ASCII)
_ADDRESS_6 = re.compile(r"[0-9a-fA-F:]*:[0-9a-fA-F:]*")


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_matcher(matcher: Mapping[str, Any]) -> OperatorIssue | None:
    """The issue of an object in a list of values; `None` if EventBridge accepts it."""
    if len(matcher) != 1:
        names = ", ".join(f'"{name}"' for name in matcher) or "none"
        reason = f"a matcher must have exactly one operator, but this one has {names}"
        return OperatorIssue("not-one-operator", reason, "write each operator in its own object")
    ((operator, operand),) = matcher.items()
    if operator not in OPERATORS:
        reason = f'"{operator}" is not an operator'
        return OperatorIssue("unknown-operator", reason, f"use one of {', '.join(OPERATORS)}")
    return None if operand is UNKNOWN else OPERATORS[operator](operand)


def _operand(operator: str, expected: str) -> OperatorIssue:
    return OperatorIssue("wrong-operand", f'"{operator}" takes {expected}', f"write {expected}")


def _text(operator: str) -> Callable[[Any], OperatorIssue | None]:
    def check(operand: Any) -> OperatorIssue | None:
        return None if isinstance(operand, str) else _operand(operator, "a string")

    return check


def _affix(operator: str) -> Callable[[Any], OperatorIssue | None]:
    """Check the operand of ``prefix`` or ``suffix``: a string, or one that ignores case."""

    def check(operand: Any) -> OperatorIssue | None:
        match operand:
            case str():
                return None
            case {"equals-ignore-case": inner, **rest} if not rest and (
                isinstance(inner, str) or inner is UNKNOWN
            ):
                return None
            case _:
                return _operand(operator, 'a string or {"equals-ignore-case": "..."}')

    return check


def _exists(operand: Any) -> OperatorIssue | None:
    return None if isinstance(operand, bool) else _operand("exists", "true or false without quotes")


def _wildcard(operand: Any) -> OperatorIssue | None:
    if not isinstance(operand, str):
        return _operand("wildcard", "a string")
    unescaped = re.sub(r"\\[*\\]", "..", operand)
    if "\\" in unescaped:
        reason = "a backslash must be followed by '*' or by another backslash"
        return OperatorIssue("wrong-escape", reason, r"write \\ for a backslash, or \* for a star")
    if "**" in unescaped:
        return OperatorIssue(
            "two-stars", "two stars follow each other", "write one star, which means the same"
        )
    return None


def _anything_but(operand: Any) -> OperatorIssue | None:
    if isinstance(operand, dict):
        return _anything_but_operator(operand)
    values = operand if isinstance(operand, list) else [operand]
    known = [value for value in values if value is not UNKNOWN]
    if all(isinstance(value, str) for value in known) or all(map(is_number, known)):
        return None if values else _operand("anything-but", "at least one value")
    if all(isinstance(value, str) or is_number(value) for value in known):
        reason = '"anything-but" cannot mix strings and numbers'
        return OperatorIssue("mixed-values", reason, "use strings only, or numbers only")
    return _operand("anything-but", "strings or numbers, but not null, true or false")


def _anything_but_operator(operand: Mapping[str, Any]) -> OperatorIssue | None:
    inner = ", ".join(operand)
    unsupported = f'"{inner}"' if inner else "an empty object"
    if inner not in ("prefix", "suffix", "equals-ignore-case", "wildcard"):
        reason = f'"anything-but" does not support {unsupported}'
        fix = "use a list, prefix, suffix, equals-ignore-case or wildcard"
        return OperatorIssue("unknown-operator", reason, fix)
    values = operand[inner] if isinstance(operand[inner], list) else [operand[inner]]
    expected = f'strings in "{inner}"'
    if not values:
        return _operand("anything-but", expected)
    for value in values:
        if value is UNKNOWN:
            continue
        if not isinstance(value, str) or (inner in ("prefix", "suffix") and not value):
            return _operand("anything-but", f"non-empty {expected}")
        if inner == "wildcard" and (issue := _wildcard(value)):
            return issue
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
            reason = f"no number is between {low} and {high}"
            return OperatorIssue("not-a-range-of-numbers", reason, "write the lower bound first")
        case _:
            reason = '"numeric" takes a comparison, or a lower and then an upper bound'
            fix = 'write ["<", 10] or [">", 0, "<=", 5] with numbers without quotes'
            return OperatorIssue("not-a-range-of-numbers", reason, fix)


def _cidr(operand: Any) -> OperatorIssue | None:
    if not isinstance(operand, str):
        return _operand("cidr", "a string")
    address, _, bits = operand.partition("/")
    max_bits = _address_bits(address)
    if max_bits and re.fullmatch(r"\+?\d{1,9}", bits, re.ASCII) and int(bits) < max_bits:
        return None
    if max_bits and bits == str(max_bits):
        reason = f'"{operand}" is a single IP address, not a range'
        return OperatorIssue("not-a-range-of-addresses", reason, "write the address without cidr")
    reason = f'"{operand}" is not a range of IP addresses'
    fix = 'write "10.0.0.0/24" or "2001:db8::/32"'
    return OperatorIssue("not-a-range-of-addresses", reason, fix)


def _address_bits(address: str) -> int:
    """The length of an IP address in bits, 32 or 128; 0 if the text is not an address."""
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
