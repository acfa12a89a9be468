"""The rule E9806: topics with the AWS managed key to which a service publishes."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, strings
from trailbell.template.resources import resources_of_type
from trailbell.validate.publishers import publisher


class TopicWithAwsManagedKey(CloudFormationLintRule):
    """The key `alias/aws/sns` belongs to AWS, and no one can change its policy. It does not let
    CloudWatch, EventBridge or other services use it, so that their messages are lost.

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
      Topic:
        Type: AWS::SNS::Topic
        Properties:
          KmsMasterKeyId: alias/aws/sns
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

    - Topics to which no service publishes, by what the template shows: people and functions of the
      account may use the key.
    - Keys that a parameter or an intrinsic function decides, and queues.
    """

    id = "E9806"
    shortdesc = "topic-with-aws-managed-key"
    description = "A topic to which an AWS service publishes has a customer managed key, or none"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    tags = ["sns", "kms"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"{service} cannot publish to a topic that uses the AWS managed key alias/aws/sns. "
                "Use a customer managed key whose policy allows the service to use it.",
            )
            for logical_id, properties in resources_of_type(cfn.template, "AWS::SNS::Topic")
            for key, path in branches(
                properties.get("KmsMasterKeyId"),
                ("Resources", logical_id, "Properties", "KmsMasterKeyId"),
            )
            if any("alias/aws/sns" in text for text, _ in strings(key))
            for service in [publisher(cfn.template, logical_id)]
            if service
        ]
