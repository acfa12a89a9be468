"""The rule E9802: alarms on metrics that nothing publishes."""

import json

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.resources import resources_of_type
from trailbell.validate.metrics import alarmed_metrics, emitted_metrics


class AlarmMetricWithoutFilter(CloudFormationLintRule):
    """An alarm on a metric that has no data stays in INSUFFICIENT_DATA, or in OK if missing data
    counts as not breaching. It looks healthy and never sends a notification.

    Usually the name of the metric has a typing error, or was changed in the metric filter only. If
    your code publishes the metric, give it a namespace of its own, or suppress the rule for the
    alarm.

    ## Fails

    ```yaml
    Resources:
      RootUseFilter:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }'
          MetricTransformations:
            - {MetricNamespace: CISBenchmark, MetricName: RootAccountUsage, MetricValue: "1"}
      Topic:
        Type: AWS::SNS::Topic
      RootUseAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: CISBenchmark
          MetricName: RootAccountUsage
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
      ManyRootUsesAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: CISBenchmark
          MetricName: RootAcountUsage
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 10
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
    ```

    ## Passes

    ```yaml
    Resources:
      RootUseFilter:
        Type: AWS::Logs::MetricFilter
        Properties:
          LogGroupName: aws-cloudtrail-logs
          FilterPattern: '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }'
          MetricTransformations:
            - {MetricNamespace: CISBenchmark, MetricName: RootAccountUsage, MetricValue: "1"}
      Topic:
        Type: AWS::SNS::Topic
      RootUseAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: CISBenchmark
          MetricName: RootAccountUsage
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
      ManyRootUsesAlarm:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: CISBenchmark
          MetricName: RootAccountUsage
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 10
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
    ```

    ## Silent

    - Namespaces to which no metric filter of the template publishes, such as `AWS/Lambda`. If the
      namespace is misspelled, `filter-metric-without-alarm` reports the metric filter.
    - Names from parameters and intrinsic functions, if they may be that of a metric filter.
    """

    id = "E9802"
    shortdesc = "alarm-metric-without-filter"
    description = "In namespaces of its metric filters, a template has alarms only on metrics that they publish"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        published = list(emitted_metrics(cfn.template))
        namespaces = {metric.namespace for metric in published}
        # Ref of a metric filter is the name of the filter.
        filters = {
            json.dumps({"Ref": logical_id})
            for logical_id, _ in resources_of_type(cfn.template, "AWS::Logs::MetricFilter")
        }
        return [
            RuleMatch(
                metric.path,
                f"No metric filter in this template publishes {metric.display_name}. Correct the "
                "namespace or the name of the metric, or add a metric filter.",
            )
            for metric in alarmed_metrics(cfn.template)
            if metric.namespace in namespaces
            and (metric.name in filters or not any(map(metric.may_be, published)))
        ]
