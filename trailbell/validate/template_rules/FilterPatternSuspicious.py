"""The rule W9816: filter patterns that miss the events they are for."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.pattern.lint import is_required_by_controls
from trailbell.validate.filter_patterns import INVALID, findings


class FilterPatternSuspicious(CloudFormationLintRule):
    """CloudWatch Logs accepts any names and values. A pattern with a member or a value that no
    record has never matches, and a metric without data looks like a quiet account. Other patterns
    match nearly every event, because two exclusions are joined with `||`.

    The rule proves conditions that never or always hold. It knows the fields of CloudTrail records,
    the event names of the services, and the members and values of their requests, from the models
    of the AWS SDK. [Patterns](../../explanation/patterns.md) has each kind.

    ## Fails

    ```yaml
    Resources:
      UsersCreated:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: >-
            { ($.eventSource = "iam.amazonaws.com") && ($.eventName = "CreateUsr") &&
            ($.userIdentity.userName != "alice") }
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: UsersCreated, MetricValue: "1"}
    ```

    ## Passes

    ```yaml
    Resources:
      UsersCreated:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: >-
            { ($.eventSource = "iam.amazonaws.com") && ($.eventName = "CreateUser") &&
            (($.userIdentity.userName NOT EXISTS) || ($.userIdentity.userName != "alice")) }
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: UsersCreated, MetricValue: "1"}
    ```

    ## Silent

    - Parts that only the deployment knows.
    - Patterns that are invalid, which `filter-pattern-invalid` reports.
    - `$.additionalEventData.MFAUsed != "Yes"`, which controls require as it is.
    - Fields and values of other logs: a field must show that the pattern is for CloudTrail.
    - Events of services whose events are not all known, and members that a request may have.
    """

    id = "W9816"
    shortdesc = "filter-pattern-suspicious"
    description = "A filter pattern can match the intended events"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/matching-terms-json-log-events.html"
    tags = ["logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"{finding.id}, at character {finding.start + 1}: {finding.reason}; {finding.fix}",
            )
            for finding, path in findings(cfn.template)
            if finding.id not in INVALID and not is_required_by_controls(finding)
        ]
