"""
What a change means for a topic policy: who may publish to a topic.

In:    the old and the new properties of an `AWS::SNS::TopicPolicy`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.topic import GET_TOPIC_ATTRIBUTES
from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.policy_faults import find_policy_faults
from trailbell.diff.judgment.publishers import allowed_services, names_of
from trailbell.diff.judgment.read_back import Described, Finding, Read, parse_json
from trailbell.diff.judgment.required_access import SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list
from trailbell.diff.judgment.service_access import find_lost_access

TYPE = "AWS::SNS::TopicPolicy"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    services = names_of(allowed_services(diff.before.get("PolicyDocument")) or ("cloudwatch",))
    if diff.removed:
        yield f"This topic policy is deleted: {services} can no longer publish."
        return
    for topic in diff.lost("Topics"):
        yield (
            f"The policy no longer applies to topic {describe(topic)}: {services} can no longer "
            "publish to it."
        )
    for access in SERVICE_ACCESS[TYPE]:
        yield from find_lost_access(
            diff.before.get("PolicyDocument"), diff.after.get("PolicyDocument"), access
        )


# What AWS describes

READS = (GET_TOPIC_ATTRIBUTES,)


def list_reads(described: Described) -> Iterator[Read]:
    """The topics that have this policy."""
    for topic in _topics(described):
        yield GET_TOPIC_ATTRIBUTES(TopicArn=topic)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what the policy of the template allows and that of the topic does not."""
    wanted = described.property("PolicyDocument")
    for topic in _topics(described):
        answer = described.answer(GET_TOPIC_ATTRIBUTES(TopicArn=topic))
        if answer is not None:
            policy = parse_json(answer.get("Attributes", {}).get("Policy"))
            yield from find_policy_faults("topic policy", wanted, policy, described)


def _topics(described: Described) -> list[str]:
    topics = as_list(described.property("Topics"))
    return [topic for topic in topics if isinstance(topic, str)]
