"""
Whether EventBridge may send events to a topic or queue of a template.

In:    the statements of the policies that apply to it, and what EventBridge has to be allowed.
Out:   an `Access` that says whether they allow it, and whether only a condition prevents it.
Never: a guess: a statement with an intrinsic function where it matters may allow it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from trailbell.template.intrinsics import entries, is_intrinsic, referenced_id
from trailbell.template.policy import may_allow, statements
from trailbell.template.resources import resources_of_type
from trailbell.validate.rule_targets import EVENTBRIDGE

Statements = list[dict[str, Any]]


class Access(Enum):
    """Whether EventBridge has access."""

    ALLOWED = auto()
    """Some statement allows it, or may do so."""
    NOT_ALLOWED = auto()
    ONLY_WITH_CONDITION = auto()
    """Some statement allows it, but with a condition that does not hold for EventBridge."""


@dataclass(frozen=True)
class PolicyTypes:
    """Where the policy of a resource type is. Each type has the property that names resources."""

    resource_type: str
    policies: Mapping[str, str]


TOPIC = PolicyTypes(
    "AWS::SNS::Topic",
    {"AWS::SNS::TopicPolicy": "Topics", "AWS::SNS::TopicInlinePolicy": "TopicArn"},
)
QUEUE = PolicyTypes(
    "AWS::SQS::Queue",
    {"AWS::SQS::QueuePolicy": "Queues", "AWS::SQS::QueueInlinePolicy": "Queue"},
)


def policies_of(document: Any, types: PolicyTypes, logical_id: str) -> Statements | None:
    """The statements of all policies of a resource; None if they are not known.

    They are not known if some policy may apply to any resource, if a macro may add a policy, or if
    there is none here but other templates can import the resource and have one.
    """
    found_any = False
    collected: Statements = []
    for resource_type, name in types.policies.items():
        for _, properties in resources_of_type(document, resource_type):
            applies = {referenced_id(value) for value, _ in entries(properties.get(name))}
            if None in applies or is_intrinsic(properties.get("PolicyDocument")):
                return None
            if logical_id in applies:
                found_any = True
                collected += [s for s, _ in statements(properties.get("PolicyDocument"))]
    is_elsewhere = "Transform" in document or logical_id in _exported(document)
    return None if not found_any and is_elsewhere else collected


def has_policy(document: Any, types: PolicyTypes, logical_id: str) -> bool:
    """Whether a policy of the template is for this resource."""
    return any(
        referenced_id(value) == logical_id
        for resource_type, name in types.policies.items()
        for _, properties in resources_of_type(document, resource_type)
        for value, _ in entries(properties.get(name))
    )


def _exported(document: Any) -> set[str | None]:
    outputs = document.get("Outputs")
    values = outputs.values() if isinstance(outputs, dict) else ()
    return {referenced_id(output.get("Value")) for output in values if isinstance(output, dict)}


def access(
    document: Iterable[dict[str, Any]], action: str, unsupported: frozenset[str] | None
) -> Access:
    """Whether these statements allow EventBridge an action.

    ``unsupported`` are the condition keys that EventBridge does not send, in lower case. None
    means that no condition is supported at all.
    """
    result = Access.NOT_ALLOWED
    for statement in document:
        if not may_allow(statement, action, EVENTBRIDGE):
            continue
        if not any(_unmet(statement.get("Condition"), unsupported)):
            return Access.ALLOWED
        result = Access.ONLY_WITH_CONDITION
    return result


def _unmet(condition: Any, unsupported: frozenset[str] | None) -> Iterator[str]:
    """The condition keys that do not hold for EventBridge. A function may leave them out.

    An operator that ends with IfExists holds for a request without the key.
    """
    if is_intrinsic(condition):
        return
    for operator, keys in condition.items() if isinstance(condition, dict) else ():
        holds_without_key = str(operator).endswith("IfExists")
        for key in keys if isinstance(keys, dict) and not is_intrinsic(keys) else ():
            is_unsupported = unsupported is None or str(key).lower() in unsupported
            if is_unsupported and not (holds_without_key and unsupported is not None):
                yield str(key)
