"""The rule E9812: metric filters on log groups that are named by ARN."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, strings
from trailbell.template.resources import resources_of_type


class CrossAccountLogGroup(CloudFormationLintRule):
    """CloudWatch Logs looks up the log group of a metric filter by its name, in the account and Region of
    the stack. An ARN, for example that of a central logging account, is not a name, and the stack
    fails to deploy.

    ## Fails

    ```yaml
    Resources:
      TrailChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: !Sub arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:trail
          FilterPattern: '{ $.eventName = "StopLogging" }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: TrailChanges, MetricValue: "1"}
    ```

    ## Passes

    ```yaml
    Resources:
      TrailChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: trail
          FilterPattern: '{ $.eventName = "StopLogging" }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: TrailChanges, MetricValue: "1"}
    ```

    ## Silent

    - Names from parameters, references and intrinsic functions without `arn:` in them.
    - Subscription filters and other resources.
    """

    id = "E9812"
    shortdesc = "cross-account-log-group"
    description = "A metric filter refers to its log group by name, in the same account and Region"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                "A metric filter cannot use a log group of another account or Region. Deploy it in "
                "the account and Region of the log group, and use the name instead of the ARN.",
            )
            for logical_id, properties in resources_of_type(cfn.template, "AWS::Logs::MetricFilter")
            for name, path in branches(
                properties.get("LogGroupName"),
                ("Resources", logical_id, "Properties", "LogGroupName"),
            )
            if any(text.startswith("arn:") for text, _ in strings(name))
        ]
