"""
What CloudTrail calls the events of an AWS service.

In:    an ``eventSource`` such as ``iam.amazonaws.com``.
Out:   every ``eventName`` it can have, or `None` where that is not known for certain.
Never: a list of APIs of our own, or the network. Names of APIs are read from the service models
       that botocore brings; what is written here is only which models belong to an event source,
       and where CloudTrail calls something otherwise.

A model is read when its service is first asked for, which takes about 5 ms, and 60 ms for ec2.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase

import botocore.loaders

Operations = Mapping[str, Mapping[str, object]]
"""The part of a service model that describes its operations, by name."""


def _as_called(operations: Operations) -> Iterator[str]:
    yield from operations


def _with_version(operations: Operations) -> Iterator[str]:
    """
    ``CreateFunction`` of ``/2015-03-31/functions`` may be called ``CreateFunction20150331``,
    ``CreateFunction20150331v2`` or ``CreateFunction2015_03_31``.

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


def _as_s3_calls(operations: Operations) -> Iterator[str]:
    """
    S3's events are called after older names of its API or after its permissions:
    ``PutBucketPublicAccessBlock`` and ``PutAccountPublicAccessBlock`` for two operations called
    ``PutPublicAccessBlock``, ``PutBucketLifecycle`` and ``PutAccelerateConfiguration``.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
    """
    for name in operations:
        verb = name[: len(name) - len(name[1:].lstrip(ascii_lowercase))]
        noun = name.removeprefix(verb)
        yield from (name, name.removesuffix("Configuration"))
        yield from (f"{verb}Bucket{noun}", f"{verb}Account{noun}")
        yield verb + noun.removeprefix("Bucket")


@dataclass(frozen=True, slots=True)
class _Source:
    """
    An event source all of whose events are known.

    Its models by botocore's names, the events that are no calls of the API, and how CloudTrail
    makes names of operations.
    """

    models: tuple[str, ...]
    others: tuple[str, ...] = ()
    names: Callable[[Operations], Iterable[str]] = _as_called


# Services whose events are all documented. Others, of which some write events that no page lists
# (sign-in, Systems Manager's agents, consoles' own calls), are left out: about them nothing is
# claimed. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-aws-service-specific-topics.html
_SOURCES: Mapping[str, _Source] = {
    "access-analyzer": _Source(("accessanalyzer",)),
    "acm": _Source(("acm",)),
    "autoscaling": _Source(("autoscaling",)),
    "cloudformation": _Source(("cloudformation",)),
    "cloudfront": _Source(("cloudfront",), names=_with_version),
    "cloudtrail": _Source(("cloudtrail",)),
    "config": _Source(("config",)),
    "ec2": _Source(
        ("ec2",),
        # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
        # https://docs.aws.amazon.com/ebs/latest/userguide/view_snapshot_sharing_events.html
        ("BidEvictedEvent", "SharedSnapshotVolumeCreated", "SharedSnapshotCopyInitiated"),
    ),
    "elasticloadbalancing": _Source(("elb", "elbv2")),
    "events": _Source(("events",)),
    "guardduty": _Source(("guardduty",)),
    "iam": _Source(("iam",)),
    "kms": _Source(
        ("kms",),
        # https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html
        ("DeleteExpiredKeyMaterial", "DeleteKey", "RotateKey", "SynchronizeMultiRegionKey"),
    ),
    "lambda": _Source(("lambda",), names=_with_version),
    "logs": _Source(("logs",)),
    "macie2": _Source(("macie2",)),
    "monitoring": _Source(("cloudwatch",)),
    "organizations": _Source(
        ("organizations",),
        # https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html
        (
            "CreateAccountResult",
            "CloseAccountResult",
            "AccountJoinedOrganization",
            "AccountDepartedOrganization",
        ),
    ),
    "ram": _Source(("ram",)),
    "route53": _Source(("route53",)),
    "s3": _Source(("s3", "s3control"), names=_as_s3_calls),
    "secretsmanager": _Source(
        ("secretsmanager",),
        # https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
        (
            *("StartSecretVersionDelete", "CancelSecretVersionDelete", "EndSecretVersionDelete"),
            *("ReplicationStarted", "ReplicationSucceeded", "ReplicationFailed"),
            *("RotationStarted", "RotationSucceeded", "RotationFailed", "RotationAbandoned"),
            *("TestRotationStarted", "TestRotationSucceeded", "TestRotationFailed"),
        ),
    ),
    "securityhub": _Source(("securityhub",)),
    "sns": _Source(("sns",)),
    "sqs": _Source(("sqs",)),
    "sts": _Source(("sts",)),
    "wafv2": _Source(("wafv2",)),
}


class BotocoreEventNames:
    """`trailbell.pattern.lint.Services`, answered from botocore's models."""

    def event_names(self, source: str) -> frozenset[str] | None:
        service, dot, domain = source.partition(".")
        return _event_names(service) if dot + domain == ".amazonaws.com" else None

    def meant(self, source: str) -> str:
        """The event source that an unknown one nearly is; empty if it is known, or like none."""
        service, _, domain = source.partition(".")
        if domain == "amazonaws.com" and service not in {*_SOURCES, *_all_services()}:
            near = difflib.get_close_matches(service, _SOURCES, n=1, cutoff=0.85)
            return f"{near[0]}.amazonaws.com" if near else ""
        return ""

    def sources_of(self, name: str) -> tuple[str, ...]:
        """The event sources that are known to have an event of that name. Reads their models."""
        return tuple(f"{source}.amazonaws.com" for source in _SOURCES if name in _names_of(source))

    def is_an_operation(self, name: str) -> bool:
        """Whether any service has an operation of that name. Reads every model, in 3 seconds."""
        return name in _all_operations()


def _event_names(service: str) -> frozenset[str] | None:
    return _names_of(service) if service in _SOURCES else None


@cache
def _names_of(service: str) -> frozenset[str]:
    source = _SOURCES[service]
    names = set(source.others)
    for model in source.models:
        names.update(source.names(_operations(model)))
    return frozenset(names)


@cache
def _all_services() -> frozenset[str]:
    return frozenset(botocore.loaders.Loader().list_available_services("service-2"))


@cache
def _all_operations() -> frozenset[str]:
    return frozenset(name for model in _all_services() for name in _operations(model))


def _operations(model: str) -> Operations:
    loader = botocore.loaders.Loader()
    operations: Operations = loader.load_service_model(model, "service-2")["operations"]
    return operations
