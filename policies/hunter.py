"""
The policy of those who query log files with Athena.

In:    ARNs of the resources of a hunt, and of the log files.
Out:   a policy for roles in the account of the log bucket.
Never: access to other log files, queries in another workgroup, or a right to change a table.

https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html
https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
"""

from typing import Any

from awacs import athena, glue, kms, s3
from awacs.aws import Allow, Condition, Null, Statement, StringLike

from policies.document import policy_document
from policies.log_bucket import deny_requests_without_tls

_QUERIES = [
    athena.GetWorkGroup,
    athena.StartQueryExecution,
    athena.GetQueryExecution,
    athena.GetQueryResults,
    athena.StopQueryExecution,
    athena.ListQueryExecutions,
    athena.ListNamedQueries,
    athena.GetNamedQuery,
    athena.BatchGetNamedQuery,
]


def hunter_policy(
    *,
    workgroup_arn: Any,
    catalog_arns: list[Any],
    log_bucket_arn: Any,
    log_files_arn: Any,
    log_files_prefix: Any,
    result_bucket_arn: Any,
    results_arn: Any,
    optional_statements: list[Any],
) -> dict[str, Any]:
    """Allow queries in one workgroup, of one table, on the log files of one bucket.

    ``catalog_arns`` are those of the Data Catalog, the database and the table. ``log_files_prefix``
    is a pattern of keys that may be listed.
    """
    return policy_document(
        [
            Statement(Sid="RunQueries", Effect=Allow, Action=_QUERIES, Resource=[workgroup_arn]),
            Statement(
                Sid="ReadTable",
                Effect=Allow,
                Action=[glue.GetDatabase, glue.GetTable, glue.GetPartitions],
                Resource=catalog_arns,
            ),
            Statement(
                Sid="ReadLogFiles", Effect=Allow, Action=[s3.GetObject], Resource=[log_files_arn]
            ),
            Statement(
                Sid="ListLogFiles",
                Effect=Allow,
                Action=[s3.ListBucket],
                Resource=[log_bucket_arn],
                Condition=Condition([StringLike("s3:prefix", [log_files_prefix])]),
            ),
            Statement(
                Sid="LocateBuckets",
                Effect=Allow,
                Action=[s3.GetBucketLocation],
                Resource=[log_bucket_arn, result_bucket_arn],
            ),
            Statement(
                Sid="ListResults",
                Effect=Allow,
                Action=[s3.ListBucket, s3.ListBucketMultipartUploads],
                Resource=[result_bucket_arn],
            ),
            Statement(
                Sid="KeepResults",
                Effect=Allow,
                Action=[
                    s3.GetObject,
                    s3.PutObject,
                    s3.ListMultipartUploadParts,
                    s3.AbortMultipartUpload,
                ],
                Resource=[results_arn],
            ),
            *optional_statements,
        ]
    )


def result_bucket_policy(*, bucket_arn: Any, objects_arn: Any) -> dict[str, Any]:
    """Deny requests without TLS. IAM policies say who may read the results of queries."""
    return policy_document([deny_requests_without_tls([bucket_arn, objects_arn])])


def decrypt_log_files(key_arn: Any) -> Statement:
    """Decrypt log files with the key of the trail, and nothing else that it encrypts.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    return Statement(
        Sid="DecryptLogFiles",
        Effect=Allow,
        Action=[kms.Decrypt],
        Resource=[key_arn],
        Condition=Condition([Null("kms:EncryptionContext:aws:cloudtrail:arn", "false")]),
    )
