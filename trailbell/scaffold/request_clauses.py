"""
The parameters of a request that make it dangerous, as far as their types and values show it.

In:    the request of a scrubbed record, and its shape in the API model.
Out:   clauses of a pattern, the most dangerous first, each with a value that is a near miss.
Never: a value of one account: names, IDs and ARNs are in no clause. Quantities, pages and tags
       are not either, because the next call has others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from trailbell.cloudtrail.operations import Shape
from trailbell.pattern.ast import AnyElement, Index, Member, Selector, Step
from trailbell.pattern.printer import selector_text
from trailbell.scaffold.harmless import ACCOUNT, ANYWHERE, is_example
from trailbell.scaffold.python_source import Call, Method

MAX_CLAUSES = 2
"""Clauses on the request. Each one more makes the pattern miss more variants of the attack."""

_MAX_ENUMERATION = 30
_NOISE = re.compile(
    r"dryrun|maxresults|maxitems|limit|token|marker|tag|description|encoding|runtime|architecture"
    r"|instancetype|storageclass|packagetype|checksum|pagesize|sort|locale|language|version"
    r"|nodecache|engine",
)
# A boolean that is false is the default of most calls; of these it switches protection off.
_PROTECTION = re.compile(
    r"enable|protect|require|include|log|encrypt|block|restrict|validat|monitor|retain|public"
)
_DEFAULTS = frozenset({"default", "private", "standard", "Standard", "vpc", "none"})
# Ports on which servers are administered, or databases answer.
_PORTS = frozenset(
    {20, 21, 22, 23, 445, 1433, 1521, 2049, 3306, 3389, 5432, 5900, 5985, 6379, 27017}
)
_PRINCIPALS = ("principal", "aws")
_STAR = r"^\*$"
_GROUPS = "http://acs.amazonaws.com/groups/global/"
_MANAGED = re.compile(r"arn:aws(-cn|-us-gov)?:iam::aws:policy/.+")


@dataclass(frozen=True)
class Clause:
    """A clause on a value of the request, and another value there for which it is false.

    ``source`` is one condition, or ``any_of`` several for a value in a list in a list.
    ``rank`` orders clauses: a value that is dangerous in any account comes first.
    """

    rank: int
    path: tuple[str | int, ...]
    source: Method | Call
    other: Any
    words: str


def request_clauses(request: Any, shape: Shape | None) -> tuple[Clause, ...]:
    """At most `MAX_CLAUSES`, those that say most first."""
    candidates = sorted(_walk(request, shape, ()), key=lambda clause: clause.rank)
    chosen: list[Clause] = []
    for clause in candidates:
        same = any(clause.path[-1:] == other.path[-1:] for other in chosen)
        if not same and len(chosen) < MAX_CLAUSES:
            chosen.append(clause)
    return tuple(chosen)


def reduced(value: Any, paths: Sequence[tuple[str | int, ...]]) -> Any:
    """What of a request is on one of the paths. Lists keep the elements before those."""
    if any(not path for path in paths):
        return value
    if isinstance(value, list):
        last = max(int(path[0]) for path in paths)
        return [
            reduced(element, inner)
            if (inner := [path[1:] for path in paths if path[0] == index])
            else element
            for index, element in enumerate(value[: last + 1])
        ]
    return {
        name: reduced(member, inner)
        for name, member in value.items()
        if (inner := [path[1:] for path in paths if path[0] == name])
    }


def with_value(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a value with another one at a path; None removes the member or the element."""
    first, *rest = path
    if isinstance(first, int):
        changed = with_value(value[first], tuple(rest), new) if rest else new
        return [*value[:first], *([] if changed is None else [changed]), *value[first + 1 :]]
    if rest:
        return {**value, first: with_value(value[first], tuple(rest), new)}
    kept = {name: member for name, member in value.items() if new is not None or name != first}
    return kept if new is None else {**kept, first: new}


