"""The rule E9801: filter patterns that are too long."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.pattern import MAX_LENGTH
from trailbell.validate.filter_patterns import pattern_lengths


class FilterPatternLength(CloudFormationLintRule):
    """CloudWatch Logs rejects a filter pattern of more than 1,024 characters, after the stack has
    created other resources. Patterns that list many events or exclude many roles grow until they
    reach the limit. Two metric filters can publish the same metric, so that the alarm stays as it
    is.

    ## Fails

    ```yaml
    Resources:
      PolicyChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: >-
            { ($.eventSource = "iam.amazonaws.com") && (
            ($.eventName = "DeleteGroupPolicy") || ($.eventName = "DeleteRolePolicy") ||
            ($.eventName = "DeleteUserPolicy") || ($.eventName = "PutGroupPolicy") ||
            ($.eventName = "PutRolePolicy") || ($.eventName = "PutUserPolicy") ||
            ($.eventName = "CreatePolicy") || ($.eventName = "DeletePolicy") ||
            ($.eventName = "CreatePolicyVersion") || ($.eventName = "DeletePolicyVersion") ||
            ($.eventName = "AttachRolePolicy") || ($.eventName = "DetachRolePolicy") ||
            ($.eventName = "AttachUserPolicy") || ($.eventName = "DetachUserPolicy") ||
            ($.eventName = "AttachGroupPolicy") || ($.eventName = "DetachGroupPolicy") ||
            ($.eventName = "SetDefaultPolicyVersion") || ($.eventName = "UpdateAssumeRolePolicy") ||
            ($.eventName = "PutRolePermissionsBoundary") ||
            ($.eventName = "DeleteRolePermissionsBoundary") ||
            ($.eventName = "PutUserPermissionsBoundary") ||
            ($.eventName = "DeleteUserPermissionsBoundary") ||
            ($.eventName = "CreateRole") || ($.eventName = "DeleteRole") ||
            ($.eventName = "CreateUser") || ($.eventName = "DeleteUser")) }
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: PolicyChanges, MetricValue: "1"}
    ```

    ## Passes

    ```yaml
    Resources:
      PolicyChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: >-
            { ($.eventSource = "iam.amazonaws.com") && (
            ($.eventName = "DeleteGroupPolicy") || ($.eventName = "DeleteRolePolicy") ||
            ($.eventName = "DeleteUserPolicy") || ($.eventName = "PutGroupPolicy") ||
            ($.eventName = "PutRolePolicy") || ($.eventName = "PutUserPolicy") ||
            ($.eventName = "CreatePolicy") || ($.eventName = "DeletePolicy") ||
            ($.eventName = "CreatePolicyVersion") || ($.eventName = "DeletePolicyVersion") ||
            ($.eventName = "AttachRolePolicy") || ($.eventName = "DetachRolePolicy") ||
            ($.eventName = "AttachUserPolicy") || ($.eventName = "DetachUserPolicy") ||
            ($.eventName = "AttachGroupPolicy") || ($.eventName = "DetachGroupPolicy")) }
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: PolicyChanges, MetricValue: "1"}
      IdentityChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: >-
            { ($.eventSource = "iam.amazonaws.com") && (
            ($.eventName = "SetDefaultPolicyVersion") || ($.eventName = "UpdateAssumeRolePolicy") ||
            ($.eventName = "PutRolePermissionsBoundary") ||
            ($.eventName = "DeleteRolePermissionsBoundary") ||
            ($.eventName = "PutUserPermissionsBoundary") ||
            ($.eventName = "DeleteUserPermissionsBoundary") ||
            ($.eventName = "CreateRole") || ($.eventName = "DeleteRole") ||
            ($.eventName = "CreateUser") || ($.eventName = "DeleteUser")) }
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: PolicyChanges, MetricValue: "1"}
    ```

    ## Silent

    - Parts that only the deployment knows: they count as nothing. Parts from `Fn::Join`, `Fn::Sub`,
      `Fn::FindInMap` and the defaults of parameters are known.
    """

    id = "E9801"
    shortdesc = "filter-pattern-too-long"
    description = "A filter pattern has at most 1,024 characters"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"The filter pattern has {length:,} characters, but the maximum is {MAX_LENGTH:,}. "
                "Shorten it, or split it into several metric filters.",
            )
            for length, path in pattern_lengths(cfn.template)
            if length > MAX_LENGTH
        ]
