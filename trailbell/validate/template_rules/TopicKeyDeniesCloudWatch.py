"""An alarm sends no notification if the key policy of its topic does not allow CloudWatch."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries, referenced_id
from trailbell.template.policy import allows, principal_includes, statements
from trailbell.template.resources import ALARM_TYPES, resources_of_type

_CLOUDWATCH = "cloudwatch.amazonaws.com"
_REQUIRED_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")


class TopicKeyDeniesCloudWatch(CloudFormationLintRule):
    id = "E9814"
    shortdesc = "topic-key-denies-cloudwatch"
    description = "The key policy of an alarm's encrypted topic allows CloudWatch"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    tags = ["cloudwatch", "sns", "kms"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Only keys of the template are checked."""
        denying_keys = {
            logical_id
            for logical_id, properties in resources_of_type(cfn.template, "AWS::KMS::Key")
            if not _allows_cloudwatch(properties.get("KeyPolicy"))
        }
        notified_topics = {
            referenced_id(action)
            for _, properties in resources_of_type(cfn.template, *ALARM_TYPES)
            for action, _ in entries(properties.get("AlarmActions"))
        }
        matches = []
        for logical_id, properties in resources_of_type(cfn.template, "AWS::SNS::Topic"):
            path: TemplatePath = ("Resources", logical_id, "Properties", "KmsMasterKeyId")
            for key, key_path in branches(properties.get("KmsMasterKeyId"), path):
                key_id = _key_of(cfn.template, key)
                if logical_id in notified_topics and key_id in denying_keys:
                    message = (
                        f"The key policy of {key_id} does not allow {_CLOUDWATCH} to use the "
                        "key, so notifications would not be delivered. Allow kms:Decrypt and "
                        "kms:GenerateDataKey*."
                    )
                    matches.append(RuleMatch(key_path, message))
        return matches


def _key_of(document: Any, value: Any) -> str | None:
    """The logical ID of the key that a value names, directly or by an alias of the template."""
    name = referenced_id(value)
    for logical_id, properties in resources_of_type(document, "AWS::KMS::Alias"):
        if name == logical_id or (isinstance(value, str) and value == properties.get("AliasName")):
            return referenced_id(properties.get("TargetKeyId"))
    return name


def _allows_cloudwatch(policy: Any) -> bool:
    allowed = [
        statement
        for statement, _ in statements(policy)
        if principal_includes(statement.get("Principal"), _CLOUDWATCH)
    ]
    return all(
        any(allows(statement, action) for statement in allowed) for action in _REQUIRED_ACTIONS
    )
