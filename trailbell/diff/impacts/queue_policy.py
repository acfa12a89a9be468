"""
What a change means for a queue policy: which services may send messages to a queue.

In:    the old and the new properties of an `AWS::SQS::QueuePolicy`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator

from trailbell.diff.impacts.queue import GET_QUEUE_ATTRIBUTES, read_attributes
from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.policy_faults import find_policy_faults
from trailbell.diff.judgment.read_back import Described, Finding, Read, parse_json
from trailbell.diff.judgment.required_access import SERVICE_ACCESS
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list
from trailbell.diff.judgment.service_access import find_lost_access

TYPE = "AWS::SQS::QueuePolicy"


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    if diff.removed:
        yield "This queue policy is deleted: services can no longer send messages to the queue."
        return
    for queue in diff.lost("Queues"):
        yield (
            f"The policy no longer applies to queue {describe(queue)}: services can no longer send "
            "messages to it."
        )
    for access in SERVICE_ACCESS[TYPE]:
        yield from find_lost_access(
            diff.before.get("PolicyDocument"), diff.after.get("PolicyDocument"), access
        )


# What AWS describes

READS = (GET_QUEUE_ATTRIBUTES,)


def list_reads(described: Described) -> Iterator[Read]:
    """The queues that have this policy."""
    for queue in _queues(described):
        yield read_attributes(queue)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what the policy of the template allows and that of the queue does not."""
    wanted = described.property("PolicyDocument")
    for queue in _queues(described):
        answer = described.answer(read_attributes(queue))
        if answer is not None:
            policy = parse_json(answer.get("Attributes", {}).get("Policy"))
            yield from find_policy_faults("queue policy", wanted, policy, described)


def _queues(described: Described) -> list[str]:
    queues = as_list(described.property("Queues"))
    return [queue for queue in queues if isinstance(queue, str)]
