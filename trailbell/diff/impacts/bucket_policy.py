"""
What a change means for a bucket policy: whether CloudTrail can deliver log files.

In:    the old and the new properties of an `AWS::S3::BucketPolicy`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.policy_faults import find_policy_faults
from trailbell.diff.judgment.read_back import Described, Finding, Operation, Read, parse_json
from trailbell.diff.judgment.required_access import SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff
from trailbell.diff.judgment.service_access import find_lost_access

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


# What AWS describes

GET_BUCKET_POLICY = Operation(service="s3", name="GetBucketPolicy")
READS = (GET_BUCKET_POLICY,)


def list_reads(described: Described) -> Iterator[Read]:
    """The policy of the bucket."""
    yield GET_BUCKET_POLICY(Bucket=_bucket(described))


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what the policy of the template allows and that of the bucket does not."""
    answer = described.answer(GET_BUCKET_POLICY(Bucket=_bucket(described)))
    if answer is not None:
        wanted, actual = described.property("PolicyDocument"), parse_json(answer.get("Policy"))
        yield from find_policy_faults("bucket policy", wanted, actual, described)


def _bucket(described: Described) -> str:
    bucket = described.property("Bucket")
    return bucket if isinstance(bucket, str) else described.physical_id
