"""The rule E9813: alarms that notify a topic of a literal Region."""

import re

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import entries
from trailbell.template.resources import ALARM_TYPES, resources_of_type
from trailbell.validate.input_transformers import text_with_unknown

_REGION = re.compile(r"arn:[^:]+:sns:([a-z]+(?:-[a-z0-9]+)+):")
_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


class CrossRegionTopic(CloudFormationLintRule):
    """CloudWatch rejects an alarm whose topic is in another Region, with a message such as
    `Invalid region us-east-1 specified`. With a literal Region in the ARN, the template can be
    deployed in this Region only, and a StackSet fails in all others.

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
          AlarmActions: [!Sub "arn:${AWS::Partition}:sns:us-east-1:${AWS::AccountId}:alerts"]
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
          AlarmActions: [!Sub "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:alerts"]
    ```

    ## Silent

    - Topics of the template and of other stacks, and Regions from parameters and pseudo parameters.
    - Actions of other services, such as `arn:aws:automate:us-east-1:ec2:reboot`.
    """

    id = "E9813"
    shortdesc = "cross-region-topic"
    description = "The topics of an alarm are in the Region of the alarm"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    )
    tags = ["cloudwatch", "sns"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        matches = []
        for logical_id, properties in resources_of_type(cfn.template, *ALARM_TYPES):
            for name in _ACTIONS:
                path: TemplatePath = ("Resources", logical_id, "Properties", name)
                for action, action_path in entries(properties.get(name), path):
                    region = _REGION.match(text_with_unknown(action) or "")
                    if region:
                        message = (
                            f"The topic is in {region[1]}, but an alarm can only notify a topic in "
                            "its own Region. Use ${AWS::Region} instead."
                        )
                        matches.append(RuleMatch(action_path, message))
        return matches
