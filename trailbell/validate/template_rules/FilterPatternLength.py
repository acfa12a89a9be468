"""The rule E9801: filter patterns that are too long."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.pattern import MAX_LENGTH
from trailbell.template.intrinsics import branches, text_length
from trailbell.template.resources import resources_of_type


class FilterPatternLength(CloudFormationLintRule):
    """CloudWatch Logs rejects a filter pattern of more than 1,024 characters, after the stack has created
    other resources. Patterns that exclude many roles grow until they reach the limit.

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
            ($.eventName = "Create*") || ($.eventName = "Delete*") || ($.eventName = "Put*") ||
            ($.eventName = "Attach*") || ($.eventName = "Detach*") || ($.eventName = "Set*") ||
            ($.eventName = "UpdateAssumeRolePolicy")) }
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: PolicyChanges, MetricValue: "1"}
    ```

    ## Silent

    - The length of parts that only the deployment knows: they count as nothing.
    """

    id = "E9801"
    shortdesc = "filter-pattern-too-long"
    description = "A filter pattern has at most 1,024 characters"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        types = ("AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter")
        return [
            RuleMatch(
                path,
                f"The filter pattern has {length:,} characters, but the maximum is {MAX_LENGTH:,}. "
                "Shorten it, or split it into several metric filters.",
            )
            for logical_id, properties in resources_of_type(cfn.template, *types)
            for text, path in branches(
                properties.get("FilterPattern"),
                ("Resources", logical_id, "Properties", "FilterPattern"),
            )
            for length in [text_length(text)]
            if length > MAX_LENGTH
        ]
