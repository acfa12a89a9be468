"""An alarm that rings and tells nobody."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import Path, listed, resources


class AlarmWithoutAction(CloudFormationLintRule):
    id = "E9804"
    shortdesc = "alarm-without-action"
    description = "An alarm has an action for the ALARM state, and actions are enabled"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html"
    tags = ["cloudwatch"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        types = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        for logical_id, properties in resources(cfn.template, *types):
            path: Path = ["Resources", logical_id, "Properties"]
            if properties.get("ActionsEnabled") in (False, "false"):
                found.append(RuleMatch([*path, "ActionsEnabled"], "its actions are switched off"))
            actions = [
                action
                for action, _ in listed(properties.get("AlarmActions"), path)
                if action is not None
            ]
            if not actions:
                found.append(RuleMatch(path, "it rings nothing; give it AlarmActions"))
        return found
