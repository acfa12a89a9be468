"""
The names that CloudTrail gives to the events of an AWS service.

In:    an ``eventSource`` such as ``iam.amazonaws.com``.
Out:   every ``eventName`` it can have, or `None` if that is not known for certain.
Never: our own list of APIs, or network access. The names of API operations are read from the
       service models in botocore. This module only lists which models belong to an event source,
       and where CloudTrail uses other names.

A model is read on first use of its service.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase

from trailbell.cloudtrail.service_models import load_model, model_names

_MIN_SIMILARITY = 0.9

Operations = Mapping[str, Mapping[str, object]]
"""The part of a service model that describes its operations, by name."""


def _operation_names(operations: Operations) -> Iterator[str]:
    yield from operations


def _versioned_names(operations: Operations) -> Iterator[str]:
    """
    Yield the names of operations, also with the version of their API.

    For ``CreateFunction`` of ``/2015-03-31/functions``, CloudTrail may record
    ``CreateFunction20150331``, ``CreateFunction20150331v2`` or ``CreateFunction2015_03_31``.

    https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
    """
    for name, operation in operations.items():
        yield name
        match operation.get("http"):
            case {"requestUri": str(uri)} if version := re.match(r"/(\d{4})-(\d\d)-(\d\d)/", uri):
                yield name + "".join(version.groups())
                yield name + "".join(version.groups()) + "v2"
                yield name + "_".join(version.groups())
            case _:
                pass


def _s3_names(operations: Operations) -> Iterator[str]:
    """
    Yield the names that events of S3 have: older names of operations, or names of permissions.

    Examples: ``PutBucketPublicAccessBlock`` and ``PutAccountPublicAccessBlock`` for two operations
    with the name ``PutPublicAccessBlock``; ``PutBucketLifecycle``; ``PutAccelerateConfiguration``.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
    """
    for name in operations:
        verb = name[: len(name) - len(name[1:].lstrip(ascii_lowercase))]
        noun = name.removeprefix(verb)
        yield from (name, name.removesuffix("Configuration"))
        yield from (f"{verb}Bucket{noun}", f"{verb}Account{noun}")
        yield verb + noun.removeprefix("Bucket")


@dataclass(frozen=True, slots=True)
class _EventSource:
    """
    An event source of which all events are known.

    ``models``: the names of its models in botocore. ``other_events``: the events that are not API
    calls, of the type AwsServiceEvent. ``console_calls``: calls that no SDK has.
    ``to_event_names``: converts operations to the names in CloudTrail.
    """

    models: tuple[str, ...]
    other_events: tuple[str, ...] = ()
    console_calls: tuple[str, ...] = ()
    to_event_names: Callable[[Operations], Iterable[str]] = _operation_names


# Services whose events are all documented. Services that record events that no page lists
# (sign-in, agents of Systems Manager, calls that only consoles make) are omitted: their names are
# not checked. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-aws-service-specific-topics.html
_SOURCES: Mapping[str, _EventSource] = {
    "access-analyzer": _EventSource(("accessanalyzer",)),
    "acm": _EventSource(("acm",)),
    "autoscaling": _EventSource(("autoscaling",)),
    "cloudformation": _EventSource(("cloudformation",)),
    "cloudfront": _EventSource(("cloudfront",), to_event_names=_versioned_names),
    "cloudtrail": _EventSource(("cloudtrail",)),
    "config": _EventSource(("config",)),
    "ec2": _EventSource(
        ("ec2",),
        # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
        # https://docs.aws.amazon.com/ebs/latest/userguide/view_snapshot_sharing_events.html
        ("BidEvictedEvent", "SharedSnapshotVolumeCreated", "SharedSnapshotCopyInitiated"),
    ),
    "elasticloadbalancing": _EventSource(("elb", "elbv2")),
    "events": _EventSource(("events",)),
    "guardduty": _EventSource(("guardduty",)),
    "iam": _EventSource(
        ("iam",),
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
        console_calls=(
            *("DeleteCloudFrontPublicKey", "GetCloudFrontPublicKey", "ListCloudFrontPublicKeys"),
            *("UpdateCloudFrontPublicKey", "UploadCloudFrontPublicKey"),
            *("GetAccountEmailAddress", "GetAccountName"),
            *("UpdateAccountEmailAddress", "UpdateAccountName"),
            *("ListSTSRegionalEndpointsStatus", "SetSTSRegionalEndpointStatus"),
        ),
    ),
    "kms": _EventSource(
        ("kms",),
        # https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
        ("DeleteExpiredKeyMaterial", "DeleteKey", "RotateKey", "SynchronizeMultiRegionKey"),
    ),
    "lambda": _EventSource(("lambda",), to_event_names=_versioned_names),
    "logs": _EventSource(("logs",)),
    "macie2": _EventSource(("macie2",)),
    "monitoring": _EventSource(("cloudwatch",)),
    "organizations": _EventSource(
        ("organizations",),
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html
        (
            "CreateAccountResult",
            "CloseAccountResult",
            "AccountJoinedOrganization",
            "AccountDepartedOrganization",
        ),
    ),
    "ram": _EventSource(("ram",)),
    "route53": _EventSource(("route53",)),
    "s3": _EventSource(("s3", "s3control"), to_event_names=_s3_names),
    "secretsmanager": _EventSource(
        ("secretsmanager",),
        # https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
        (
            *("StartSecretVersionDelete", "CancelSecretVersionDelete", "EndSecretVersionDelete"),
            *("ReplicationStarted", "ReplicationSucceeded", "ReplicationFailed"),
            *("RotationStarted", "RotationSucceeded", "RotationFailed", "RotationAbandoned"),
            *("TestRotationStarted", "TestRotationSucceeded", "TestRotationFailed"),
        ),
    ),
    "securityhub": _EventSource(("securityhub",)),
    "sns": _EventSource(("sns",)),
    "sqs": _EventSource(("sqs",)),
    "sts": _EventSource(("sts",)),
    "wafv2": _EventSource(("wafv2",)),
}


# Other event sources that have a different name than their models.
_MODELS: Mapping[str, tuple[str, ...]] = {
    "aoss": ("opensearchserverless",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "aps": ("amp",),
    "bedrock": ("bedrock", "bedrock-agent"),
    "bedrock-agentcore": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "cloudhsm": ("cloudhsm", "cloudhsmv2"),
    "elasticfilesystem": ("efs",),
    "elasticmapreduce": ("emr",),
    "es": ("es", "opensearch"),
    "notifications-contacts": ("notificationscontacts",),
    "servicequotas": ("service-quotas",),
    "ses": ("ses", "sesv2"),
    "states": ("stepfunctions",),
    "sso": ("sso-admin",),
    "tagging": ("resourcegroupstaggingapi",),
}


class BotocoreEventNames:
    """`trailbell.pattern.lint.Services`, implemented with the service models in botocore."""

    def event_names(self, source: str) -> frozenset[str] | None:
        service, dot, domain = source.partition(".")
        return _event_names(service) if dot + domain == ".amazonaws.com" else None

    def service_events(self, source: str) -> frozenset[str]:
        service, _, domain = source.partition(".")
        known = _SOURCES.get(service) if domain == "amazonaws.com" else None
        return frozenset(known.other_events if known else ())

    def may_have(self, source: str, name: str) -> bool:
        """Whether a source can have an event of this name, which a pattern names for any source.

        Of a source whose events are not all known, the operations of its models are; of one without
        models, all names that are no operation of a service that is known.
        """
        known = self.event_names(source)
        if known is not None:
            return name in known
        if models := models_of(source):
            return any(name in _names_of_model(model) for model in models)
        return not self.sources_of(name)

    def meant(self, source: str) -> str:
        """The known event source most similar to an unknown one; empty if known or unlike any."""
        service, _, domain = source.partition(".")
        if domain == "amazonaws.com" and service not in {*_SOURCES, *model_names()}:
            near = difflib.get_close_matches(service, _SOURCES, n=1, cutoff=0.85)
            return f"{near[0]}.amazonaws.com" if near else ""
        return ""

    def sources_of(self, name: str) -> tuple[str, ...]:
        """The event sources that have an event of this name. Reads their models."""
        return tuple(f"{source}.amazonaws.com" for source in _SOURCES if name in _names_of(source))

    def is_event_name(self, name: str) -> bool:
        """Whether a source whose events are all known has this one. Reads models until one does."""
        return any(name in _names_of(source) for source in _SOURCES)

    def meant_event_name(self, name: str) -> str:
        """The event name that was meant by one that no service has; empty if it is like none."""
        if self.is_event_name(name):
            return ""
        known = {each for source in _SOURCES for each in _names_of(source)}
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=_MIN_SIMILARITY)
        return near[0] if near and not self.is_an_operation(name) else ""

    def is_an_operation(self, name: str) -> bool:
        """Whether any service has an operation of this name. Reads all models, in 3 seconds."""
        return name in _all_operations()


def service_names() -> frozenset[str]:
    """The names of all services: the first parts of their event sources."""
    return model_names() | {*_SOURCES, *_MODELS}


def is_service(name: str) -> bool:
    """Whether botocore or this module has a service of this name: ``ec2``."""
    return name in service_names()


def models_of(source: str) -> tuple[str, ...]:
    """The names of the service models of an event source; none if there is none of its name."""
    service, _, domain = source.partition(".")
    if domain != "amazonaws.com":
        return ()
    if service in _SOURCES:
        return _SOURCES[service].models
    return _MODELS.get(service) or ((service,) if service in model_names() else ())


def names_of_operation(source: str, operation: str, model: Mapping[str, object]) -> frozenset[str]:
    """The names that events of an operation can have; ``model`` is its part of the model."""
    known = _SOURCES.get(source.partition(".")[0])
    to_event_names = known.to_event_names if known else _versioned_names
    return frozenset(to_event_names({operation: model}))


def _event_names(service: str) -> frozenset[str] | None:
    return _names_of(service) if service in _SOURCES else None


@cache
def _names_of(service: str) -> frozenset[str]:
    source = _SOURCES[service]
    names = {*source.other_events, *source.console_calls}
    for model in source.models:
        names.update(source.to_event_names(_load_operations(model)))
    return frozenset(names)


@cache
def _all_operations() -> frozenset[str]:
    return frozenset(name for model in model_names() for name in _load_operations(model))


@cache
def _names_of_model(model: str) -> frozenset[str]:
    return frozenset(_load_operations(model))


def _load_operations(model: str) -> Operations:
    operations: Operations = load_model(model)["operations"]
    return operations
