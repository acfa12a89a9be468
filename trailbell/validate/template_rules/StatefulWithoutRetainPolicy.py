"""Without a Retain policy, data is lost when the stack is deleted or the resource is replaced."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import is_intrinsic
from trailbell.template.resources import resources_of_type

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
_RETAINING = {"Retain", "RetainExceptOnCreate", "Snapshot"}


class StatefulWithoutRetainPolicy(CloudFormationLintRule):
    id = "E9811"
    shortdesc = "stateful-without-retain-policy"
    description = "Stateful resources have DeletionPolicy and UpdateReplacePolicy Retain"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"
    tags = ["resources"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                ("Resources", logical_id),
                f"The resource holds data, but {name} does not retain it. Set {name} to Retain.",
            )
            for logical_id, _ in resources_of_type(cfn.template, *_STATEFUL)
            for name in ("DeletionPolicy", "UpdateReplacePolicy")
            for policy in [cfn.template["Resources"][logical_id].get(name)]
            if not is_intrinsic(policy) and policy not in _RETAINING
        ]
