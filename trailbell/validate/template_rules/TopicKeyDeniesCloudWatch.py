"""The rule E9814: keys that CloudWatch may not use."""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries, is_intrinsic, referenced_id
from trailbell.template.policy import may_allow, statements
from trailbell.template.resources import ALARM_TYPES, resources_of_type
from trailbell.validate.keys import key_of

_CLOUDWATCH = "cloudwatch.amazonaws.com"
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_REQUIRED_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey")


class TopicKeyDeniesCloudWatch(CloudFormationLintRule):
    """An alarm that notifies an encrypted topic uses its key. If the key policy does not allow
    CloudWatch, the alarm goes into ALARM, the action fails, and no one is notified.

    ## Fails

    ```yaml
    Resources:
      ErrorAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: AWS/Lambda
          MetricName: Errors
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
      Key:
        Type: AWS::KMS::Key
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          EnableKeyRotation: true
          KeyPolicy:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
                Action: kms:*
                Resource: "*"
      Topic:
        Type: AWS::SNS::Topic
        Properties:
          KmsMasterKeyId: !Ref Key
    ```

    ## Passes

    ```yaml
    Resources:
      ErrorAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: AWS/Lambda
          MetricName: Errors
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
      Key:
        Type: AWS::KMS::Key
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
        Properties:
          EnableKeyRotation: true
          KeyPolicy:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
                Action: kms:*
                Resource: "*"
              - Effect: Allow
                Principal: {Service: cloudwatch.amazonaws.com}
                Action: [kms:Decrypt, kms:GenerateDataKey*]
                Resource: "*"
      Topic:
        Type: AWS::SNS::Topic
        Properties:
          KmsMasterKeyId: !Ref Key
    ```

    ## Silent

    - Keys of other templates.
    - Policies, statements, actions and principals that an intrinsic function decides.
    - Topics that no alarm of the template notifies.
    """

    id = "E9814"
    shortdesc = "topic-key-denies-cloudwatch"
    description = "The key policy of an alarm's encrypted topic allows CloudWatch"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    tags = ["cloudwatch", "sns", "kms"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        denying_keys = {
            logical_id
            for logical_id, properties in resources_of_type(cfn.template, "AWS::KMS::Key")
            if not _allows_cloudwatch(properties.get("KeyPolicy"))
        }
        notified_topics = {
            referenced_id(action)
            for _, properties in resources_of_type(cfn.template, *ALARM_TYPES)
            for name in _ACTIONS
            for action, _ in entries(properties.get(name))
        }
        matches = []
        for logical_id, properties in resources_of_type(cfn.template, "AWS::SNS::Topic"):
            path: TemplatePath = ("Resources", logical_id, "Properties", "KmsMasterKeyId")
            for key, key_path in branches(properties.get("KmsMasterKeyId"), path):
                key_id = key_of(cfn.template, key)
                if logical_id in notified_topics and key_id in denying_keys:
                    message = (
                        f"The key policy of {key_id} does not allow {_CLOUDWATCH} to use the "
                        "key, so notifications would not be delivered. Allow kms:Decrypt and "
                        "kms:GenerateDataKey*."
                    )
                    matches.append(RuleMatch(key_path, message))
        return matches


def _allows_cloudwatch(policy: Any) -> bool:
    """Whether a policy lets CloudWatch use the key, or an intrinsic function may decide so."""
    found = [statement for statement, _ in statements(policy)]
    is_unknown = any(is_intrinsic(branch) for branch, _ in branches(policy))
    return is_unknown or all(
        any(may_allow(statement, action, _CLOUDWATCH) for statement in found)
        for action in _REQUIRED_ACTIONS
    )
