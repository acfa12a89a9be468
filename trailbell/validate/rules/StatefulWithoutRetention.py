"""Something that holds what cannot be made again, and goes with its stack."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

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
_KEEPS = {"Retain", "RetainExceptOnCreate", "Snapshot"}


class StatefulWithoutRetention(CloudFormationLintRule):
    id = "E9811"
    shortdesc = "stateful-without-retention"
    description = "What holds data is kept when its stack is deleted or replaces it"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"
    tags = ["resources"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(["Resources", logical_id], f"set {name} to Retain")
            for logical_id, resource in (cfn.template.get("Resources") or {}).items()
            if isinstance(resource, dict) and resource.get("Type") in _STATEFUL
            for name in ("DeletionPolicy", "UpdateReplacePolicy")
            if resource.get(name) not in _KEEPS
        ]
