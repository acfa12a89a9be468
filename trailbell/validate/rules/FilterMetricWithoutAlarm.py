"""A metric filter that nobody is told about."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import resources
from trailbell.validate.metrics import produced, watched


class FilterMetricWithoutAlarm(CloudFormationLintRule):
    id = "W9803"
    shortdesc = "filter-metric-without-alarm"
    description = "A metric filter produces a metric that no alarm of its template watches"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """A template without alarms keeps them elsewhere and cannot be judged."""
        if not any(resources(cfn.template, "AWS::CloudWatch::Alarm")):
            return []
        known = list(watched(cfn.template))
        return [
            RuleMatch(metric.path, f"no alarm here watches {metric.shown}")
            for metric in produced(cfn.template)
            if not any(map(metric.may_be, known))
        ]
