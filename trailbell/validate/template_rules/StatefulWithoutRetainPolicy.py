"""The rule E9811: resources whose data is deleted with the stack."""

from collections.abc import Mapping
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import loops
from trailbell.template.intrinsics import branches, is_always_set, references
from trailbell.template.resources import properties, resources_of_type, type_of

_DATA = "its data is deleted"
_RESULTS = {
    **dict.fromkeys(
        (
            *("AWS::CloudTrail::EventDataStore", "AWS::CodeCommit::Repository"),
            *("AWS::Cognito::UserPool", "AWS::DocDB::DBCluster", "AWS::DynamoDB::GlobalTable"),
            *("AWS::DynamoDB::Table", "AWS::EFS::FileSystem", "AWS::Elasticsearch::Domain"),
            *("AWS::Logs::LogGroup", "AWS::Neptune::DBCluster", "AWS::OpenSearchService::Domain"),
            *("AWS::RDS::DBCluster", "AWS::RDS::DBInstance", "AWS::Redshift::Cluster"),
        ),
        _DATA,
    ),
    # "For Amazon S3 buckets, you must delete all objects in the bucket for deletion to succeed."
    "AWS::S3::Bucket": "the bucket is deleted if it is empty, and the deletion fails otherwise",
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault.html
    "AWS::Backup::BackupVault": (
        "the vault is deleted if it is empty, and the deletion fails otherwise"
    ),
    # https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
    "AWS::KMS::Key": "the key is deleted, and what it encrypted cannot be read any more",
    "AWS::SecretsManager::Secret": "its value is deleted",
}
"""Types that hold data, and what happens to it when the resource is deleted."""
_KEPT = {
    # "For resources that support snapshots, the default [...] is Snapshot": DB clusters, and DB
    # instances that belong to none. The page says it of DeletionPolicy only.
    "AWS::RDS::DBCluster": "DeletionPolicy",
    "AWS::RDS::DBInstance": "DeletionPolicy",
    # A change that would replace a key fails "regardless of the value of the UpdateReplacePolicy":
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
    "AWS::KMS::Key": "UpdateReplacePolicy",
}
"""The policy without which CloudFormation keeps the data."""
_PROTECTION = ("DeletionProtection", "DeletionProtectionEnabled", "TerminationProtectionEnabled")

_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")


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

    - Policies that are written out: `Delete` is a decision, and as a `DeletionPolicy` one about
      both.
    - What is protected from deletion, such as a table with `DeletionProtectionEnabled`.
    - A log group that keeps its events for some time only, unless a flow log of the template writes
      into it. A trail keeps what it writes into a log group in its bucket, too.
    - A secret whose value is made of parameters or resources, which have it still, or is
      attached to a database, which can get a new password, and a bucket that only redirects.
    - A missing `DeletionPolicy` of a database or a database cluster, which leave a snapshot by
      default, and the members of a cluster, which have no data of their own.
    - A missing `UpdateReplacePolicy` of a key, which CloudFormation never replaces.
    - Types that hold no data, or for a moment only, such as topics, queues and caches.
    - Terraform, which has no such policies.
    """

    id = "E9811"
    shortdesc = "stateful-without-retain-policy"
    description = "A stateful resource says what becomes of its data when it is deleted or replaced"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"
    tags = ["resources"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        recorded = _referenced_by(cfn.template, "AWS::EC2::FlowLog")
        attached = _referenced_by(cfn.template, "AWS::SecretsManager::SecretTargetAttachment")
        return [
            RuleMatch(("Resources", logical_id), _message(type_of(resource), missing))
            for logical_id, resource, _ in loops.entries(cfn.template.get("Resources"))
            if isinstance(resource, dict) and type_of(resource) in _RESULTS
            if not _keeps_nothing(
                resource, is_kept=logical_id in recorded, is_attached=logical_id in attached
            )
            if (missing := _missing(resource))
        ]


def _message(resource_type: str, missing: list[str]) -> str:
    names = " and no ".join(missing)
    both = "both" if missing[1:] else "it"
    when = ", when a change replaces it," if missing == ["UpdateReplacePolicy"] else ""
    return (
        f"The resource has no {names}, so that{when} {_RESULTS[resource_type]}. Set {both} to "
        "Retain, or to Delete if that is intended."
    )


def _referenced_by(template: Any, resource_type: str) -> set[str]:
    """The resources to which those of a type refer."""
    return {
        name
        for _, values in resources_of_type(template, resource_type)
        for name in references(values)
    }


def _keeps_nothing(resource: dict[str, Any], *, is_kept: bool, is_attached: bool) -> bool:
    """Whether the resource has no data of its own that its deletion would lose."""
    values = properties(resource)
    replicas = values.get("Replicas")
    protected = replicas if isinstance(replicas, list) and replicas else [values]
    if all(isinstance(each, Mapping) and _is_protected(each) for each in protected):
        return True
    match type_of(resource):
        case "AWS::RDS::DBInstance":  # the data of a cluster's member is the cluster's
            return "DBClusterIdentifier" in values
        case "AWS::Logs::LogGroup":
            return is_always_set(values.get("RetentionInDays")) and not is_kept
        case "AWS::SecretsManager::Secret":
            given = [value for value, _ in branches(values.get("SecretString"))]
            repeats = bool(given) and all(any(references(value)) for value in given)
            return repeats or is_attached
        case "AWS::S3::Bucket":
            return _only_redirects(values.get("WebsiteConfiguration"))
        case _:
            return False


def _is_protected(values: Mapping[str, Any]) -> bool:
    return any(values.get(name) in (True, "true", "ACTIVE") for name in _PROTECTION)


def _only_redirects(website: Any) -> bool:
    """Whether a website has no page of its own: each request is redirected."""
    match website:
        case {"RedirectAllRequestsTo": target}:
            return is_always_set(target)
        case {"RoutingRules": [{"RedirectRule": _, **others}]}:
            return not others
        case _:
            return False


def _missing(resource: dict[str, Any]) -> list[str]:
    """The attributes that are not there, unless the data is kept without them or is not to be."""
    if resource.get("DeletionPolicy") == "Delete":
        return []
    kept = _KEPT.get(type_of(resource))
    return [name for name in _POLICIES if name not in resource and name != kept]
