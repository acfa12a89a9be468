"""An alarm that can never ring, because nothing counts what it watches."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.metrics import produced, watched


class AlarmMetricWithoutFilter(CloudFormationLintRule):
    id = "E9802"
    shortdesc = "alarm-metric-without-filter"
    description = "An alarm watches a metric that no filter of its template produces"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Only namespaces into which some filter of the template writes can be judged."""
        known = list(produced(cfn.template))
        namespaces = {metric.namespace for metric in known}
        return [
            RuleMatch(metric.path, f"no metric filter here produces {metric.shown}")
            for metric in watched(cfn.template)
            if metric.namespace in namespaces and not any(map(metric.may_be, known))
        ]
