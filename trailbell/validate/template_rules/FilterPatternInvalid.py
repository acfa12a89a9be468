"""The rule E9815: filter patterns that CloudWatch Logs rejects."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.filter_patterns import INVALID, findings


class FilterPatternInvalid(CloudFormationLintRule):
    """CloudFormation passes a filter pattern on as it is, so that a stack fails at the metric
    filter, with a message that does not say where the fault is. The rule parses the pattern as
    CloudWatch Logs does and names the character.

    ## Fails

    ```yaml
    Resources:
      AccessDenied:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ ($.errorCode = "*Unauthorized*") || ($.errorCode = "AccessDenied*" }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: AccessDenied, MetricValue: "1"}
    ```

    ## Passes

    ```yaml
    Resources:
      AccessDenied:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ ($.errorCode = "*Unauthorized*") || ($.errorCode = "AccessDenied*") }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: AccessDenied, MetricValue: "1"}
    ```

    ## Silent

    - What follows a part that only the deployment knows, because it may be a whole clause. Parts
      from `Fn::Join`, `Fn::Sub`, `Fn::FindInMap` and the defaults of parameters are known.
    - Dynamic references and imports.
    - Patterns that are too long, which `filter-pattern-too-long` reports.
    """

    id = "E9815"
    shortdesc = "filter-pattern-invalid"
    description = "A filter pattern is valid"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"
    )
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"The filter pattern is invalid, at character {finding.start + 1}: "
                f"{finding.reason}; {finding.fix}",
            )
            for finding, path in findings(cfn.template)
            if finding.id in INVALID
        ]
