"""A log alarm misses events, or its notification has no log lines."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.log_alarms import faults


class LogAlarmWithoutEffect(CloudFormationLintRule):
    id = "W9819"
    shortdesc = "log-alarm-without-effect"
    description = "The queries of a log alarm read all events, and its log lines are sent"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html"
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(fault.path, fault.text)
            for fault in faults(cfn.template)
            if not fault.is_rejected
        ]
