"""
A tree as an EventBridge event pattern, for rules on the default event bus.

In:    a tree of a JSON pattern.
Out:   an event pattern as a `dict`: ``source``, ``detail-type`` and the record under ``detail``.
Never: a field of an unknown type. Unlike filter patterns, EventBridge matches the elements of an
       array, and its ``exists`` does not recognize objects. Both mean the same only for fields
       that CloudTrail documents as text, a boolean or a number.

First, a condition is expanded into alternatives, each with a list of matchers for each field.
Alternatives that differ in one field only are merged. Then, the fields that all alternatives share
are written outside of ``$or``. No field is both outside and inside of ``$or``, since EventBridge
*replaces* the outer matchers by the inner ones.

The types of fields are those of `trailbell.pattern.record_schema`. A rule receives read-only events
only in the state ``ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS``.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import (
    And,
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    MatchAll,
    NotExists,
    Or,
    Pattern,
    SpaceDelimited,
    Terms,
)
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.targets._eventbridge_matchers import (
    NAME,
    Exactly,
    Matcher,
    intersect,
    matchers,
    member_path,
    to_json,
)

Alternative = Mapping[tuple[str, ...], tuple[Matcher, ...]]
"""Field (``("userIdentity", "type")``) -> matchers, of which one must match. All fields must."""

MAX_LENGTH = 2048
"""Characters of an event pattern with the default quota.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
"""

MAX_COMBINATIONS = 1000
"""The maximum number of alternatives that ``$or`` may expand to."""

_SIGN_IN = ("AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail")
"""AWS documents the second; the first is common in published rules. Therefore both."""

_DETAIL_TYPES: Mapping[str, Sequence[object]] = MappingProxyType(
    {
        "AwsApiCall": ("AWS API Call via CloudTrail",),
        "AwsServiceEvent": ("AWS Service Event via CloudTrail",),
        "AwsConsoleSignIn": _SIGN_IN,
    }
)
_ANY_DETAIL_TYPE = {"suffix": " via CloudTrail"}

# Services whose source AWS documents in an example; for others, only the prefix is certain.
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
_SOURCES = MappingProxyType(
    {
        f"{service}.amazonaws.com": f"aws.{service}"
        for service in (
            "cloudtrail",
            "config",
            "ec2",
            "guardduty",
            "iam",
            "kms",
            "organizations",
            "s3",
            "signin",
            "sts",
        )
    }
)
_ANY_SOURCE = {"prefix": "aws."}


def compile(tree: Pattern) -> dict[str, object]:
    """An event pattern. Raises `UnsupportedError`."""
    match tree:
        case JsonPattern(condition=inner):
            alternatives = _alternatives(inner)
        case MatchAll():
            return {"source": [_ANY_SOURCE], "detail-type": [_ANY_DETAIL_TYPE]}
        case Terms() | SpaceDelimited():
            raise UnsupportedError(
                NAME, pattern_text(tree), "event patterns match fields, not the text of an event"
            )
        case _:
            assert_never(tree)
    if not alternatives:
        reason = "no event can match it, and an event pattern cannot express that"
        raise UnsupportedError(NAME, pattern_text(tree), reason)
    if len(alternatives) > MAX_COMBINATIONS:
        reason = (
            f"it has {len(alternatives):,} alternatives, but the maximum is {MAX_COMBINATIONS:,}"
        )
        raise UnsupportedError(NAME, pattern_text(tree), reason)
    compiled: dict[str, object] = {
        "source": _sources(alternatives),
        "detail-type": _detail_types(alternatives),
        "detail": _detail(alternatives),
    }
    length = len(json.dumps(compiled, separators=(",", ":")))
    if length > MAX_LENGTH:
        reason = (
            f"the event pattern has {length:,} characters, but the maximum is {MAX_LENGTH:,}; "
            "split it into several rules"
        )
        raise UnsupportedError(NAME, pattern_text(tree), reason)
    return compiled


# ------------------------------------------------------------------------------ into alternatives


def _alternatives(tree: Condition) -> list[Alternative]:
    """The alternatives of a condition. No alternative never matches; an empty one always does."""
    match tree:
        case Or(parts=parts):
            return _merged([alternative for part in parts for alternative in _alternatives(part)])
        case And(parts=parts):
            alternatives: list[Alternative] = [{}]
            for part in parts:
                alternatives = _merged(_conjunction(alternatives, _alternatives(part), tree))
                if len(alternatives) > MAX_COMBINATIONS:
                    return alternatives
            return alternatives
        case Comparison() | IsLiteral() | NotExists():
            return _of_clause(tree)
        case _:
            assert_never(tree)


def _of_clause(clause: Clause) -> list[Alternative]:
    alternatives = matchers(clause)
    return [{member_path(clause): alternatives}] if alternatives else []


def _conjunction(
    left: list[Alternative], right: list[Alternative], whole: Condition
) -> list[Alternative]:
    pairs = (_combined(first, second, whole) for first in left for second in right)
    return [alternative for alternative in pairs if alternative is not None]


def _combined(left: Alternative, right: Alternative, whole: Condition) -> Alternative | None:
    """The alternative that meets both; `None` if they contradict each other."""
    merged = dict(left)
    for member, required in right.items():
        if member in merged:
            required = intersect(merged[member], required, condition_text(whole))
            if not required:
                return None
        merged[member] = required
    _check(merged, whole)
    return merged


def _check(alternative: Alternative, whole: Condition) -> None:
    """Raise an error for fields that mean something else in one object."""
    members = sorted(alternative)
    if sum(member[0] == "resources" for member in members) > 1:
        reason = "an event pattern cannot require that one array element meets two conditions"
        raise UnsupportedError(NAME, condition_text(whole), reason)
    if any(inner[: len(outer)] == outer for outer, inner in pairwise(members)):
        reason = "an event pattern cannot match a field and a field inside it at once"
        raise UnsupportedError(NAME, condition_text(whole), reason)


def _merged(alternatives: list[Alternative]) -> list[Alternative]:
    """Merge alternatives that differ in the matchers of one field; remove implied ones."""
    kept: list[Alternative] = []
    for alternative in alternatives:
        for index, previous in enumerate(kept):
            merged = _as_one(previous, alternative)
            if merged is not None:
                kept[index] = merged
                break
        else:
            kept.append(alternative)
    return kept if len(kept) == len(alternatives) else _merged(kept)


def _as_one(left: Alternative, right: Alternative) -> Alternative | None:
    if left.items() <= right.items():
        return left
    if right.items() <= left.items():
        return right
    if left.keys() != right.keys():
        return None
    differing = [member for member, required in left.items() if right[member] != required]
    if len(differing) != 1:
        return None
    member = differing[0]
    return {**left, member: tuple(dict.fromkeys(left[member] + right[member]))}


# ---------------------------------------------------------------------------- out of alternatives


def _detail(alternatives: list[Alternative]) -> dict[str, object]:
    first, *others = alternatives
    shared = {
        member: required
        for member, required in first.items()
        if all(other.get(member) == required for other in others)
    }
    detail = _nested(shared)
    if others:
        detail["$or"] = [
            _nested({member: it for member, it in alternative.items() if member not in shared})
            for alternative in alternatives
        ]
    return detail


def _nested(alternative: Alternative) -> dict[str, object]:
    nested: dict[str, object] = {}
    for member, required in alternative.items():
        parent = nested
        for name in member[:-1]:
            inner = parent.setdefault(name, {})
            assert isinstance(inner, dict)  # guaranteed by `_check`
            parent = inner
        parent[member[-1]] = [to_json(matcher) for matcher in required]
    return nested


def _exact_values(alternatives: list[Alternative], member: str) -> list[str] | None:
    """The values that a field must be equal to in every alternative; `None` if there are others."""
    values: dict[str, None] = {}
    for alternative in alternatives:
        required = alternative.get((member,), ())
        if not required:
            return None
        for matcher in required:
            if not isinstance(matcher, Exactly):
                return None
            values[matcher.text] = None
    return list(values)


def _sources(alternatives: list[Alternative]) -> list[object]:
    values = _exact_values(alternatives, "eventSource")
    if values is None or not all(value in _SOURCES for value in values):
        return [_ANY_SOURCE]
    return [_SOURCES[value] for value in values]


def _detail_types(alternatives: list[Alternative]) -> list[object]:
    if _exact_values(alternatives, "eventName") == ["ConsoleLogin"]:
        return list(_SIGN_IN)
    values = _exact_values(alternatives, "eventType")
    if values is None or not all(value in _DETAIL_TYPES for value in values):
        return [_ANY_DETAIL_TYPE]
    return [spelling for value in values for spelling in _DETAIL_TYPES[value]]
