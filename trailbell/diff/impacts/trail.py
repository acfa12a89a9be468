"""
What a change means for a trail: which events are recorded, and where they are delivered.

In:    the old and the new properties of an `AWS::CloudTrail::Trail`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.key_use import find_unusable_key
from trailbell.diff.impacts.recorded_events import find_unrecorded_events
from trailbell.diff.impacts.resource_diff import ResourceDiff

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
