"""
Which services send to a topic or queue, so that a report says what stops.

In:    the policies of a topic or queue, of a template or as deployed.
Out:   the first parts of the principals of these services; their names in a sentence.
Never: an evaluation of conditions.
"""

from collections.abc import Iterable, Mapping

from trailbell.diff.judgment.evaluated_template import EvaluatedTemplate
from trailbell.diff.judgment.resource_diff import as_list
from trailbell.template.policy import parse_statements

_SERVICES: Mapping[str, tuple[str, str]] = {
    "cloudwatch": ("CloudWatch", "alarms"),
    "events": ("EventBridge", "rules"),
    "sns": ("SNS", "topics"),
}
"""By the first part of its principal, the name of a service, and the resources that send."""


def allowed_services(documents: object) -> tuple[str, ...]:
    """The services that policy documents name in their Allow statements."""
    principals = {
        principal
        for statement in parse_statements(documents)
        if statement.effect == "Allow"
        for principal in statement.principals
    }
    return tuple(
        service
        for service in _SERVICES
        if any(principal.startswith(f"Service:{service}.") for principal in principals)
    )


def publishers(
    template: EvaluatedTemplate, policy_type: str, name: str, logical_id: str
) -> tuple[str, ...]:
    """The services that may send to a topic or queue, which policies name in the list ``name``."""
    return allowed_services(
        [
            properties.get("PolicyDocument")
            for _, properties in template.of_type(policy_type)
            if f"${{{logical_id}}}" in as_list(properties.get(name))
        ]
    )


def names_of(services: Iterable[str]) -> str:
    """The services in a sentence: ``CloudWatch and EventBridge``."""
    return " and ".join(_SERVICES[service][0] for service in services)


def senders_of(services: Iterable[str]) -> str:
    """What sends by these services, in a sentence: ``alarms and rules``."""
    return " and ".join(_SERVICES[service][1] for service in services)
