"""
Known formats that contain no CloudTrail records.

In:    JSON, or the first bytes of a file, without a record.
Out:   the name of the format, if the shape is unambiguous.
Never: silence about such data. A notification about delivered files looks like CloudTrail records
       in a list of ``Records``, and no detection fires on it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OtherFormat:
    """
    A format by its name.

    ``is_expected_in_buckets``: AWS delivers it to the same buckets as CloudTrail's log files. In a
    folder, it is skipped and not an error.
    """

    name: str
    is_expected_in_buckets: bool = False

    def __str__(self) -> str:
        article = "an" if self.name[0] in "aeiouAEIO" else "a"
        return f"{article} {self.name}, which contains no CloudTrail records"


DIGEST = OtherFormat("CloudTrail digest file", is_expected_in_buckets=True)
_CONFIG = OtherFormat("snapshot or history of AWS Config", is_expected_in_buckets=True)
_FINDING = OtherFormat("finding of GuardDuty", is_expected_in_buckets=True)
_DNS = OtherFormat("DNS query log of Route 53 Resolver", is_expected_in_buckets=True)
_WAF = OtherFormat("log of AWS WAF", is_expected_in_buckets=True)
_OCSF = OtherFormat("OCSF event of Security Lake")
_TOPIC = OtherFormat("notification of Amazon SNS about a subscription")
_TRAIL_TOPIC = OtherFormat("notification that CloudTrail delivered files")
_S3 = OtherFormat("notification of Amazon S3")

# Event sources of Lambda: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
_BY_EVENT_SOURCE = {
    "aws:s3": _S3,
    "aws:sqs": OtherFormat("message of Amazon SQS"),
    "aws:sns": OtherFormat("notification of Amazon SNS"),
    "aws:kinesis": OtherFormat("record of Kinesis Data Streams"),
    "aws:dynamodb": OtherFormat("record of DynamoDB Streams"),
    "aws:ses": OtherFormat("notification of Amazon SES"),
    "aws:codecommit": OtherFormat("notification of CodeCommit"),
    "aws:kafka": OtherFormat("event of Amazon MSK"),
}


def identify(value: object) -> OtherFormat | None:
    """
    Identify a JSON value that is not a record.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    https://docs.aws.amazon.com/config/latest/developerguide/view-delivered-config-snapshot.html
    """
    match value:
        case {"eventSource": str(source)} | {"EventSource": str(source)} if is_lambda_event_source(
            source
        ):
            return _BY_EVENT_SOURCE.get(source) or OtherFormat(f"event of {source}")
        case {"Service": "Amazon S3", "Event": "s3:TestEvent"}:
            return _S3
        case {"s3Bucket": str(), "s3ObjectKey": [*_]}:
            return _TRAIL_TOPIC
        case {"Type": "SubscriptionConfirmation" | "UnsubscribeConfirmation", "TopicArn": str()}:
            return _TOPIC
        case {"detail-type": str(kind), "source": str()}:
            return OtherFormat(f'event of EventBridge, "{kind}"')
        case {"digestS3Bucket": _, "logFiles": [*_]} | {"digestStartTime": _}:
            return DIGEST
        case {"fileVersion": _, "configurationItems": [*_]}:
            return _CONFIG
        case _:
            return _identify_log_line(value)


def _identify_log_line(value: object) -> OtherFormat | None:
    match value:
        case {"schemaVersion": _, "service": {"serviceName": "guardduty"}}:
            return _FINDING
        case {"query_timestamp": _, "query_name": _}:
            return _DNS
        case {"webaclId": _, "formatVersion": _}:
            return _WAF
        case {"class_uid": _, "metadata": {"product": _}}:
            return _OCSF
        case _:
            return None


def is_lambda_event_source(source: str) -> bool:
    """Whether an event source is one of Lambda (``aws:s3``), not of CloudTrail."""
    return _LAMBDA_EVENT_SOURCE.fullmatch(source) is not None


_LAMBDA_EVENT_SOURCE = re.compile(r"[a-z]+:[a-z0-9-]+")


_FIRST_BYTES = (
    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    (
        rb"(?:version |account-id |[a-z -]*\bsrcaddr\b)|\d+ (?:\d{12}|unknown) eni-\w+ ",
        OtherFormat("VPC flow log", is_expected_in_buckets=True),
    ),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
    (
        rb"(?:(?:https?|h2|grpcs|wss?|tls) )?\d{4}-\d\d-\d\dT[\d:.]+Z (?:app|net)/",
        OtherFormat("access log of Elastic Load Balancing", is_expected_in_buckets=True),
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
    (
        rb"[0-9a-f]{64} \S+ \[\d\d/\w{3}/\d{4}:",
        OtherFormat("server access log of Amazon S3", is_expected_in_buckets=True),
    ),
)


def identify_text(head: bytes) -> OtherFormat | None:
    """Identify a file that is not JSON by its first bytes."""
    for expression, other_format in _FIRST_BYTES:
        if re.match(expression, head):
            return other_format
    return None
