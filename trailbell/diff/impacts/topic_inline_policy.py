"""
What a change means for the policy of one topic: who may publish to it.

In:    the old and the new properties of an `AWS::SNS::TopicInlinePolicy`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.publishers import allowed_services, names_of
from trailbell.diff.judgment.required_access import SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff
from trailbell.diff.judgment.service_access import find_lost_access

TYPE = "AWS::SNS::TopicInlinePolicy"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    services = names_of(allowed_services(diff.before.get("PolicyDocument")) or ("cloudwatch",))
    if diff.removed:
        yield f"This topic policy is deleted: {services} can no longer publish."
        return
    if diff.changed("TopicArn"):
        topic = describe(diff.before.get("TopicArn"))
        yield f"The policy no longer applies to topic {topic}: {services} cannot publish to it."
    for access in SERVICE_ACCESS[TYPE]:
        yield from find_lost_access(
            diff.before.get("PolicyDocument"), diff.after.get("PolicyDocument"), access
        )
