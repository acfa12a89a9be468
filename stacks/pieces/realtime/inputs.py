"""
The parameters of stacks with rules, and their conditions.

In:    nothing.
Out:   `ParameterInput`s, and the conditions that resources name.
"""

from collections.abc import Sequence
from typing import Any

from troposphere import And, Condition, Equals, Not, Parameter, Ref

from stacks.pieces.base_refs import LOG_BUCKET_NAME, bucket_condition, imports_bucket
from stacks.pieces.installation import SHORT_INSTALLATION_NAME
from trailbell import Detection, ParameterInput, Severity, is_set

_GROUP = "Real-time notifications"

ALLOWS_DRILLS = "AllowsDrills"
HAS_BASE = "HasBase"
GUARDS_BUCKET = "GuardsBucket"
_CHAT_CHOICES = ("high", "high-medium", "all")


ALLOW_DRILLS = ParameterInput(
    parameter=Parameter(
        "AllowDrills",
        Type="String",
        Default="no",
        AllowedValues=["yes", "no"],
        Description=(
            "Whether rules also match events of trailbell drill. Callers with events:PutEvents can "
            "then cause messages."
        ),
        ConstraintDescription="must be yes or no",
    ),
    label="Allow drills",
    group=_GROUP,
)
_BASE_REGION = ParameterInput(
    parameter=Parameter(
        "BaseRegion",
        Type="String",
        Default="",
        AllowedPattern="^$|^[a-z]{2}(-[a-z]+)+-[0-9]+$",
        Description=(
            "Region of security-alerts or alerts in this account, whose log group, bucket, topics "
            "and stack are watched there. Leave empty for none."
        ),
        ConstraintDescription="must be empty or a Region such as eu-central-1",
    ),
    label="Region of the base stack (optional)",
    group=_GROUP,
)
CHAT_SEVERITIES = ParameterInput(
    parameter=Parameter(
        "ChatSeverities",
        Type="String",
        Default="high-medium",
        AllowedValues=[*_CHAT_CHOICES],
        Description="Severities of which messages are sent to chat: high, high-medium or all.",
        ConstraintDescription=f"must be {', '.join(_CHAT_CHOICES[:-1])} or {_CHAT_CHOICES[-1]}",
    ),
    label="Severities for chat",
    group=_GROUP,
)
CHAT_CONDITIONS = {
    Severity.MEDIUM: ("ChatsMedium", Not(Equals(Ref("ChatSeverities"), "high"))),
    Severity.LOW: ("ChatsLow", Equals(Ref("ChatSeverities"), "all")),
}
"""The condition that messages of a severity are sent to chat. Those of high severity always are."""


KNOWN_EVERYWHERE = frozenset({"AlarmPrefix", "OwnAccountId"})
"""The placeholders whose values do not depend on a base stack."""


def base_placeholders(detection: Detection) -> tuple[str, ...]:
    """The placeholders of a pattern for resources of the base stack of the alarms."""
    return tuple(name for name in detection.placeholders if name not in KNOWN_EVERYWHERE)


def rule_inputs(detections: Sequence[Detection]) -> tuple[ParameterInput, ...]:
    """The parameters of a stack with rules for these detections."""
    return (
        SHORT_INSTALLATION_NAME,
        *((_BASE_REGION,) if any(map(base_placeholders, detections)) else ()),
        *((LOG_BUCKET_NAME,) if any(map(bucket_condition, detections)) else ()),
        *((ALLOW_DRILLS,) if detections else ()),
    )


def rule_conditions(detections: Sequence[Detection]) -> dict[str, Any]:
    """The conditions that rules for these detections name."""
    if not detections:
        return {}
    conditions: dict[str, Any] = {ALLOWS_DRILLS: Equals(Ref("AllowDrills"), "yes")}
    if any(map(base_placeholders, detections)):
        conditions[HAS_BASE] = Equals(Ref("BaseRegion"), Ref("AWS::Region"))
    if bucket := imports_bucket(detections):
        conditions |= bucket
        conditions[GUARDS_BUCKET] = And(Condition(HAS_BASE), is_set("LogBucketName"))
    return conditions
