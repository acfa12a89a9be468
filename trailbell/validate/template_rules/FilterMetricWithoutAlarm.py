"""The rule W9803: metric filters whose metric no alarm watches."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.resources import resources_of_type
from trailbell.validate.metrics import alarmed_metrics, emitted_metrics


class FilterMetricWithoutAlarm(CloudFormationLintRule):
    """A metric filter only counts, and notifies no one. In a template with alarms, the alarm on
    this metric was probably forgotten, or watches another name. If the metric is for a dashboard
    only, suppress the rule for the metric filter.

    ## Fails

    ```yaml
    Resources:
      PolicyChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ $.eventName = "PutRolePolicy" }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: PolicyChanges, MetricValue: "1"}
      KeyChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ $.eventName = "DisableKey" }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: KeyChanges, MetricValue: "1"}
      Topic:
        Type: AWS::SNS::Topic
      PolicyChangesAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: Security
          MetricName: PolicyChanges
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
      PolicyChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ $.eventName = "PutRolePolicy" }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: PolicyChanges, MetricValue: "1"}
      KeyChanges:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ $.eventName = "DisableKey" }'
          MetricTransformations:
            - {MetricNamespace: Security, MetricName: KeyChanges, MetricValue: "1"}
      Topic:
        Type: AWS::SNS::Topic
      PolicyChangesAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: Security
          MetricName: PolicyChanges
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
      KeyChangesAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: Security
          MetricName: KeyChanges
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
    ```

    ## Silent

    - Templates without alarms on metrics: those are in another template.
    - Metrics that an alarm may watch: names from parameters and intrinsic functions, metrics in
      metric math, and queries of Metrics Insights.
    """

    id = "W9803"
    shortdesc = "filter-metric-without-alarm"
    description = "Every metric filter's metric is watched by an alarm in the template"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        if not any(resources_of_type(cfn.template, "AWS::CloudWatch::Alarm")):
            return []
        watched = list(alarmed_metrics(cfn.template))
        return [
            RuleMatch(
                metric.path,
                f"No alarm in this template watches {metric.display_name}. Add an alarm, or correct the "
                "namespace or the name of the metric.",
            )
            for metric in emitted_metrics(cfn.template)
            if not any(map(metric.may_be, watched))
        ]
