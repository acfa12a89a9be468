"""The rule E9812: metric filters on log groups that are named by ARN."""

import re
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches
from trailbell.template.resources import resources_of_type
from trailbell.validate.input_transformers import text_with_unknown

_ARN_OF_RESOURCE = re.compile(r"\$\{[A-Za-z0-9]+\.Arn\}")


class CrossAccountLogGroup(CloudFormationLintRule):
    """CloudWatch Logs looks up the log group of a metric filter by its name, in the account and
    Region of the stack. An ARN, for example that of a central logging account, is not a name, and
    the stack fails to deploy.

    ## Fails

    ```yaml
    Parameters:
      LogAccount:
        Type: String
    Resources:
      TrailChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: !Sub arn:${AWS::Partition}:logs:${AWS::Region}:${LogAccount}:log-group:trail
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

    - Names from parameters, references, imports, and functions such as `Fn::Select` and
      `Fn::Split`, which can take the name out of an ARN.
    - `!GetAtt LogGroup.Arn`, which cfn-lint reports itself (E1040).
    - Log groups of other resources, such as subscription filters.
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
                "LogGroupName is an ARN, but a metric filter takes the name of a log group in its "
                "own account and Region. Use the name, and deploy the metric filter there.",
            )
            for logical_id, properties in resources_of_type(cfn.template, "AWS::Logs::MetricFilter")
            for name, path in branches(
                properties.get("LogGroupName"),
                ("Resources", logical_id, "Properties", "LogGroupName"),
            )
            if _is_arn(name)
        ]


def _is_arn(name: Any) -> bool:
    """Whether a name begins as an ARN does, or with that of a resource in ``Fn::Sub``."""
    match name:
        case {"Fn::Sub": str(text)} if _ARN_OF_RESOURCE.match(text):
            return True
        case _:
            return (text_with_unknown(name) or "").startswith("arn:")
