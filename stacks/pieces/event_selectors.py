"""
What a trail records: all management events, and data events and Insights events on request.

In:    what the ARNs of log files start with: that of the log bucket, and a slash.
Out:   `EventSelectors`: of all kinds, or of a choice for a stack that has little space.
Never: a trail without management events.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import (
    Condition,
    Equals,
    If,
    Not,
    NoValue,
    Or,
    Parameter,
    Ref,
    Split,
    cloudtrail,
)

from trailbell import ParameterInput, is_set

_GROUP = "Recorded events"
_TYPES = {
    "S3": "AWS::S3::Object",
    "Lambda": "AWS::Lambda::Function",
    "DynamoDB": "AWS::DynamoDB::Table",
}
"""Services with data events that a parameter can select, and the type of their resources."""
_WITHOUT_LOGS = "all-but-logs"
_NOUNS = {"S3": "objects", "Lambda": "functions", "DynamoDB": "tables"}

# PutObjectRetention can shorten the Object Lock period of a log file. CloudTrail's own deliveries
# are not recorded, as they would be most of the events.
_DELETIONS = ["DeleteObject", "DeleteObjects", "PutObjectRetention"]

_DELETION_EVENTS = ParameterInput(
    parameter=Parameter(
        "LogFileDeletionEvents",
        Type="String",
        Default="false",
        AllowedValues=["true", "false"],
        Description=(
            "Record deletions of log files, for log-file-deletion in pack tamper (0.10 USD per "
            "100,000)."
        ),
        ConstraintDescription="must be true or false",
    ),
    label="Record the deletion of log files",
    group=_GROUP,
)
_INSIGHTS = ParameterInput(
    parameter=Parameter(
        "Insights",
        Type="String",
        Default="none",
        AllowedValues=["none", "ApiCallRateInsight", "ApiErrorRateInsight", "both"],
        Description=(
            "Insights events on unusual rates of API calls or errors (0.35 USD per 100,000 "
            "management events analyzed, for each of the two)."
        ),
        ConstraintDescription="must be none, ApiCallRateInsight, ApiErrorRateInsight or both",
    ),
    label="CloudTrail Insights",
    group=_GROUP,
)


def _data_events(service: str) -> ParameterInput:
    arn = f"arn:[a-z-]+:{service.lower()}:[^,]*"
    words = ("all", _WITHOUT_LOGS) if service == "S3" else ("all",)
    choices = ", ".join(f'"{word}"' for word in words)
    return ParameterInput(
        parameter=Parameter(
            f"{service}DataEvents",
            Type="String",
            Default="",
            AllowedPattern=f"^$|^{'$|^'.join(words)}$|^{arn}(,{arn})*$",
            Description=(
                f"Data events of {service} to record (0.10 USD per 100,000): {choices}, or "
                f"prefixes of ARNs of {_NOUNS[service]}, separated by commas. Leave empty for none."
            ),
            ConstraintDescription=(
                f"must be empty, {choices}, or prefixes of ARNs of {service}, separated by commas"
            ),
        ),
        label=f"Data events of {service} (optional)",
        group=_GROUP,
    )


@dataclass(frozen=True, kw_only=True)
class EventSelectors:
    """Parameters and conditions, and the properties of the trail."""

    inputs: tuple[ParameterInput, ...]
    conditions: Mapping[str, Any]
    properties: Mapping[str, Any]


def deletions_only(log_files: Any) -> EventSelectors:
    """Management events, and the deletion of log files on request."""
    return EventSelectors(
        inputs=(_DELETION_EVENTS,),
        conditions={"RecordsDeletions": _RECORDS_DELETIONS},
        properties=_event_selectors("RecordsDeletions", _deletions(log_files)),
    )


def all_kinds(log_files: Any, *access_logs: Any) -> EventSelectors:
    """Management events, and data events and Insights events of any kind on request.

    S3 can record all data events but those of the log bucket and of its ``access_logs``, where each
    delivery is an event that is delivered in turn.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-recursive-logging.html
    """
    conditions: dict[str, Any] = {"RecordsDeletions": _RECORDS_DELETIONS}
    for service in _TYPES:
        conditions[f"Records{service}"] = is_set(f"{service}DataEvents")
        conditions[f"RecordsAll{service}"] = Equals(Ref(f"{service}DataEvents"), "all")
    conditions["LeavesOutLogs"] = Equals(Ref("S3DataEvents"), _WITHOUT_LOGS)
    return EventSelectors(
        inputs=(_DELETION_EVENTS, *map(_data_events, _TYPES), _INSIGHTS),
        conditions={
            **conditions,
            "RecordsDataEvents": Or(
                *(Condition(f"Records{what}") for what in ("Deletions", *_TYPES))
            ),
            "RecordsInsights": Not(Equals(Ref("Insights"), "none")),
            "RecordsBothInsights": Equals(Ref("Insights"), "both"),
        },
        properties={
            **_event_selectors(
                "RecordsDataEvents",
                If("RecordsDeletions", _deletions(log_files), NoValue),
                _of_service("S3", without=[log_files, *access_logs]),
                *map(_of_service, ("Lambda", "DynamoDB")),
            ),
            "InsightSelectors": If("RecordsInsights", _insights(), NoValue),
        },
    )


_RECORDS_DELETIONS = Equals(Ref("LogFileDeletionEvents"), "true")


def _event_selectors(condition: str, *data_selectors: Any) -> dict[str, Any]:
    """Advanced event selectors if there are data events, else basic ones. Never both.

    Basic ones for management events equal the default, but some compliance scanners require them.
    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_PutEventSelectors.html
    """
    basic = [cloudtrail.EventSelector(IncludeManagementEvents=True, ReadWriteType="All")]
    management = _selector(_field("eventCategory", Equals=["Management"]))
    return {
        "EventSelectors": If(condition, NoValue, basic),
        "AdvancedEventSelectors": If(condition, [management, *data_selectors], NoValue),
    }


def _deletions(log_files: Any) -> cloudtrail.AdvancedEventSelector:
    return _data_selector(
        "AWS::S3::Object",
        _field("eventName", Equals=_DELETIONS),
        _field("resources.ARN", StartsWith=[log_files]),
    )


def _of_service(service: str, without: list[Any] | None = None) -> If:
    arns = _field("resources.ARN", StartsWith=Split(",", Ref(f"{service}DataEvents")))
    if without is not None:
        arns = If("LeavesOutLogs", _field("resources.ARN", NotStartsWith=without), arns)
    selector = _data_selector(_TYPES[service], If(f"RecordsAll{service}", NoValue, arns))
    return If(f"Records{service}", selector, NoValue)


def _data_selector(resource_type: str, *fields: Any) -> cloudtrail.AdvancedEventSelector:
    return _selector(
        _field("eventCategory", Equals=["Data"]),
        _field("resources.type", Equals=[resource_type]),
        *fields,
    )


def _selector(*fields: Any) -> cloudtrail.AdvancedEventSelector:
    return cloudtrail.AdvancedEventSelector(FieldSelectors=[*fields])


def _field(name: str, **operator: Any) -> cloudtrail.AdvancedFieldSelector:
    return cloudtrail.AdvancedFieldSelector(Field=name, **operator)


def _insights() -> list[Any]:
    first = If("RecordsBothInsights", "ApiCallRateInsight", Ref("Insights"))
    error_rate = cloudtrail.InsightSelector(InsightType="ApiErrorRateInsight")
    return [
        cloudtrail.InsightSelector(InsightType=first),
        If("RecordsBothInsights", error_rate, NoValue),
    ]
