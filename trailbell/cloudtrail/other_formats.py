"""
What is met beside CloudTrail's records, by its name.

In:    JSON, or the first bytes of a file, in which there is no record.
Out:   what it is, if its shape says so beyond doubt.
Never: silence about it. A notification that names files looks like a record of CloudTrail in a
       list of ``Records``, and nothing fires on it.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Foreign:
    """
    ``is_beside``: AWS delivers it to the same buckets for other ends, so that a folder may hold it
    without anything being wrong.
    """

    name: str
    is_beside: bool = False

    def __str__(self) -> str:
        article = "an" if self.name[0] in "aeiouAEIO" else "a"
        return f"{article} {self.name}, which holds no CloudTrail records"


DIGEST = Foreign("CloudTrail digest file", is_beside=True)
_CONFIG = Foreign("snapshot or history of AWS Config", is_beside=True)
_FINDING = Foreign("finding of GuardDuty", is_beside=True)
_DNS = Foreign("DNS query log of Route 53 Resolver", is_beside=True)
_WAF = Foreign("log of AWS WAF", is_beside=True)
_OCSF = Foreign("OCSF event of Security Lake")
_TOPIC = Foreign("notification of Amazon SNS about a subscription")
_TRAIL_TOPIC = Foreign("notification that CloudTrail delivered files")
_S3 = Foreign("notification of Amazon S3")

# What Lambda is given by its sources: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html
_SOURCES = {
    "aws:s3": _S3,
    "aws:sqs": Foreign("message of Amazon SQS"),
    "aws:sns": Foreign("notification of Amazon SNS"),
    "aws:kinesis": Foreign("record of Kinesis Data Streams"),
    "aws:dynamodb": Foreign("record of DynamoDB Streams"),
    "aws:ses": Foreign("notification of Amazon SES"),
    "aws:codecommit": Foreign("notification of CodeCommit"),
    "aws:kafka": Foreign("event of Amazon MSK"),
}


def named(value: object) -> Foreign | None:
    """
    What a JSON value is that is no record.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
    https://docs.aws.amazon.com/config/latest/developerguide/view-delivered-config-snapshot.html
    """
    match value:
        case {"eventSource": str(source)} | {"EventSource": str(source)} if is_of_lambda(source):
            return _SOURCES.get(source) or Foreign(f"event of {source}")
        case {"Service": "Amazon S3", "Event": "s3:TestEvent"}:
            return _S3
        case {"s3Bucket": str(), "s3ObjectKey": [*_]}:
            return _TRAIL_TOPIC
        case {"Type": "SubscriptionConfirmation" | "UnsubscribeConfirmation", "TopicArn": str()}:
            return _TOPIC
        case {"detail-type": str(kind), "source": str()}:
            return Foreign(f'event of EventBridge, "{kind}"')
        case {"digestS3Bucket": _, "logFiles": [*_]} | {"digestStartTime": _}:
            return DIGEST
        case {"fileVersion": _, "configurationItems": [*_]}:
            return _CONFIG
        case _:
            return _log_line(value)


def _log_line(value: object) -> Foreign | None:
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


def is_of_lambda(source: str) -> bool:
    """``aws:s3`` and its like; a service of CloudTrail's is called ``s3.amazonaws.com``."""
    return _OF_LAMBDA.fullmatch(source) is not None


_OF_LAMBDA = re.compile(r"[a-z]+:[a-z0-9-]+")


_TEXTS = (
    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
    (
        rb"(?:version |account-id |[a-z -]*\bsrcaddr\b)|\d+ (?:\d{12}|unknown) eni-\w+ ",
        Foreign("VPC flow log", is_beside=True),
    ),
    # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
    (
        rb"(?:(?:https?|h2|grpcs|wss?|tls) )?\d{4}-\d\d-\d\dT[\d:.]+Z (?:app|net)/",
        Foreign("access log of Elastic Load Balancing", is_beside=True),
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
    (
        rb"[0-9a-f]{64} \S+ \[\d\d/\w{3}/\d{4}:",
        Foreign("server access log of Amazon S3", is_beside=True),
    ),
)


def named_text(head: bytes) -> Foreign | None:
    """What a file is that begins with these bytes and is no JSON."""
    for expression, kind in _TEXTS:
        if re.match(expression, head):
            return kind
    return None
