"""
Whether what one operand of an event pattern matches is also matched by another one.

In:    operands: the entries of the list that a field is matched with.
Out:   `matches` for a text, `covers` for two operands, `text_of` for a report.
Never: a wrong yes. `covers` is false if the operands cannot be compared, and `matches` is None if
       an operator is not known.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

import json
import re
from functools import cache
from typing import Any

from trailbell.event_pattern.operators import is_number

_NO_VALUE = ({"exists": False}, None)
_VARIABLE = "${"


def text_of(operand: Any) -> str:
    """An operand as a report shows it: text as it is, everything else as JSON."""
    return operand if isinstance(operand, str) else json.dumps(operand, ensure_ascii=False)


def matches(operand: Any, text: str) -> bool | None:
    """Whether an operand matches a field that is this text; None if that is not known.

    It is not known for an unknown operator, or if a text has a variable such as ``${Name}`` that
    could make them match.
    """
    result = _matches(operand, text)
    has_variable = _VARIABLE in text or _VARIABLE in text_of(operand)
    return None if result is False and has_variable else result


def _matches(operand: Any, text: str) -> bool | None:
    match operand:
        case str():
            return operand == text
        case None | bool() | int() | float() | {"numeric": _} | {"cidr": _}:
            return False
        case {"exists": wanted}:
            return bool(wanted)
        case {"anything-but": refused}:
            return _none_of(refused, text)
        case _:
            return _text_matches(operand, text)


def _text_matches(operand: Any, text: str) -> bool | None:
    match operand:
        case {"equals-ignore-case": str(other)}:
            return other.casefold() == text.casefold()
        case {"prefix": {"equals-ignore-case": str(start)}}:
            return text.casefold().startswith(start.casefold())
        case {"suffix": {"equals-ignore-case": str(end)}}:
            return text.casefold().endswith(end.casefold())
        case {"prefix": str(start)}:
            return text.startswith(start)
        case {"suffix": str(end)}:
            return text.endswith(end)
        case {"wildcard": str(wildcard)}:
            return _compiled(wildcard).fullmatch(text) is not None
        case _:
            return None


def _none_of(refused: Any, text: str) -> bool | None:
    """Whether ``anything-but`` with this operand matches a text."""
    match refused:
        case list():
            results = [matches(value, text) for value in refused]
        case dict() if len(refused) == 1:
            ((operator, values),) = refused.items()
            values = values if isinstance(values, list) else [values]
            results = [matches({operator: value}, text) for value in values]
        case _:
            results = [matches(refused, text)]
    return False if True in results else None if None in results else True


@cache
def _compiled(wildcard: str) -> re.Pattern[str]:
    r"""A star is any text; ``\*`` and ``\\`` are the characters."""
    parts = re.findall(r"\\[*\\]|\*|[^*]", wildcard, re.DOTALL)
    return re.compile(
        "".join(".*" if part == "*" else re.escape(part[-1]) for part in parts), re.DOTALL
    )


def covers(outer: Any, inner: Any) -> bool:
    """Whether ``outer`` matches every value that ``inner`` matches."""
    if outer == inner and isinstance(outer, bool) is isinstance(inner, bool):
        return True
    if outer == {"exists": True}:
        return not any(inner is value or inner == value for value in _NO_VALUE)
    match inner:
        case str():
            return matches(outer, inner) is True
        case {"anything-but": refused}:
            return _refuses_less(outer, refused)
        case {"prefix": str()} | {"suffix": str()} | {"wildcard": str()}:
            return _covers_open_text(outer, inner)
        case _ if is_number(inner):
            return _refuses_number(outer)
        case _:
            return False


def _refuses_number(outer: Any) -> bool:
    """Whether ``outer`` is an ``anything-but`` of texts, which a number is not."""
    match outer:
        case {"anything-but": list(refused)}:
            return all(isinstance(value, str) for value in refused)
        case {"anything-but": str()}:
            return True
        case _:
            return False


def _refuses_less(outer: Any, refused: Any) -> bool:
    """Whether ``outer`` is an ``anything-but`` whose values are all among those refused."""
    match outer, refused:
        case {"anything-but": dict(other)}, dict():
            return all(_as_set(other[name]) <= _as_set(refused.get(name)) for name in other)
        case {"anything-but": dict()}, _:
            return False
        case {"anything-but": other}, (list() | str() | int() | float()):
            return _as_set(other) <= _as_set(refused)
        case _:
            return False


def _as_set(value: Any) -> frozenset[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return frozenset(json.dumps(entry) for entry in values)


def _covers_open_text(outer: Any, inner: dict[str, str]) -> bool:
    """For texts of which only the beginning or the end is known."""
    start, end = _known_ends(inner)
    match outer:
        case {"prefix": str(prefix)}:
            return start.startswith(prefix)
        case {"suffix": str(suffix)}:
            return end.endswith(suffix)
        case {"wildcard": str(wildcard)} if wildcard.count("*") == 1 and "\\" not in wildcard:
            head, tail = wildcard.split("*")
            # Beginning and end of a text may overlap, so both are asked for only if they cannot.
            return (start.startswith(head) and not tail) or (end.endswith(tail) and not head)
        case {"anything-but": refused}:
            values = refused if isinstance(refused, list) else [refused]
            return all(isinstance(text, str) and matches(inner, text) is False for text in values)
        case _:
            return False


def _known_ends(operand: dict[str, str]) -> tuple[str, str]:
    """The text with which all values begin, and the one with which they end."""
    match operand:
        case {"prefix": start}:
            return start, ""
        case {"suffix": end}:
            return "", end
        case {"wildcard": wildcard} if "\\" not in wildcard and "*" in wildcard:
            return wildcard[: wildcard.index("*")], wildcard[wildcard.rindex("*") + 1 :]
        case _:
            return "", ""
