"""The rule E9805: topics whose policy does not let CloudWatch publish."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import entries, referenced_id
from trailbell.template.resources import ALARM_TYPES, resources_of_type
from trailbell.validate.cloudwatch_access import CLOUDWATCH, may_publish
from trailbell.validate.eventbridge_access import TOPIC, has_policy, policies_of


class AlarmTopicRefusesCloudWatch(CloudFormationLintRule):
    """A topic policy replaces the default policy of Amazon SNS, which lets all of the account
    publish. If it names other services or accounts only, the alarm goes into ALARM, the action
    fails, and no one is notified. The failure is only in the history of the alarm.

    ## Fails

    ```yaml
    Resources:
      Topic:
        Type: AWS::SNS::Topic
      TopicPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: budgets.amazonaws.com}
                Action: sns:Publish
                Resource: !Ref Topic
                Condition:
                  StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}
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
    ```

    ## Passes

    ```yaml
    Resources:
      Topic:
        Type: AWS::SNS::Topic
      TopicPolicy:
        Type: AWS::SNS::TopicPolicy
        Properties:
          Topics: [!Ref Topic]
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: [budgets.amazonaws.com, cloudwatch.amazonaws.com]}
                Action: sns:Publish
                Resource: !Ref Topic
                Condition:
                  StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}
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
    ```

    ## Silent

    - Topics without a policy: the default policy lets CloudWatch publish for its account.
    - Topics and policies of other templates.
    - Policies, principals and actions that an intrinsic function or a parameter decides.
    - Conditions on other keys than `aws:SourceArn`, such as `aws:SourceAccount`, and values of
      `aws:SourceArn` that can be an alarm.
    - `NotAction` and `NotPrincipal`, which may allow it, and what a statement with `Deny` takes
      away.
    """

    id = "E9805"
    shortdesc = "alarm-topic-refuses-cloudwatch"
    description = "The policy of an alarm's topic allows CloudWatch to publish"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"
    tags = ["cloudwatch", "sns"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"The policy of {topic} does not allow {CLOUDWATCH} to publish. Allow sns:Publish "
                "for this service principal, without a condition that excludes alarms.",
            )
            for topic, path in _notified_topics(cfn.template)
            for policies in [policies_of(cfn.template, TOPIC, topic)]
            if policies is not None
            and has_policy(cfn.template, TOPIC, topic)
            and not any(may_publish(statement, topic) for statement in policies)
        ]


def _notified_topics(document: Any) -> Iterator[tuple[str, TemplatePath]]:
    """The topics to which alarms send notifications, with the paths of the actions."""
    for logical_id, properties in resources_of_type(document, *ALARM_TYPES):
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            path: TemplatePath = ("Resources", logical_id, "Properties", name)
            for action, action_path in entries(properties.get(name), path):
                topic = referenced_id(action)
                if topic is not None:
                    yield topic, action_path
