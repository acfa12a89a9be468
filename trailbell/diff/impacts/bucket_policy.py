"""
What a change means for a bucket policy: whether CloudTrail can deliver log files.

In:    the old and the new properties of an `AWS::S3::BucketPolicy`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.evaluated_template import describe
from trailbell.diff.impacts.resource_diff import ResourceDiff
from trailbell.diff.impacts.service_access import SERVICE_ACCESS, find_lost_access

TYPE = "AWS::S3::BucketPolicy"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This bucket policy is deleted: CloudTrail cannot deliver log files."
        return
    if diff.changed("Bucket"):
        bucket = describe(diff.before.get("Bucket"))
        yield f"The policy no longer applies to bucket {bucket}: CloudTrail cannot deliver to it."
    for access in SERVICE_ACCESS[TYPE]:
        yield from find_lost_access(
            diff.before.get("PolicyDocument"), diff.after.get("PolicyDocument"), access
        )
