"""
What the execution role of StackSets and the boundary of roles need for the stack ``search``.

Both are only added on request: IAM cannot limit some of the actions to names.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonopensearchserverless.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonopensearchingestion.html
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/monitoring-pipeline-logs.html
"""

from typing import Any

from awacs import aoss, es, kms, s3, sqs
from awacs.aws import (
    Allow,
    Condition,
    Null,
    PolicyDocument,
    Statement,
    StringEquals,
    StringLike,
)

from policies.stackset_roles import BUCKET_NAMES, LOG_GROUPS, NAMES, BuildArn, allow

_INGESTION = "osis.amazonaws.com"
_SERVERLESS = "observability.aoss.amazonaws.com"


def search_permissions_policy(*, build_arn: BuildArn) -> PolicyDocument:
    """Allow deploying the pipeline, its log group, and a collection."""
    services = [_INGESTION, _SERVERLESS]
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            allow(
                "ManagePipelines",
                _PIPELINES,
                [build_arn("osis:${Region}:${Account}:pipeline/${InstallationName}*")],
            ),
            allow(
                "PassRolesToPipelines",
                ["iam:PassRole"],
                [build_arn("iam::${Account}:role/StackSet-*")],
                StringEquals("iam:PassedToService", "osis-pipelines.amazonaws.com"),
            ),
            allow(
                "ManageLogGroupsOfPipelines",
                LOG_GROUPS,
                [build_arn(f"logs:${{Region}}:${{Account}}:log-group:{_LOG_GROUP}")],
            ),
            allow(
                "ManageCollections",
                ["aoss:UpdateCollection", "aoss:DeleteCollection"],
                [build_arn("aoss:${Region}:${Account}:collection/*")],
                StringLike("aws:ResourceTag/aws:cloudformation:stack-name", "StackSet-*"),
            ),
            allow(
                "MakeServiceLinkedRoles",
                ["iam:CreateServiceLinkedRole"],
                [
                    build_arn(f"iam::${{Account}}:role/aws-service-role/{name}/*")
                    for name in services
                ],
                StringEquals("iam:AWSServiceName", services),
            ),
            allow("MakeCollectionsAndPipelines", _UNSCOPED, ["*"]),
        ],
    )


def search_boundary_statements(*, build_arn: BuildArn) -> list[Statement]:
    """The most that the role of a pipeline can do, apart from writing to a domain or collection."""

    def arns(pattern: str, names: tuple[str, ...]) -> list[Any]:
        return [build_arn(pattern.format(name)) for name in names]

    keys = [build_arn("kms:${Region}:${Account}:key/*")]
    of_cloudtrail = Condition([Null("kms:EncryptionContext:aws:cloudtrail:arn", False)])
    return [
        _boundary("ReadLogFiles", [s3.GetObject], arns("s3:::{}/*AWSLogs/*", BUCKET_NAMES)),
        _boundary("StoreRejectedEvents", [s3.PutObject], arns("s3:::{}/rejected/*", BUCKET_NAMES)),
        _boundary("DecryptLogFiles", [kms.Decrypt], keys, Condition=of_cloudtrail),
        _boundary(
            "ReceiveMessages",
            [sqs.ChangeMessageVisibility, sqs.DeleteMessage, sqs.ReceiveMessage],
            arns("sqs:${{Region}}:${{Account}}:{}", NAMES),
        ),
        _boundary("DescribeCollections", [aoss.BatchGetCollection], ["*"]),
    ]


def domain_boundary_statement(*, domain_arns: list[Any]) -> Statement:
    """``domain_arns`` are the ARN of the domain, and that of its indexes."""
    http = [es.ESHttpGet, es.ESHttpHead, es.ESHttpPatch, es.ESHttpPost, es.ESHttpPut]
    return _boundary("WriteToDomain", [es.DescribeDomain, *http], domain_arns)


def collection_boundary_statement(*, collection_arns: list[Any]) -> Statement:
    """What the data access policy of a collection allows to the role."""
    return _boundary("WriteToCollection", [aoss.APIAccessAll], collection_arns)


def _boundary(sid: str, actions: list[Any], resources: list[Any], **elements: Any) -> Statement:
    return Statement(Sid=sid, Effect=Allow, Action=actions, Resource=resources, **elements)


_LOG_GROUP = "/aws/vendedlogs/OpenSearchIngestion/${InstallationName}-*"
_PIPELINES = [
    *("osis:UpdatePipeline", "osis:DeletePipeline", "osis:GetPipeline", "osis:TagResource"),
    *("osis:UntagResource", "osis:ListTagsForResource", "osis:GetResourcePolicy"),
]
_UNSCOPED = [
    *("aoss:CreateCollection", "aoss:BatchGetCollection", "aoss:TagResource"),
    *("aoss:ListTagsForResource", "aoss:CreateAccessPolicy", "aoss:UpdateAccessPolicy"),
    *("aoss:DeleteAccessPolicy", "aoss:GetAccessPolicy", "aoss:CreateSecurityPolicy"),
    *("aoss:UpdateSecurityPolicy", "aoss:DeleteSecurityPolicy", "aoss:GetSecurityPolicy"),
    *("aoss:CreateLifecyclePolicy", "aoss:UpdateLifecyclePolicy", "aoss:DeleteLifecyclePolicy"),
    *("aoss:BatchGetLifecyclePolicy", "osis:CreatePipeline", "logs:CreateLogDelivery"),
    *("logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"),
    *("logs:ListLogDeliveries", "logs:PutResourcePolicy"),
]
