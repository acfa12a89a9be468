"""The policies of the pipeline, as whole documents."""

from typing import Any

from troposphere import encode_to_dict

from policies.search_pipeline import (
    collection_policy,
    domain_policy,
    rejected_events_policy,
    source_policy,
    trust_policy,
)


def _statements(policy: Any) -> Any:
    document = encode_to_dict(policy)
    assert document["Version"] == "2012-10-17"
    return document["Statement"]


def _without_tls(action: str, *resources: str) -> dict[str, Any]:
    return {
        "Sid": "DenyRequestsWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": [action],
        "Resource": [*resources],
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }


def test_opensearch_ingestion_assumes_the_role_for_one_pipeline() -> None:
    assert _statements(trust_policy(account="111122223333", pipeline_arn="PIPELINE")) == [
        {
            "Sid": "AllowPipelineAssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "osis-pipelines.amazonaws.com"},
            "Action": ["sts:AssumeRole"],
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "111122223333"},
                "ArnLike": {"aws:SourceArn": "PIPELINE"},
            },
        }
    ]


def test_the_pipeline_reads_log_files_and_stores_rejected_events() -> None:
    policy = source_policy(
        log_files_arn="FILES", keys_arn="KEYS", queue_arn="QUEUE", rejected_arn="REJECTED"
    )
    assert _statements(policy) == [
        {
            "Sid": "ReadLogFiles",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["FILES"],
        },
        {
            "Sid": "DecryptLogFiles",
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": ["KEYS"],
            "Condition": {"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
        },
        {
            "Sid": "ReceiveMessages",
            "Effect": "Allow",
            "Action": [
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:ReceiveMessage",
            ],
            "Resource": ["QUEUE"],
        },
        {
            "Sid": "StoreRejectedEvents",
            "Effect": "Allow",
            "Action": ["s3:PutObject"],
            "Resource": ["REJECTED"],
        },
    ]


def test_the_pipeline_writes_to_a_domain_without_deleting() -> None:
    assert _statements(domain_policy(domain_arn="DOMAIN", indexes_arn="INDEXES")) == [
        {
            "Sid": "DescribeDomain",
            "Effect": "Allow",
            "Action": ["es:DescribeDomain"],
            "Resource": ["DOMAIN"],
        },
        {
            "Sid": "WriteToDomain",
            "Effect": "Allow",
            "Action": [
                "es:ESHttpGet",
                "es:ESHttpHead",
                "es:ESHttpPatch",
                "es:ESHttpPost",
                "es:ESHttpPut",
            ],
            "Resource": ["INDEXES"],
        },
    ]


def test_the_pipeline_reaches_one_collection() -> None:
    assert _statements(collection_policy(collection_arn="COLLECTION")) == [
        {
            "Sid": "DescribeCollections",
            "Effect": "Allow",
            "Action": ["aoss:BatchGetCollection"],
            "Resource": ["*"],
        },
        {
            "Sid": "WriteToCollection",
            "Effect": "Allow",
            "Action": ["aoss:APIAccessAll"],
            "Resource": ["COLLECTION"],
        },
    ]


def test_rejected_events_are_reached_with_tls_only() -> None:
    policy = rejected_events_policy(bucket_arn="BUCKET", objects_arn="OBJECTS")
    assert _statements(policy) == [_without_tls("s3:*", "BUCKET", "OBJECTS")]
