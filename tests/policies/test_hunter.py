"""The policies of a hunt, as whole documents."""

from typing import Any

from troposphere import encode_to_dict

from policies.hunter import decrypt_log_files, hunter_policy, result_bucket_policy
from tests import PROJECT
from tests.called_operations import operations


def _allow(sid: str, actions: list[str], resources: list[str], **others: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources, **others}


def _policy() -> dict[str, Any]:
    return hunter_policy(
        workgroup_arn="WORKGROUP",
        catalog_arns=["CATALOG", "DATABASE", "TABLE"],
        log_bucket_arn="LOGS",
        log_files_arn="FILES",
        log_files_prefix="PREFIX*",
        result_bucket_arn="RESULTS",
        results_arn="RESULT",
        optional_statements=[decrypt_log_files("KEY")],
    )


def test_hunters_query_one_table_in_one_workgroup() -> None:
    assert encode_to_dict(_policy()) == {
        "Version": "2012-10-17",
        "Statement": [
            _allow(
                "RunQueries",
                [
                    "athena:GetWorkGroup",
                    "athena:StartQueryExecution",
                    "athena:GetQueryExecution",
                    "athena:GetQueryResults",
                    "athena:StopQueryExecution",
                    "athena:ListQueryExecutions",
                    "athena:ListNamedQueries",
                    "athena:GetNamedQuery",
                    "athena:BatchGetNamedQuery",
                ],
                ["WORKGROUP"],
            ),
            _allow(
                "ReadTable",
                ["glue:GetDatabase", "glue:GetTable", "glue:GetPartitions"],
                ["CATALOG", "DATABASE", "TABLE"],
            ),
            _allow("ReadLogFiles", ["s3:GetObject"], ["FILES"]),
            _allow(
                "ListLogFiles",
                ["s3:ListBucket"],
                ["LOGS"],
                Condition={"StringLike": {"s3:prefix": ["PREFIX*"]}},
            ),
            _allow("LocateBuckets", ["s3:GetBucketLocation"], ["LOGS", "RESULTS"]),
            _allow("ListResults", ["s3:ListBucket", "s3:ListBucketMultipartUploads"], ["RESULTS"]),
            _allow(
                "KeepResults",
                [
                    "s3:GetObject",
                    "s3:PutObject",
                    "s3:ListMultipartUploadParts",
                    "s3:AbortMultipartUpload",
                ],
                ["RESULT"],
            ),
            _allow(
                "DecryptLogFiles",
                ["kms:Decrypt"],
                ["KEY"],
                Condition={"Null": {"kms:EncryptionContext:aws:cloudtrail:arn": "false"}},
            ),
        ],
    }


def test_a_replay_with_athena_is_allowed() -> None:
    paths = [PROJECT / "trailbell" / "aws" / f"{name}.py" for name in ("athena", "log_file_table")]
    called = {{"ListObjectsV2": "ListBucket"}.get(name, name) for name in operations(paths)}
    assert called == {
        *("GetWorkGroup", "StartQueryExecution", "GetQueryExecution", "GetQueryResults"),
        *("StopQueryExecution", "GetTable", "ListBucket"),
    }
    document = encode_to_dict(_policy())
    actions = {a for statement in document["Statement"] for a in statement["Action"]}
    assert called <= {action.partition(":")[2] for action in actions}


def test_results_are_read_with_tls_only() -> None:
    document = encode_to_dict(result_bucket_policy(bucket_arn="BUCKET", objects_arn="OBJECTS"))
    assert document["Statement"] == [
        {
            "Sid": "DenyRequestsWithoutTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:*"],
            "Resource": ["BUCKET", "OBJECTS"],
            "Condition": {"Bool": {"aws:SecureTransport": False}},
        }
    ]
