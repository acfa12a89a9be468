"""
What a change means for a trail: which events are recorded, and where they are delivered.

In:    the old and the new properties of an `AWS::CloudTrail::Trail`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.resource_diff import ResourceDiff

TYPE = "AWS::CloudTrail::Trail"

_SELECTORS = ("EventSelectors", "AdvancedEventSelectors")


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "The trail is deleted: no events are recorded."
        return
    if diff.replaced:
        yield f"The trail {diff.replaced}: the new trail starts before the old one is deleted."
    if diff.turned_off("IsLogging"):
        yield "The trail stops logging."
    if diff.turned_off("IsMultiRegionTrail"):
        yield "The trail no longer records other Regions."
    if diff.turned_off("IncludeGlobalServiceEvents"):
        yield "The trail no longer records global services (IAM, STS, CloudFront)."
    if diff.turned_off("IsOrganizationTrail"):
        yield "The trail no longer records the other accounts of the organization."
    if diff.turned_off("EnableLogFileValidation"):
        yield "Log file validation is disabled: changes to log files cannot be detected."
    if "CloudWatchLogsLogGroupArn" in diff.before and "CloudWatchLogsLogGroupArn" not in diff.after:
        yield "The trail no longer delivers to the log group: metric filters match no events."
    if any(diff.before.get(n) != diff.after.get(n) for n in _SELECTORS if n in diff.before):
        yield (
            "The trail's event selectors change: check that management events are still recorded."
        )
