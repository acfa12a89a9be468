"""
Where the server access logs of the log bucket are delivered: nowhere, to an existing bucket, or to
one that the stack creates.

In:    nothing.
Out:   the parameter ``AccessLogBucket``, the ``LoggingConfiguration`` of the log bucket, and the
       resources that it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from troposphere import (
    Equals,
    GetAtt,
    If,
    Not,
    NoValue,
    Parameter,
    Ref,
    RetainExceptOnCreate,
    Sub,
    s3,
)

from policies.log_bucket import access_log_bucket_policy
from stacks.pieces.private_bucket import private_bucket
from stacks.pieces.trail_owner import GROUP
from trailbell import ParameterInput, is_set, rule, suppress


@dataclass(frozen=True, kw_only=True)
class AccessLogs:
    """The destination, as parameter, conditions, resources and a property of the log bucket."""

    input: ParameterInput
    conditions: Mapping[str, Any]
    configuration: Any
    rules: Mapping[str, Any] = field(default_factory=dict)
    resources: tuple[Any, ...] = ()


_EXISTING_OBJECTS = Sub("arn:${AWS::Partition}:s3:::${AccessLogBucket}/")
ACCESS_LOG_OBJECTS = If(
    "MakesAccessLogBucket",
    Sub("${ServerAccessLogs.Arn}/"),
    If("LogsAccess", _EXISTING_OBJECTS, NoValue),
)
"""What the ARNs of access logs start with, for `to_new_bucket`."""


def to_existing_bucket() -> AccessLogs:
    """Deliver to an existing bucket, if the parameter names one."""
    return AccessLogs(
        input=_input("Name of an existing bucket for the S3 server access logs of the log bucket."),
        conditions={"LogsAccess": is_set("AccessLogBucket")},
        configuration=_configuration(Ref("AccessLogBucket")),
        rules={
            "AccessLogBucketExists": rule(
                "AccessLogBucket must exist; create is for the stacks trail and log-archive.",
                Not(Equals(Ref("AccessLogBucket"), "create")),
            )
        },
    )


def to_new_bucket() -> AccessLogs:
    """Deliver to a new bucket if the parameter is "create", or to an existing one.

    The new bucket keeps access logs as long as log files, and has no access logs of its own. Amazon
    S3 delivers only to a bucket with default encryption by SSE-S3 and without Object Lock.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    bucket = s3.Bucket(
        "ServerAccessLogs",
        Metadata=suppress(checkov={"CKV_AWS_18": "Its own access logs would never end."}),
        Condition="MakesAccessLogBucket",
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        **private_bucket("expire-access-logs"),
    )
    policy = s3.BucketPolicy(
        "ServerAccessLogsPolicy",
        Condition="MakesAccessLogBucket",
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Bucket=Ref(bucket),
        PolicyDocument=access_log_bucket_policy(
            bucket_arn=GetAtt(bucket, "Arn"),
            objects_arn=Sub("${ServerAccessLogs.Arn}/*"),
            source_arn=GetAtt("LogBucket", "Arn"),
            account=Ref("AWS::AccountId"),
        ),
    )
    return AccessLogs(
        input=_input(
            'Bucket for the S3 server access logs of the log bucket: "create", or the name of an '
            "existing one."
        ),
        conditions={
            "LogsAccess": is_set("AccessLogBucket"),
            "MakesAccessLogBucket": Equals(Ref("AccessLogBucket"), "create"),
        },
        configuration=_configuration(
            If("MakesAccessLogBucket", Ref(bucket), Ref("AccessLogBucket"))
        ),
        resources=(bucket, policy),
    )


def _input(description: str) -> ParameterInput:
    return ParameterInput(
        parameter=Parameter(
            "AccessLogBucket",
            Type="String",
            Default="",
            AllowedPattern="^$|^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
            Description=f"{description} Leave empty for no access logs.",
            ConstraintDescription="must be empty or a bucket name",
        ),
        label="Bucket for server access logs (optional)",
        group=GROUP,
    )


def _configuration(bucket: Any) -> If:
    logging = s3.LoggingConfiguration(
        DestinationBucketName=bucket, LogFilePrefix=Sub("${AWS::StackName}/")
    )
    return If("LogsAccess", logging, NoValue)
