"""
A tree as an EventBridge event pattern, for rules on the default event bus.

In:    a tree of a JSON pattern.
Out:   an event pattern as a `dict`: ``source``, ``detail-type`` and the record under ``detail``.
Never: a member with no known shape. EventBridge looks into arrays and through them, and its
       ``exists`` sees only leaves; a filter pattern does neither. Only where CloudTrail is known
       to send text (or a boolean, a number) do the two mean the same.

How: a condition becomes alternatives; an alternative gives each member one list of matchers.
Alternatives that differ in one member become one; what all share stays outside ``$or``, because
EventBridge *replaces* a member named outside by the one named inside.

Relied on: `trailbell.pattern.record_schema`. Read-only events arrive only where the rule's state is
``ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS``.

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
    members,
    to_json,
)

Alternative = Mapping[tuple[str, ...], tuple[Matcher, ...]]
"""Member (``("userIdentity", "type")``) -> matchers, one of which must hold. All members must."""

MAX_LENGTH = 2048
"""Characters of an event pattern, unless the account has asked for more.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
"""

MAX_COMBINATIONS = 1000
"""What the service allows ``$or`` to multiply out to."""

_SIGN_IN = ("AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail")
"""The guide prints the second; every rule found in use has the first. Both, then."""

_DETAIL_TYPES: Mapping[str, Sequence[object]] = MappingProxyType(
    {
        "AwsApiCall": ("AWS API Call via CloudTrail",),
        "AwsServiceEvent": ("AWS Service Event via CloudTrail",),
        "AwsConsoleSignIn": _SIGN_IN,
    }
)
_ANY_DETAIL_TYPE = {"suffix": " via CloudTrail"}

# Services whose EventBridge source AWS shows in an example; for any other, the prefix is certain.
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
    """Any of these; none at all: never. An empty alternative: always."""
    match tree:
        case Or(parts=parts):
            return _merged([one for part in parts for one in _alternatives(part)])
        case And(parts=parts):
            found: list[Alternative] = [{}]
            for part in parts:
                found = _merged(_conjunction(found, _alternatives(part), tree))
                if len(found) > MAX_COMBINATIONS:
                    return found
            return found
        case Comparison() | IsLiteral() | NotExists():
            return _of_clause(tree)
        case _:
            assert_never(tree)


def _of_clause(clause: Clause) -> list[Alternative]:
    found = matchers(clause)
    return [{members(clause): found}] if found else []


def _conjunction(
    left: list[Alternative], right: list[Alternative], whole: Condition
) -> list[Alternative]:
    found = (_together(one, other, whole) for one in left for other in right)
    return [alternative for alternative in found if alternative is not None]


def _together(left: Alternative, right: Alternative, whole: Condition) -> Alternative | None:
    """Both at once; `None` when they contradict each other."""
    merged = dict(left)
    for member, wanted in right.items():
        if member in merged:
            wanted = intersect(merged[member], wanted, condition_text(whole))
            if not wanted:
                return None
        merged[member] = wanted
    _check(merged, whole)
    return merged


def _check(alternative: Alternative, whole: Condition) -> None:
    """Refuses what would mean something else once its members stand in one object."""
    asked = sorted(alternative)
    if sum(member[0] == "resources" for member in asked) > 1:
        reason = "an event pattern cannot require that one array element meets two conditions"
        raise UnsupportedError(NAME, condition_text(whole), reason)
    if any(inner[: len(outer)] == outer for outer, inner in pairwise(asked)):
        reason = "an event pattern cannot match a field and a field inside it at once"
        raise UnsupportedError(NAME, condition_text(whole), reason)


def _merged(alternatives: list[Alternative]) -> list[Alternative]:
    """Alternatives that differ in one member's matchers become one; implied ones disappear."""
    kept: list[Alternative] = []
    for alternative in alternatives:
        for place, other in enumerate(kept):
            merged = _as_one(other, alternative)
            if merged is not None:
                kept[place] = merged
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
    differing = [member for member, wanted in left.items() if right[member] != wanted]
    if len(differing) != 1:
        return None
    member = differing[0]
    return {**left, member: tuple(dict.fromkeys(left[member] + right[member]))}


# ---------------------------------------------------------------------------- out of alternatives


def _detail(alternatives: list[Alternative]) -> dict[str, object]:
    first, *others = alternatives
    shared = {
        member: wanted
        for member, wanted in first.items()
        if all(other.get(member) == wanted for other in others)
    }
    detail = _nested(shared)
    if others:
        detail["$or"] = [
            _nested({member: it for member, it in one.items() if member not in shared})
            for one in alternatives
        ]
    return detail


def _nested(alternative: Alternative) -> dict[str, object]:
    nested: dict[str, object] = {}
    for member, wanted in alternative.items():
        place = nested
        for name in member[:-1]:
            inner = place.setdefault(name, {})
            assert isinstance(inner, dict)  # `_check` saw to it
            place = inner
        place[member[-1]] = [to_json(matcher) for matcher in wanted]
    return nested


def _exact_values(alternatives: list[Alternative], member: str) -> list[str] | None:
    """The values one of which every alternative demands of a member, if it is so."""
    values: dict[str, None] = {}
    for alternative in alternatives:
        wanted = alternative.get((member,), ())
        if not wanted:
            return None
        for matcher in wanted:
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
