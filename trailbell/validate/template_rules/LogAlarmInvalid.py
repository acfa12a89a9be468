"""CloudWatch rejects a log alarm with values that its schema accepts."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.log_alarms import faults


class LogAlarmInvalid(CloudFormationLintRule):
    id = "E9818"
    shortdesc = "log-alarm-invalid"
    description = "A log alarm has only values that CloudWatch accepts"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogAlarm.html"
    )
    tags = ["cloudwatch", "logs"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(fault.path, fault.text) for fault in faults(cfn.template) if fault.is_rejected
        ]