def _walk(value: Any, shape: Shape | None, path: tuple[str | int, ...]) -> Iterator[Clause]:
    match value:
        case dict():
            for name, member in value.items():
                if _is_member(name) and not _NOISE.search(name.casefold()):
                    yield from _walk(member, shape.below(name) if shape else None, (*path, name))
        case list():
            inner = shape.inner("member") if shape and shape.kind == "list" else shape
            for index, element in enumerate(value):
                yield from _walk(element, inner, (*path, index))
        case bool() if value or _PROTECTION.search(_name(path)):
            yield _clause(2, path, "is_true" if value else "is_false", (), not value)
        case int() if _name(path) in ("fromport", "port") and value in _PORTS:
            yield _clause(3, path, "equals", (value,), value + 1)
        case str():
            yield from _text_clauses(value, shape, path)
        case _:
            pass


def _is_member(name: str) -> bool:
    """Whether the next record has it: not the key of a map, or a member that was replaced."""
    return bool(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", name)) and not is_example(name)


def _text_clauses(text: str, shape: Shape | None, path: tuple[str | int, ...]) -> Iterator[Clause]:
    values = shape.enumeration if shape else ()
    if text in ANYWHERE:
        other = "2001:db8::/32" if ":" in text else "192.0.2.0/24"
        yield _clause(0, path, "equals", (text,), other)
    elif text == "*" and _name(path) in _PRINCIPALS:
        # As text a star would be a wildcard.
        other = f"arn:aws:iam::{ACCOUNT}:root"
        yield _clause(0, path, "matches", (_STAR,), other)
    elif text.startswith(_GROUPS):
        yield _clause(0, path, "equals", (text,), "http://acs.amazonaws.com/groups/s3/LogDelivery")
    elif _MANAGED.fullmatch(text):
        other = f"arn:aws:iam::{ACCOUNT}:policy/example-policy-1"
        yield _clause(0, path, "equals", (text,), other)
    elif text in values and len(values) <= _MAX_ENUMERATION and "*" not in text:
        # With a single value the request is a near miss without the member.
        another = next((value for value in values if value != text), None)
        if text not in _DEFAULTS:
            yield _clause(1, path, "equals", (text,), another)
    elif (
        "add" in path
    ):  # such as createVolumePermission.add: the account is not part of the pattern
        yield _clause(4, path, "present", (), None)


def _clause(
    rank: int, path: tuple[str | int, ...], method: str, arguments: tuple[Any, ...], other: Any
) -> Clause:
    methods = [
        Method(Call("field", (selector,)), Call(method, arguments))
        for selector in selectors_of(path)
    ]
    source = methods[0] if len(methods) == 1 else Call("any_of", tuple(methods))
    names = {"is_true": "true", "is_false": "false", "present": "present"}
    value = "*" if method == "matches" else arguments[0] if arguments else names[method]
    return Clause(rank, path, source, other, f"{_last(path)} {value}")


def selectors_of(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """
    The paths at which requests with their lists in another order have a field too.

    A selector has one wildcard at most. Of lists in lists, one is searched as a whole, and of the
    others the first element. If this does not include the place in the record, it is added.
    """
    lists = [position for position, step in enumerate(path) if isinstance(step, int)]
    paths = [
        tuple(
            step if isinstance(step, str) else AnyElement() if position == free else Index(0)
            for position, step in enumerate(path)
        )
        for free in lists or [-1]
    ]
    if sum(path[position] != 0 for position in lists) > 1:
        paths.append(
            tuple(
                step if isinstance(step, str) else AnyElement() if at == lists[-1] else Index(step)
                for at, step in enumerate(path)
            )
        )
    return tuple(map(_selector, paths))


def _selector(path: tuple[str | Step, ...]) -> str:
    steps = [Member(step) if isinstance(step, str) else step for step in path]
    return selector_text(Selector((Member("requestParameters"), *steps))).removeprefix("$.")


def in_another_order(value: Any, path: tuple[str | int, ...]) -> Any:
    """A request with the lists on a path in the opposite order."""
    if not path:
        return value
    first, *rest = path
    changed = with_value(value, (first,), in_another_order(value[first], tuple(rest)))
    return changed[::-1] if isinstance(changed, list) else changed


def _last(path: tuple[str | int, ...]) -> str:
    return next(step for step in reversed(path) if isinstance(step, str))


def _name(path: tuple[str | int, ...]) -> str:
    return _last(path).casefold() if path else ""
