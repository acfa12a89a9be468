"""
The syntax of event patterns: what EventBridge rejects.

In:    a pattern as decoded JSON, with `UNKNOWN` for values that are not known before deployment.
Out:   an issue for each error. EventBridge accepts a pattern without any.
Never: a judgment of what a valid pattern matches.

EventBridge interprets ``$or`` as alternatives only if its syntax is right, and as the name of a
field otherwise. Therefore a pattern is checked both ways.
https://github.com/aws/event-ruler#the-or-primitive
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.event_pattern.issue import UNKNOWN, EventPatternIssue, PatternPath
from trailbell.event_pattern.operators import OPERATORS, check_matcher

OR = "$or"

MAX_LENGTH = 4096
"""Characters, in an account with the highest possible quota."""

DEFAULT_MAX_LENGTH = 2048
"""Characters; https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""

MAX_COMBINATIONS = 1000
"""The product of the numbers of branches of each ``$or``."""

MAX_DEPTH = 100
"""Levels of objects. No event is nested that deep, so deeper levels are not checked."""

# Names that are not allowed in a branch of $or; those from "=" on are reserved for new operators.
_RESERVED = frozenset(OPERATORS) | {
    *("=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case"),
    *("date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"),
    *("ip-address-in-range", "ip-address-not-in-range"),
}


def syntax_issues(pattern: Any) -> Iterator[EventPatternIssue]:
    if not isinstance(pattern, Mapping):
        reason = "an event pattern must be an object"
        yield EventPatternIssue((), "not-an-object", reason, "write {...}")
        return
    combinations = _combinations(pattern)
    if combinations > MAX_COMBINATIONS:
        reason = f"$or has {combinations:,} combinations, but the maximum is {MAX_COMBINATIONS:,}"
        yield EventPatternIssue(
            (), "too-many-combinations", reason, "split the pattern into several rules"
        )
        return
    issues = list(_object_issues(pattern, (), alternatives=True))
    if not issues or any(_object_issues(pattern, (), alternatives=False)):
        yield from issues
        return
    for path, issue in {_first_or(issue.path): issue for issue in reversed(issues)}.items():
        yield EventPatternIssue(
            path,
            "or-read-as-a-name",
            f"$or is interpreted as the name of a field, since {issue.reason}",
            "give it a list of at least two objects that match fields",
        )


def length_issues(length: int) -> Iterator[EventPatternIssue]:
    if length > MAX_LENGTH:
        reason = f"the pattern has {length:,} characters, but the maximum is {MAX_LENGTH:,}"
        yield EventPatternIssue((), "too-long", reason, "split the pattern into several rules")
    elif length > DEFAULT_MAX_LENGTH:
        reason = (
            f"the pattern has {length:,} characters, but the default quota of an account is "
            f"{DEFAULT_MAX_LENGTH:,}"
        )
        fix = "split the pattern into several rules, or increase the quota"
        yield EventPatternIssue((), "longer-than-default", reason, fix)


def minimal_length(pattern: Any) -> int:
    """The number of characters of a pattern as text, if every `UNKNOWN` is replaced by ``0``."""
    return len(json.dumps(pattern, separators=(",", ":"), ensure_ascii=False, default=_zero))


def _zero(_: object) -> int:
    return 0


def _combinations(value: Any, depth: int = 0) -> int:
    """The product of the numbers of branches; stops when it is more than allowed."""
    product = 1
    if isinstance(value, Mapping) and depth < MAX_DEPTH:
        for name, member in value.items():
            branches = member if name == OR and isinstance(member, list) else [member]
            product *= max(1, len(branches))
            for branch in branches:
                if product > MAX_COMBINATIONS:
                    return product
                product *= _combinations(branch, depth + 1)
    return product


def _first_or(path: PatternPath) -> PatternPath:
    """The path of the outermost ``$or`` on a path."""
    return path[: path.index(OR) + 1]


def _object_issues(
    value: Mapping[str, Any], path: PatternPath, *, alternatives: bool, branch: bool = False
) -> Iterator[EventPatternIssue]:
    """The issues of an object. With ``alternatives``, ``$or`` is an operator in it."""
    if not value:
        fix = "add a field, or remove the object"
        yield EventPatternIssue(path, "empty-object", "the object is empty", fix)
    if len(path) > MAX_DEPTH:
        return
    for name, member in value.items():
        member_path = (*path, name)
        if name == OR and alternatives:
            yield from _or_issues(member, member_path)
        elif branch and name in _RESERVED:
            reason = f'"{name}" is reserved inside $or and cannot be the name of a field there'
            yield EventPatternIssue(member_path, "reserved-name", reason, "move it out of $or")
        elif isinstance(member, Mapping):
            yield from _object_issues(member, member_path, alternatives=alternatives, branch=branch)
        elif isinstance(member, list):
            yield from _list_issues(member, member_path)
        elif member is not UNKNOWN:
            reason = f'the value of "{name}" is neither a list nor an object'
            fix = f"write [{json.dumps(member, default=str)}]"
            yield EventPatternIssue(member_path, "not-a-list", reason, fix)


def _or_issues(value: Any, path: PatternPath) -> Iterator[EventPatternIssue]:
    if value is UNKNOWN:
        return
    expected = "a list of at least two objects"
    if not isinstance(value, list):
        reason = f"$or is not {expected}"
        yield EventPatternIssue(path, "not-alternatives", reason, f"write {expected}")
        return
    for index, member in enumerate(value):
        if isinstance(member, Mapping):
            yield from _object_issues(member, (*path, index), alternatives=True, branch=True)
        elif member is not UNKNOWN:
            reason = f"{json.dumps(member, default=str)} is not an object"
            yield EventPatternIssue((*path, index), "not-alternatives", reason, f"write {expected}")
    if len(value) < 2 and UNKNOWN not in value:
        reason = "$or has only one branch" if value else "$or has no branches"
        fix = "remove $or, or add branches until there are at least two"
        yield EventPatternIssue(path, "not-alternatives", reason, fix)


def _list_issues(values: list[Any], path: PatternPath) -> Iterator[EventPatternIssue]:
    if not values:
        fix = "add a value, or remove the field"
        yield EventPatternIssue(path, "empty-list", "the list is empty", fix)
    for index, value in enumerate(values):
        value_path = (*path, index)
        if isinstance(value, Mapping):
            if issue := check_matcher(value):
                yield EventPatternIssue(value_path, issue.id, issue.reason, issue.fix)
        elif isinstance(value, list):
            reason = "a list of values cannot contain another list"
            fix = "write the values of the inner list directly in the outer list"
            yield EventPatternIssue(value_path, "not-a-value", reason, fix)
