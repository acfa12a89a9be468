"""
A tree as an EventBridge event pattern, for rules on the default event bus.

In:    a tree of a JSON pattern.
Out:   an event pattern as a `dict`: ``source``, ``detail-type`` and the record under ``detail``.
Never: a field of an unknown type, since ``exists`` does not recognize objects; or an event less
       than the tree matches. It matches more only where a clause is about some elements of an
       array: EventBridge matches if any element does. `differences` lists these clauses.

First, a condition is expanded into alternatives, each with a list of matchers for each field. Then,
the fields that alternatives share are written outside of ``$or``.

A rule receives read-only events only in the state
``ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS``.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import assert_never

from trailbell.errors import UnsupportedError
from trailbell.pattern.ast import JsonPattern, MatchAll, Pattern, SpaceDelimited, Terms
from trailbell.pattern.field_types import FieldTypes, RecordFieldTypes
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.targets._eventbridge_alternatives import (
    MAX_COMBINATIONS,
    Alternative,
    alternatives_of,
    broader_clauses,
)
from trailbell.pattern.targets._eventbridge_detail import to_detail
from trailbell.pattern.targets._eventbridge_matchers import NAME, Exactly

MAX_LENGTH = 2048
"""Characters of an event pattern with the default quota.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
"""

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


_RECORD = RecordFieldTypes()


def compile(tree: Pattern, types: FieldTypes = _RECORD) -> dict[str, object]:
    """An event pattern. Raises `UnsupportedError`.

    Without other ``types``, only the fields that all services share have a known type.
    """
    match tree:
        case JsonPattern(condition=inner):
            alternatives = alternatives_of(inner, types)
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
        "detail": to_detail(alternatives),
    }
    length = len(json.dumps(compiled, separators=(",", ":")))
    if length > MAX_LENGTH:
        reason = (
            f"the event pattern has {length:,} characters, but the maximum is {MAX_LENGTH:,}; "
            "split it into several rules"
        )
        raise UnsupportedError(NAME, pattern_text(tree), reason)
    return compiled


def differences(tree: Pattern, types: FieldTypes = _RECORD) -> tuple[str, ...]:
    """The clauses about some elements of an array, for which the event pattern matches any."""
    if not isinstance(tree, JsonPattern):
        return ()
    return tuple(dict.fromkeys(map(condition_text, broader_clauses(tree.condition, types))))


# ------------------------------------------------------------------------ source and detail-type


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
