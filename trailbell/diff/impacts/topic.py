"""
What a change means for a topic: whether alarms and rules can publish, and who receives it.

In:    the old and the new properties of an `AWS::SNS::Topic`.
Out:   a sentence for each way in which events are no longer detected.
Never: a sentence about a change without interruption.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.diff.judgment.evaluated_template import describe
from trailbell.diff.judgment.key_use import find_unusable_key
from trailbell.diff.judgment.policy_faults import describe_refusals, request_context
from trailbell.diff.judgment.publishers import (
    allowed_services,
    names_of,
    publishers,
    senders_of,
)
from trailbell.diff.judgment.read_back import (
    Described,
    Finding,
    FindingKind,
    Operation,
    Read,
    compare_keys,
    parse_json,
)
from trailbell.diff.judgment.resource_diff import ResourceDiff, as_list
from trailbell.template.policy_evaluation import PolicyRequest, list_statements

TYPE = "AWS::SNS::Topic"

_DEFAULT = ("cloudwatch",)
"""The service that publishes to a topic without a policy: the default policy allows CloudWatch."""


def find_gaps(diff: ResourceDiff) -> Iterator[str]:
    """Find the ways in which this change stops the detection of events."""
    logical_id = diff.change.logical_id
    services = publishers(diff.old, "AWS::SNS::TopicPolicy", "Topics", logical_id) or _DEFAULT
    if diff.removed:
        yield f"This topic is deleted: {senders_of(services)} that publish to it notify no one."
        return
    if diff.replaced:
        yield f"This topic {diff.replaced}: email subscriptions must be confirmed again."
    for service in services:
        yield from find_unusable_key(diff, "KmsMasterKeyId", service)
    for entry in diff.lost("Subscription"):
        yield f"The subscription {describe(entry)} is removed."
    if diff.changed("DataProtectionPolicy") and diff.after.get("DataProtectionPolicy"):
        yield "The data protection policy can mask or reject notifications."


# What AWS describes

GET_TOPIC_ATTRIBUTES = Operation(service="sns", name="GetTopicAttributes")
LIST_SUBSCRIPTIONS = Operation(
    service="sns", name="ListSubscriptionsByTopic", items="Subscriptions"
)
READS = (GET_TOPIC_ATTRIBUTES, LIST_SUBSCRIPTIONS)

PENDING = "PendingConfirmation"
_AWS_MANAGED_KEY = "alias/aws/sns"


def list_reads(described: Described) -> Iterator[Read]:
    """The topic and its subscriptions."""
    yield GET_TOPIC_ATTRIBUTES(TopicArn=described.physical_id)
    yield LIST_SUBSCRIPTIONS(TopicArn=described.physical_id)


def find_faults(described: Described) -> Iterator[Finding]:
    """Find what keeps alarms and rules from publishing, and notifications from arriving."""
    answer = described.answer(GET_TOPIC_ATTRIBUTES(TopicArn=described.physical_id))
    if answer is not None:
        yield from _key_faults(described, answer.get("Attributes", {}))
        yield from _policy_faults(described, answer.get("Attributes", {}))
    if described.answer(LIST_SUBSCRIPTIONS(TopicArn=described.physical_id)) is not None:
        yield from _subscription_findings(described)


def _key_faults(described: Described, attributes: Mapping[str, str]) -> Iterator[Finding]:
    """Services cannot use the key that AWS manages: its policy cannot be changed.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
    """
    key = attributes.get("KmsMasterKeyId") or None
    wanted = described.property("KmsMasterKeyId")
    if key is not None and key.endswith(_AWS_MANAGED_KEY) and wanted != key:
        services = names_of(_services(described))
        yield Finding(f"It is encrypted with {_AWS_MANAGED_KEY}: {services} cannot publish to it.")
    else:
        yield from compare_keys("KmsMasterKeyId", wanted, key)


def _policy_faults(described: Described, attributes: Mapping[str, str]) -> Iterator[Finding]:
    """Find a topic to which services cannot publish, unless its policy is in the template."""
    if _policies(described):
        return
    live = list_statements(parse_json(attributes.get("Policy")))
    requests = [_publish_request(service, described) for service in _services(described)]
    yield from describe_refusals("The topic policy", requests, live)


def _policies(described: Described) -> list[Any]:
    """The documents of the policies of the stack for this topic."""
    return [
        policy.properties.get("PolicyDocument")
        for policy in described.stack.of_type("AWS::SNS::TopicPolicy")
        if described.physical_id in as_list(policy.properties.get("Topics"))
    ]


def _services(described: Described) -> tuple[str, ...]:
    """The services that publish to this topic, as far as the stack says."""
    has_rules = any(
        isinstance(target, Mapping) and target.get("Arn") == described.physical_id
        for rule in described.stack.of_type("AWS::Events::Rule")
        for target in as_list(rule.properties.get("Targets"))
    )
    return allowed_services(_policies(described)) or (("events",) if has_rules else _DEFAULT)


def _publish_request(service: str, described: Described) -> PolicyRequest:
    """A request to publish. EventBridge sends no condition keys with its requests to topics.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
    """
    topic = described.physical_id
    context: dict[str, str | None] = {**request_context(described)}
    if service == "events":
        context |= dict.fromkeys(("aws:sourceaccount", "aws:sourceowner", "aws:sourcearn"))
    else:
        account, region = described.stack.account, described.stack.region
        partition = topic.split(":")[1]
        context["aws:sourcearn"] = f"arn:{partition}:{service}:{region}:{account}:alarm:"
    return PolicyRequest(
        principal=f"Service:{service}.amazonaws.com",
        action="sns:Publish",
        resource=topic,
        context=context,
    )


def _subscription_findings(described: Described) -> Iterator[Finding]:
    """Findings about subscriptions that are not in the template: `subscription` has the others."""
    entries = described.items(LIST_SUBSCRIPTIONS(TopicArn=described.physical_id))
    declared = {
        (properties.get("Protocol"), properties.get("Endpoint"))
        for resource in described.stack.of_type("AWS::SNS::Subscription")
        for properties in (resource.properties,)
        if properties.get("TopicArn") == described.physical_id
    } | {
        (entry.get("Protocol"), entry.get("Endpoint"))
        for entry in as_list(described.property("Subscription"))
        if isinstance(entry, Mapping)
    }
    if not entries and not declared:
        yield Finding(
            f"The topic has no subscriptions: its {senders_of(_services(described))} notify no "
            "one. No parameter names an endpoint for it.",
            FindingKind.REMARK,
        )
    for entry in entries:
        address = (entry.get("Protocol"), entry.get("Endpoint"))
        if entry.get("SubscriptionArn") == PENDING and address not in declared:
            yield to_confirm(str(entry.get("Endpoint")))


def to_confirm(endpoint: str) -> Finding:
    return Finding(
        f"The subscription of {endpoint} is pending confirmation: open the link in the message "
        "that SNS sent. Until then, it receives no notifications.",
        FindingKind.TO_DO,
    )
