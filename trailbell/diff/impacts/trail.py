"""
What a change means for a trail: which events are recorded, and where they are delivered.

In:    the old and the new properties of an `AWS::CloudTrail::Trail`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.key_use import find_unusable_key
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    FindingKind,
    Operation,
    Read,
    comparable,
    compare,
    compare_keys,
    not_compared,
)
from trailbell.diff.judgment.recorded_events import find_unrecorded_events
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list
from trailbell.template.evaluate import is_unknown

TYPE = "AWS::CloudTrail::Trail"

_SWITCHES = {
    "IsLogging": "The trail stops logging.",
    "IsMultiRegionTrail": "The trail no longer records other Regions.",
    "IncludeGlobalServiceEvents": (
        "The trail no longer records global services (IAM, STS, CloudFront)."
    ),
    "IsOrganizationTrail": "The trail no longer records the other accounts of the organization.",
    "EnableLogFileValidation": (
        "Log file validation is disabled: changes to log files cannot be detected."
    ),
}

_DESTINATIONS = {
    "S3BucketName": "delivers log files to bucket",
    "S3KeyPrefix": "delivers log files under the prefix",
    "CloudWatchLogsLogGroupArn": "delivers events to log group",
    "CloudWatchLogsRoleArn": "writes to the log group with role",
}


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The trail is deleted: no events are recorded."
        return
    if diff.replaced:
        yield f"The trail {diff.replaced}: the new trail starts before the old one is deleted."
    for name, text in _SWITCHES.items():
        if diff.turned_off(name):
            yield text
    if "CloudWatchLogsLogGroupArn" in diff.before and "CloudWatchLogsLogGroupArn" not in diff.after:
        yield "The trail no longer delivers to the log group: metric filters match no events."
    else:
        yield from _other_destinations(diff)
    yield from find_unusable_key(diff, "KMSKeyId", "cloudtrail")
    yield from find_unrecorded_events(diff.before, diff.after)


def _other_destinations(diff: ResourceDiff) -> Iterator[str]:
    for name, phrase in _DESTINATIONS.items():
        if name in diff.before and diff.changed(name):
            old, new = describe(diff.before[name]), describe(diff.after.get(name))
            yield f"The trail {phrase} {new} instead of {old}."
        elif name == "S3KeyPrefix" and diff.changed(name):
            yield f"The trail {phrase} {describe(diff.after[name])}."


# What AWS describes

GET_TRAIL = Operation(service="cloudtrail", name="GetTrail")
GET_STATUS = Operation(service="cloudtrail", name="GetTrailStatus")
GET_SELECTORS = Operation(service="cloudtrail", name="GetEventSelectors")
READS = (GET_TRAIL, GET_STATUS, GET_SELECTORS)

# The names differ between template and API. The values are those that CloudTrail uses if a
# template does not set them.
# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
_MEMBERS: tuple[tuple[str, str, Any], ...] = (
    ("IsMultiRegionTrail", "IsMultiRegionTrail", False),
    ("IncludeGlobalServiceEvents", "IncludeGlobalServiceEvents", True),
    ("EnableLogFileValidation", "LogFileValidationEnabled", False),
    ("IsOrganizationTrail", "IsOrganizationTrail", False),
    ("S3BucketName", "S3BucketName", None),
    ("S3KeyPrefix", "S3KeyPrefix", None),
    ("CloudWatchLogsRoleArn", "CloudWatchLogsRoleArn", None),
)
_DELIVERY_TIMEOUT = timedelta(hours=24)
_FIRST_DELIVERY = timedelta(hours=1)
_DEFAULT_SELECTORS = [{"IncludeManagementEvents": True, "ReadWriteType": "All"}]


def list_reads(described: Described) -> Iterator[Read]:
    """The trail, its status, and its event selectors."""
    yield GET_TRAIL(Name=described.physical_id)
    yield GET_STATUS(Name=described.physical_id)
    yield GET_SELECTORS(TrailName=described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps events from being recorded and delivered."""
    trail = described.answer(GET_TRAIL(Name=described.physical_id))
    if trail is not None:
        yield from _member_faults(described, trail.get("Trail", {}))
    status = described.answer(GET_STATUS(Name=described.physical_id))
    if status is not None:
        yield from _status_faults(described, status)
    selectors = described.answer(GET_SELECTORS(TrailName=described.physical_id))
    if selectors is not None:
        yield from _selector_faults(described, selectors)


