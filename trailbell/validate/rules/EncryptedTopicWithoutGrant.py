"""An alarm that rings a topic under a key which CloudWatch may not use."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.document import Path, branches, listed, ref, resources, statements

_CLOUDWATCH = "cloudwatch.amazonaws.com"
_NEEDED = {"kms:decrypt", "kms:generatedatakey*"}


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
            if not _granted(properties.get("KeyPolicy")) >= _NEEDED
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


def _granted(policy: Any) -> set[str]:
    """The actions of KMS that a key policy allows CloudWatch, in lower case."""
    found: set[str] = set()
    for statement, _ in statements(policy, []):
        match statement:
            case {"Effect": "Allow", "Principal": {"Service": services}, "Action": actions}:
                if any(service == _CLOUDWATCH for service, _ in listed(services, [])):
                    found |= {str(action).lower() for action, _ in listed(actions, [])}
    if found & {"kms:*", "*"}:
        found |= _NEEDED
    if "kms:generatedatakey" in found:
        found.add("kms:generatedatakey*")
    return found
