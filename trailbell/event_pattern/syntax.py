"""
The form of an event pattern: what EventBridge refuses.

In:    a pattern as decoded JSON, `UNKNOWN` where something is not known.
Out:   a finding for each fault; none means that EventBridge takes it.
Never: a judgement of what a pattern that is taken matches.

EventBridge reads ``$or`` as alternatives only where its form is right, and as the name of a member
otherwise; so a pattern is judged both ways.
https://github.com/aws/event-ruler#the-or-primitive
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.event_pattern.issue import UNKNOWN, EventPatternIssue, PatternPath
from trailbell.event_pattern.operators import OPERATORS, check_matcher

OR = "$or"

MAX_LENGTH = 4096
"""Characters, in an account whose quota has been raised as far as it goes."""

DEFAULT_MAX_LENGTH = 2048
"""Characters; https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"""

MAX_COMBINATIONS = 1000
"""What all ``$or`` together may multiply out to."""

MAX_DEPTH = 100
"""Nobody nests so deep; nothing is said of what lies below."""

# Names that cannot stand in a branch of $or, the last of them kept for operators to come.
_RESERVED = frozenset(OPERATORS) | {
    *("=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case"),
    *("date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"),
    *("ip-address-in-range", "ip-address-not-in-range"),
}


def syntax_issues(pattern: Any) -> Iterator[EventPatternIssue]:
    if not isinstance(pattern, Mapping):
        yield EventPatternIssue((), "not-an-object", "an event pattern is an object", "write {...}")
        return
    combinations = _combinations(pattern)
    if combinations > MAX_COMBINATIONS:
        reason = f"$or makes {combinations:,} combinations, and {MAX_COMBINATIONS:,} are accepted"
        yield EventPatternIssue((), "too-many-combinations", reason, "split it into several rules")
        return
    found = list(_object(pattern, (), alternatives=True))
    if not found or any(_object(pattern, (), alternatives=False)):
        yield from found
        return
    for path, finding in {_or(finding.path): finding for finding in reversed(found)}.items():
        yield EventPatternIssue(
            path,
            "or-read-as-a-name",
            f"$or is read as the name of a member, since {finding.reason}",
            "give it at least two objects with members to match",
        )


def length_issues(length: int) -> Iterator[EventPatternIssue]:
    if length > MAX_LENGTH:
        reason = (
            f"the pattern has {length:,} characters, and {MAX_LENGTH:,} are the most there can be"
        )
        yield EventPatternIssue((), "too-long", reason, "split it into several rules")
    elif length > DEFAULT_MAX_LENGTH:
        reason = (
            f"the pattern has {length:,} characters, and {DEFAULT_MAX_LENGTH:,} are accepted "
            "unless the quota of the account has been raised"
        )
        yield EventPatternIssue((), "longer-than-default", reason, "split it into several rules")


def minimal_length(pattern: Any) -> int:
    """Characters that a pattern has at least, once it is text."""
    return len(json.dumps(pattern, separators=(",", ":"), ensure_ascii=False, default=_nothing))


def _nothing(_: object) -> int:
    return 0


def _combinations(value: Any, depth: int = 0) -> int:
    """The number of branches of each ``$or``, multiplied; counting ends where it is too many."""
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


def _or(path: PatternPath) -> PatternPath:
    """The path of the ``$or`` that a path leads into first."""
    return path[: path.index(OR) + 1]


def _object(
    value: Mapping[str, Any], path: PatternPath, *, alternatives: bool, branch: bool = False
) -> Iterator[EventPatternIssue]:
    if not value:
        yield EventPatternIssue(
            path, "empty-object", "an empty object is not accepted", "name a member"
        )
    if len(path) > MAX_DEPTH:
        return
    for name, member in value.items():
        at = (*path, name)
        if name == OR and alternatives:
            yield from _alternatives(member, at)
        elif branch and name in _RESERVED:
            reason = f"{name!r} is reserved and cannot be a member's name inside $or"
            yield EventPatternIssue(at, "reserved-name", reason, "put it outside $or")
        elif isinstance(member, Mapping):
            yield from _object(member, at, alternatives=alternatives, branch=branch)
        elif isinstance(member, list):
            yield from _values(member, at)
        elif member is not UNKNOWN:
            reason = f"{name!r} is neither a list of values nor an object"
            yield EventPatternIssue(
                at, "not-a-list", reason, f"write [{json.dumps(member, default=str)}]"
            )


def _alternatives(value: Any, path: PatternPath) -> Iterator[EventPatternIssue]:
    if value is UNKNOWN:
        return
    wanted = "a list of at least two objects"
    if not isinstance(value, list):
        yield EventPatternIssue(path, "not-alternatives", f"$or is not {wanted}", f"write {wanted}")
        return
    for number, member in enumerate(value):
        if isinstance(member, Mapping):
            yield from _object(member, (*path, number), alternatives=True, branch=True)
        elif member is not UNKNOWN:
            reason = f"{json.dumps(member, default=str)} is no object"
            yield EventPatternIssue((*path, number), "not-alternatives", reason, f"write {wanted}")
    if len(value) < 2 and UNKNOWN not in value:
        reason = f"$or has {len(value)} branch{'' if value else 'es'}, and wants at least two"
        yield EventPatternIssue(path, "not-alternatives", reason, "leave $or out, or add a branch")


def _values(values: list[Any], path: PatternPath) -> Iterator[EventPatternIssue]:
    if not values:
        reason = "an empty list is not accepted"
        yield EventPatternIssue(path, "empty-list", reason, "name a value, or leave the member out")
    for number, value in enumerate(values):
        at = (*path, number)
        if isinstance(value, Mapping):
            if wrong := check_matcher(value):
                yield EventPatternIssue(at, wrong.id, wrong.reason, wrong.fix)
        elif isinstance(value, list):
            reason = "a value is a text, a number, true, false, null or an operator, not a list"
            yield EventPatternIssue(at, "not-a-value", reason, "write its entries side by side")
