"""
The policies of an event bus that receives the events of an organization, and of its senders.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
"""

from typing import Any

from awacs import events
from awacs.aws import (
    Allow,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)
from awacs.sts import AssumeRole


def organization_bus_statement(*, bus_arn: Any, organization_id: Any) -> Statement:
    """Allow every account of an organization to send events to a bus.

    EventBridge accepts events with a source of AWS (``aws.iam``) from no caller: only it sends
    them on. So what rules on this bus match comes from CloudTrail.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-example-policy-cross-account-custom-bus-source.html
    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
    """
    return Statement(
        Sid="AllowOrganization",
        Effect=Allow,
        Principal=Principal("*"),
        Action=[events.PutEvents],
        Resource=[bus_arn],
        Condition=Condition([StringEquals("aws:PrincipalOrgID", organization_id)]),
    )


def send_role_trust() -> PolicyDocument:
    """Trust EventBridge.

    Only a rule of the same account can use the role, because nothing passes a role of another. So
    there is no condition that could stop the events, although AWS shows one for roles of rules.
    https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Effect=Allow,
                Principal=Principal("Service", "events.amazonaws.com"),
                Action=[AssumeRole],
            )
        ],
    )


def send_role_policy(*, bus_arn: Any) -> PolicyDocument:
    """Allow sending events to one bus."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(Sid="SendEvents", Effect=Allow, Action=[events.PutEvents], Resource=[bus_arn])
        ],
    )
