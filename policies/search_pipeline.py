"""
The policies of an Amazon OpenSearch Ingestion pipeline that reads CloudTrail log files.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/pipeline-security-overview.html
"""

from typing import Any

from awacs import aoss, es, kms, s3, sqs, sts
from awacs.aws import (
    Allow,
    ArnLike,
    Condition,
    Null,
    PolicyDocument,
    Principal,
    Statement,
    StringEquals,
)

from policies import log_bucket


def trust_policy(*, account: Any, pipeline_arn: Any) -> PolicyDocument:
    """Allow OpenSearch Ingestion to assume the role, for one pipeline.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/pipeline-domain-access.html
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="AllowPipelineAssumeRole",
                Effect=Allow,
                Principal=Principal("Service", "osis-pipelines.amazonaws.com"),
                Action=[sts.AssumeRole],
                Condition=Condition(
                    [
                        StringEquals("aws:SourceAccount", account),
                        ArnLike("aws:SourceArn", pipeline_arn),
                    ]
                ),
            )
        ],
    )


def source_policy(
    *, log_files_arn: Any, keys_arn: Any, queue_arn: Any, rejected_arn: Any
) -> PolicyDocument:
    """Allow reading log files that messages in the queue name, and storing rejected events.

    The keys are limited to what CloudTrail encrypted, as the page of CloudTrail does for readers.
    The pipeline changes the visibility timeout of messages while it processes their log file.
    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    https://docs.opensearch.org/latest/data-prepper/pipelines/configuration/sources/s3/
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="ReadLogFiles", Effect=Allow, Action=[s3.GetObject], Resource=[log_files_arn]
            ),
            Statement(
                Sid="DecryptLogFiles",
                Effect=Allow,
                Action=[kms.Decrypt],
                Resource=[keys_arn],
                Condition=Condition([Null("kms:EncryptionContext:aws:cloudtrail:arn", "false")]),
            ),
            Statement(
                Sid="ReceiveMessages",
                Effect=Allow,
                Action=[sqs.ChangeMessageVisibility, sqs.DeleteMessage, sqs.ReceiveMessage],
                Resource=[queue_arn],
            ),
            Statement(
                Sid="StoreRejectedEvents",
                Effect=Allow,
                Action=[s3.PutObject],
                Resource=[rejected_arn],
            ),
        ],
    )


def domain_policy(*, domain_arn: Any, indexes_arn: Any) -> PolicyDocument:
    """Allow writing to a domain, but not deleting in it.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/pipeline-domain-access.html
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="DescribeDomain",
                Effect=Allow,
                Action=[es.DescribeDomain],
                Resource=[domain_arn],
            ),
            Statement(
                Sid="WriteToDomain",
                Effect=Allow,
                Action=[es.ESHttpGet, es.ESHttpHead, es.ESHttpPatch, es.ESHttpPost, es.ESHttpPut],
                Resource=[indexes_arn],
            ),
        ],
    )


def collection_policy(*, collection_arn: Any) -> PolicyDocument:
    """Allow writing to a collection, as far as its data access policy allows it.

    IAM cannot limit ``aoss:BatchGetCollection`` to a collection.
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/pipeline-collection-access.html
    """
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Sid="DescribeCollections",
                Effect=Allow,
                Action=[aoss.BatchGetCollection],
                Resource=["*"],
            ),
            Statement(
                Sid="WriteToCollection",
                Effect=Allow,
                Action=[aoss.APIAccessAll],
                Resource=[collection_arn],
            ),
        ],
    )


def rejected_events_policy(*, bucket_arn: Any, objects_arn: Any) -> PolicyDocument:
    """Deny requests without TLS to the bucket for events that were not indexed."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[log_bucket.deny_requests_without_tls([bucket_arn, objects_arn])],
    )
