"""An alarm never goes into ALARM if no metric filter publishes its metric."""

import json

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.resources import resources_of_type
from trailbell.validate.metrics import alarmed_metrics, emitted_metrics


class AlarmMetricWithoutFilter(CloudFormationLintRule):
    id = "E9802"
    shortdesc = "alarm-metric-without-filter"
    description = "An alarm watches only metrics that a metric filter in the template publishes"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Only namespaces to which a metric filter of the template publishes are checked."""
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
