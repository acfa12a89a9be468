"""An alarm that rings a topic under a key which CloudWatch may not use."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import (
    Path,
    admits,
    allows,
    branches,
    listed,
    ref,
    resources,
    statements,
)

_CLOUDWATCH = "cloudwatch.amazonaws.com"
_NEEDED = ("kms:Decrypt", "kms:GenerateDataKey")


class EncryptedTopicWithoutGrant(CloudFormationLintRule):
    id = "E9814"
    shortdesc = "encrypted-topic-without-grant"
    description = "The key of a topic that an alarm rings lets CloudWatch use it"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    tags = ["cloudwatch", "sns", "kms"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Only keys of the template can be judged."""
        closed = {
            logical_id
            for logical_id, properties in resources(cfn.template, "AWS::KMS::Key")
            if not _opens(properties.get("KeyPolicy"))
        }
        rung = {
            ref(action)
            for _, properties in resources(cfn.template, "AWS::CloudWatch::Alarm")
            for action, _at in listed(properties.get("AlarmActions"), [])
        }
        found = []
        for logical_id, properties in resources(cfn.template, "AWS::SNS::Topic"):
            path: Path = ["Resources", logical_id, "Properties", "KmsMasterKeyId"]
            for key, at in branches(properties.get("KmsMasterKeyId"), path):
                if logical_id in rung and ref(key) in closed:
                    message = (
                        f"the policy of {ref(key)} does not let {_CLOUDWATCH} kms:Decrypt and "
                        "kms:GenerateDataKey*; alarms would fire and nothing would arrive"
                    )
                    found.append(RuleMatch(at, message))
        return found


def _opens(policy: Any) -> bool:
    found = [
        statement
        for statement, _ in statements(policy, [])
        if admits(statement.get("Principal"), _CLOUDWATCH)
    ]
    return all(any(allows(statement, action) for statement in found) for action in _NEEDED)
