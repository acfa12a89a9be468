"""A metric filter without an alarm notifies no one."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.resources import resources_of_type
from trailbell.validate.metrics import alarmed_metrics, emitted_metrics


class FilterMetricWithoutAlarm(CloudFormationLintRule):
    id = "W9803"
    shortdesc = "filter-metric-without-alarm"
    description = "Every metric filter's metric is watched by an alarm in the template"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Templates without alarms are skipped: their alarms are in another template."""
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
