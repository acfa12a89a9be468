"""
Facts about the events that CloudTrail sends to EventBridge.

In:    an alternative of a pattern.
Out:   whether it is about such events, and which services, names and types it requires.
Never: an issue.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

from collections.abc import Iterable

from trailbell.event_pattern.alternatives import Alternative, Leaf, Names
from trailbell.event_pattern.issue import UNKNOWN
from trailbell.pattern import record_schema
from trailbell.pattern.ast import Member, Selector
from trailbell.pattern.lint import Services
from trailbell.pattern.record_schema import normalized

API_CALL = "AWS API Call via CloudTrail"
SIGN_IN = ("AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail")
"""AWS documents the second; the first is common in published rules."""

SERVICE_EVENT = "AWS Service Event via CloudTrail"

DETAIL_TYPES = (
    API_CALL,
    *SIGN_IN,
    "AWS Console Action via CloudTrail",
    SERVICE_EVENT,
    "AWS Insight via CloudTrail",
)

# Fields that are objects. ``exists`` of EventBridge does not recognize objects.
OBJECT_FIELDS = frozenset(
    {
        ("detail", *path.split("."))
        for path in (
            *("userIdentity", "userIdentity.sessionContext"),
            *(
                "userIdentity.sessionContext.attributes",
                "userIdentity.sessionContext.sessionIssuer",
            ),
            *("requestParameters", "responseElements", "additionalEventData", "tlsDetails"),
        )
    }
)

# Fields that many records do not have, whatever the API call.
OPTIONAL_FIELDS = (
    *(("detail", name) for name in ("errorCode", "errorMessage", "additionalEventData")),
    *(("detail", name) for name in ("userAgent", "vpcEndpointId", "sharedEventID")),
    ("detail", "userIdentity"),
)

# Services whose ``source`` and ``eventSource`` are both in AWS's reference.
# https://docs.aws.amazon.com/eventbridge/latest/ref/welcome.html
SERVICES_WITH_KNOWN_SOURCE = frozenset(
    (
        *("access-analyzer", "acm", "autoscaling", "cloudformation", "cloudtrail", "config", "ec2"),
        *("elasticloadbalancing", "events", "guardduty", "iam", "kms", "lambda", "logs", "macie2"),
        *("organizations", "ram", "rds", "route53", "s3", "secretsmanager", "securityhub"),
        *("signin", "sns", "sqs", "ssm", "sts", "wafv2"),
    )
)

_AMAZON = ".amazonaws.com"
_AWS = "aws."


def event_path(selector: Selector) -> Names:
    """The field of an event for a field of a record."""
    return ("detail", *(step.name for step in selector.steps if isinstance(step, Member)))


def event_paths(selectors: Iterable[Selector]) -> frozenset[Names]:
    return frozenset(map(event_path, selectors))


EVENT_NAME = event_path(record_schema.EVENT_NAME)
EVENT_SOURCE = event_path(record_schema.EVENT_SOURCE)
DETAIL_TYPE = ("detail-type",)
SOURCE = ("source",)


def exact_values(alternative: Alternative, names: Names) -> list[str] | None:
    """The texts that a field must be equal to; None if other values are allowed."""
    leaf = alternative.get(names)
    if leaf is None or not all(isinstance(value, str) for value in leaf.values):
        return None
    return list(leaf.values)


def event_sources(alternative: Alternative) -> list[str] | None:
    """Each allowed ``eventSource``, from ``eventSource`` itself or from ``source``."""
    values = exact_values(alternative, EVENT_SOURCE)
    if values is not None or EVENT_SOURCE in alternative:
        return values
    sources = exact_values(alternative, SOURCE)
    if sources is None or not all(source.startswith(_AWS) for source in sources):
        return None
    return [source.removeprefix(_AWS) + _AMAZON for source in sources]


def service_name(event_source: str) -> str:
    return event_source.removesuffix(_AMAZON)


def is_aws_source(alternative: Alternative) -> bool:
    """Whether ``source`` is missing or allows events of AWS services."""
    sources = exact_values(alternative, SOURCE)
    return sources is None or any(
        source.startswith(_AWS) and not source.startswith("aws.partner/") for source in sources
    )


def is_cloudtrail_event(alternative: Alternative) -> bool:
    """Whether all matching events are certain to come from CloudTrail."""
    leaf = alternative.get(DETAIL_TYPE)
    if leaf is None or not is_aws_source(alternative):
        return leaf is None and is_aws_source(alternative) and names_aws_event_source(alternative)
    if UNKNOWN in leaf.values:
        return False
    values = [value if isinstance(value, str) else _affix(value) for value in leaf.values]
    return all(normalized(text).endswith(normalized(" via CloudTrail")) for text in values)


def _affix(matcher: object) -> str:
    match matcher:
        case {"suffix": str(text)} | {"wildcard": str(text)} | {"equals-ignore-case": str(text)}:
            return text
        case _:
            return ""


def names_aws_event_source(alternative: Alternative) -> bool:
    """Whether ``eventSource`` allows an AWS service."""
    values = exact_values(alternative, EVENT_SOURCE) or []
    return any(text.endswith(_AMAZON) for text in values)


def names_only_service_events(alternative: Alternative, services: Services | None) -> bool:
    """Whether every ``eventName`` is an event of the services in the pattern."""
    names = exact_values(alternative, EVENT_NAME)
    known = event_names(alternative, services)
    return bool(names) and known is not None and known.issuperset(names or ())


def event_names(alternative: Alternative, services: Services | None) -> frozenset[str] | None:
    """Every ``eventName`` of the services in the pattern; None if that is not known."""
    sources = event_sources(alternative)
    if services is None or not sources:
        return None
    known: set[str] = set()
    for source in sources:
        names = services.event_names(source)
        if names is None:
            return None
        known |= names
    return frozenset(known)


def condition_on(alternative: Alternative, names: Names) -> Leaf | None:
    """The leaf of a field, unless one of its values is unknown."""
    leaf = alternative.get(names)
    return None if leaf is None or UNKNOWN in leaf.values else leaf