def _member_faults(described: Described, trail: Mapping[str, Any]) -> Iterator[Finding]:
    for name, member, default in _MEMBERS:
        actual = (trail.get(member) or None) if default is None else trail.get(member, False)
        yield from compare(name, described.property(name, default), actual)
    group = described.property("CloudWatchLogsLogGroupArn")
    wanted = group.removesuffix(":*") if isinstance(group, str) else group
    actual_group = trail.get("CloudWatchLogsLogGroupArn")
    yield from compare(
        "CloudWatchLogsLogGroupArn", wanted, actual_group and actual_group.removesuffix(":*")
    )
    yield from compare_keys("KMSKeyId", described.property("KMSKeyId"), trail.get("KmsKeyId"))


def _status_faults(described: Described, status: Mapping[str, Any]) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html"""
    if comparable(described.property("IsLogging", True)) != "true":
        return
    if not status.get("IsLogging"):
        yield Finding("The trail is not logging.")
    for member, delivery in (
        ("LatestDeliveryError", "Delivery of log files to the bucket"),
        ("LatestCloudWatchLogsDeliveryError", "Delivery to CloudWatch Logs"),
        ("LatestDigestDeliveryError", "Delivery of digest files to the bucket"),
    ):
        if status.get(member):
            yield Finding(f"{delivery} fails: {status[member]}")
    yield from _late("bucket", status.get("LatestDeliveryTime"), status, described)
    if described.property("CloudWatchLogsLogGroupArn") is not None:
        last = status.get("LatestCloudWatchLogsDeliveryTime")
        yield from _late("log group", last, status, described)


def _late(
    destination: str, last: datetime | None, status: Mapping[str, Any], described: Described
) -> Iterator[Finding]:
    """Find a destination that receives nothing. A trail that was just started is a remark."""
    started = status.get("StartLoggingTime")
    if last is None:
        new = started is not None and described.now - started < _FIRST_DELIVERY
        yield Finding(
            f"Nothing has been delivered to the {destination} yet."
            + (" Logging has just started: verify it again in an hour." if new else ""),
            FindingKind.REMARK if new else FindingKind.FAULT,
        )
    elif described.now - last > _DELIVERY_TIMEOUT:
        yield Finding(
            f"Nothing has been delivered to the {destination} since {last:%Y-%m-%d %H:%M}."
        )


def _selector_faults(described: Described, answer: Mapping[str, Any]) -> Iterator[Finding]:
    """Find management events that the template records and the trail does not."""
    wanted = described.property("AdvancedEventSelectors")
    advanced = answer.get("AdvancedEventSelectors") or None
    if wanted is not None:
        yield from compare("AdvancedEventSelectors", wanted, advanced)
        return
    basic = described.property("EventSelectors", _DEFAULT_SELECTORS)
    if is_unknown(basic):
        yield not_compared("EventSelectors")
        return
    expected = _management_events(basic)
    if advanced is not None:
        yield from _advanced_faults(advanced, expected)
        return
    actual = _management_events(answer.get("EventSelectors", ()))
    for access, name in (("ReadOnly", "read"), ("WriteOnly", "write")):
        if access in expected and access not in actual:
            yield Finding(f"The trail no longer records management events that {name}.")
        else:
            excluded = actual.get(access, frozenset()) - expected.get(access, frozenset())
            if excluded:
                yield Finding(
                    f"The trail excludes management events that {name} of "
                    f"{', '.join(sorted(excluded))}."
                )


def _management_events(selectors: Any) -> dict[str, frozenset[str]]:
    """What basic event selectors record: read or write, and the sources that are excluded."""
    recorded: dict[str, frozenset[str]] = {}
    for selector in as_list(selectors):
        if comparable(selector.get("IncludeManagementEvents", True)) != "true":
            continue
        access = selector.get("ReadWriteType", "All")
        excluded = frozenset(selector.get("ExcludeManagementEventSources") or ())
        for part in ("ReadOnly", "WriteOnly") if access == "All" else (access,):
            recorded[part] = recorded.get(part, excluded) & excluded
    return recorded


def _advanced_faults(
    selectors: Sequence[Mapping[str, Any]], expected: Mapping[str, frozenset[str]]
) -> Iterator[Finding]:
    """Find out whether one advanced selector records all management events.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
    """
    management = [
        [entry for entry in fields if entry.get("Field") != "eventCategory"]
        for fields in (selector.get("FieldSelectors", ()) for selector in selectors)
        if any(
            entry.get("Field") == "eventCategory" and "Management" in entry.get("Equals", ())
            for entry in fields
        )
    ]
    if not management and expected:
        yield Finding("The trail's advanced event selectors record no management events.")
    elif expected and all(management):
        names = sorted({entry.get("Field", "") for fields in management for entry in fields})
        yield Finding(
            "The trail's advanced event selectors record only part of the management events: they "
            f"select by {', '.join(names)}."
        )
