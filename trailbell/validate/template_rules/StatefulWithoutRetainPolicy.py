"""The rule E9811: resources whose data is deleted with the stack."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import loops
from trailbell.template.resources import properties, type_of

_STATEFUL = {
    "AWS::CloudTrail::EventDataStore",
    "AWS::DynamoDB::GlobalTable",
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}
# "For resources that support snapshots, the default [...] is Snapshot": DB clusters, and DB
# instances that belong to none. The page says it of DeletionPolicy only.
_SNAPSHOT_BY_DEFAULT = {"AWS::RDS::DBCluster", "AWS::RDS::DBInstance"}

_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")
_DELETED = "its data is deleted"
# "For Amazon S3 buckets, you must delete all objects in the bucket for deletion to succeed."
_BUCKET_DELETED = "the bucket is deleted if it is empty, and the deletion fails otherwise"


class StatefulWithoutRetainPolicy(CloudFormationLintRule):
    """CloudFormation deletes a resource when it leaves the template, when the stack is deleted, and
    when a change replaces it. For a table, a log group or a key, that is the loss of the data. A
    bucket with objects makes the deletion fail, so that the stack is stuck.

    ## Fails

    ```yaml
    Resources:
      Orders:
        Type: AWS::DynamoDB::Table
        Properties:
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
    ```

    ## Passes

    ```yaml
    Resources:
      Orders:
        Type: AWS::DynamoDB::Table
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          BillingMode: PAY_PER_REQUEST
          AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
          KeySchema: [{AttributeName: id, KeyType: HASH}]
    ```

    ## Silent

    - Policies that are written out: `Delete` is a decision.
    - A missing `DeletionPolicy` of a database or a database cluster, which leave a snapshot by
      default, and the members of a cluster, which have no data of their own.
    - Types that hold no data, such as topics and queues.
    - Terraform, which has no such policies.
    """

    id = "E9811"
    shortdesc = "stateful-without-retain-policy"
    description = "A stateful resource says what becomes of its data when it is deleted or replaced"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"
    tags = ["resources"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(("Resources", logical_id), _message(type_of(resource), missing))
            for logical_id, resource, _ in loops.entries(cfn.template.get("Resources"))
            if isinstance(resource, dict) and _holds_data(resource)
            if (missing := [name for name in _POLICIES if _is_missing(resource, name)])
        ]


def _message(resource_type: str, missing: list[str]) -> str:
    names = " and no ".join(missing)
    both = "both" if missing[1:] else "it"
    result = _DELETED if resource_type != "AWS::S3::Bucket" else _BUCKET_DELETED
    return f"The resource has no {names}, so that {result}. Set {both} to Retain, or to Delete if that is intended."


def _holds_data(resource: dict[str, Any]) -> bool:
    """Whether a resource has data of its own. The data of a cluster's member is the cluster's."""
    resource_type = type_of(resource)
    is_member = "DBClusterIdentifier" in properties(resource)
    return resource_type in _STATEFUL and not (
        resource_type == "AWS::RDS::DBInstance" and is_member
    )


def _is_missing(resource: dict[str, Any], name: str) -> bool:
    """Whether an attribute is not there and CloudFormation does not keep the data without it."""
    is_kept = name == "DeletionPolicy" and type_of(resource) in _SNAPSHOT_BY_DEFAULT
    return name not in resource and not is_kept
