"""
Whether CloudWatch may publish to a topic of a template.

In:    a statement of the topic's policy, the logical ID of the topic.
Out:   whether it allows CloudWatch to publish to this topic, as far as the template says.
Never: a guess: the value of an intrinsic function may allow it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

import re
from collections.abc import Iterator
from typing import Any

from trailbell.template.intrinsics import SUB_VARIABLE, entries, is_intrinsic, referenced_id
from trailbell.template.policy import allows, principal_includes

CLOUDWATCH = "cloudwatch.amazonaws.com"
_ARN_FIELDS = 6
_SERVICE = 2
_SOURCE_ARN = "aws:sourcearn"
_COMPARES = re.compile(
    r"(?:ForAnyValue:)?(?:Arn|String)(?:Like|Equals)(?:IgnoreCase)?(?:IfExists)?"
)


def may_publish(statement: dict[str, Any], topic: str) -> bool:
    """Whether a statement allows CloudWatch to publish to a topic, or may do so."""
    if statement.get("Effect") != "Allow":
        return False
    if "NotAction" in statement or "NotPrincipal" in statement:
        return True
    is_for_cloudwatch = principal_includes(statement.get("Principal"), CLOUDWATCH)
    may_be_action = allows(statement, "sns:Publish") or any(
        is_intrinsic(action) for action, _ in entries(statement.get("Action"))
    )
    return (
        is_for_cloudwatch
        and may_be_action
        and _may_be_about(statement, topic)
        and not any(_excluded_sources(statement.get("Condition")))
    )


def _may_be_about(statement: dict[str, Any], topic: str) -> bool:
    """Whether a resource of the statement may be the topic. A topic policy needs none."""
    resources = [resource for resource, _ in entries(statement.get("Resource", "*"))]
    return any(_may_be_topic(resource, topic) for resource in resources)


def _may_be_topic(resource: Any, topic: str) -> bool:
    if referenced_id(resource) is not None:
        name = referenced_id(resource)
        return name == topic or (isinstance(resource, dict) and "Fn::Sub" in resource)
    if isinstance(resource, str):
        arn = resource.split(":", _ARN_FIELDS - 1)
        return "*" in resource or "?" in resource or (arn[0] == "arn" and arn[_SERVICE] == "sns")
    return True


def _excluded_sources(condition: Any) -> Iterator[str]:
    """The values of aws:SourceArn of which none can be an alarm."""
    if not isinstance(condition, dict) or is_intrinsic(condition):
        return
    for operator, keys in condition.items():
        if not _COMPARES.fullmatch(str(operator)) or not isinstance(keys, dict):
            continue
        for key, values in keys.items():
            arns = [value for value, _ in entries(values)]
            if str(key).lower() == _SOURCE_ARN and not any(map(_may_be_alarm, arns)):
                yield from map(str, arns)


def _may_be_alarm(arn: Any) -> bool:
    """Whether a pattern of ARNs may match that of an alarm."""
    match arn:
        case str(text) | {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), *_]}:
            parts = SUB_VARIABLE.sub("*", text).split(":", _ARN_FIELDS - 1)
        case _:
            return True
    if len(parts) <= _SERVICE:
        return "*" in parts[-1]
    service = parts[_SERVICE]
    return re.fullmatch(re.escape(service).replace(r"\*", ".*"), "cloudwatch") is not None
