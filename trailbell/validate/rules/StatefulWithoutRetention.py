"""Something that holds what cannot be made again, and goes with its stack."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import resources, unknown

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
            for logical_id, _ in resources(cfn.template, *_STATEFUL)
            for name in ("DeletionPolicy", "UpdateReplacePolicy")
            for policy in [cfn.template["Resources"][logical_id].get(name)]
            if not unknown(policy) and policy not in _KEEPS
        ]
