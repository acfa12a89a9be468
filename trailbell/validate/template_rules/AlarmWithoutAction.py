"""The rule E9804: alarms that notify no one."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import entries
from trailbell.template.resources import ALARM_TYPES, resources_of_type
from trailbell.validate.readers import is_read


class AlarmWithoutAction(CloudFormationLintRule):
    """An alarm without an action changes its state, and no one is notified.

    It is red in the console, where someone has to look. The same holds if `ActionsEnabled` is
    false, which is often left over from a test.

    ## Fails

    ```yaml
    Resources:
      RootUse:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: CloudTrail
          MetricName: RootUse
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
    ```

    ## Passes

    ```yaml
    Resources:
      Topic:
        Type: AWS::SNS::Topic
      RootUse:
        Type: AWS::CloudWatch::Alarm
        Properties:
          Namespace: CloudTrail
          MetricName: RootUse
          Statistic: Sum
          Period: 300
          EvaluationPeriods: 1
          Threshold: 1
          ComparisonOperator: GreaterThanOrEqualToThreshold
          AlarmActions: [!Ref Topic]
    ```

    ## Silent

    - An alarm that something else in the template reads: a composite alarm notifies for its
      children, CodeDeploy and SAM stop a deployment, Route 53 checks its health.
    - An alarm in an output, which another stack may read.
    - A list of actions that an intrinsic function or a parameter decides.
    """

    id = "E9804"
    shortdesc = "alarm-without-action"
    description = "An alarm that nothing else reads has an alarm action, and actions are enabled"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html"
    tags = ["cloudwatch"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        matches = []
        for logical_id, properties in resources_of_type(cfn.template, *ALARM_TYPES):
            path: TemplatePath = ("Resources", logical_id, "Properties")
            if properties.get("ActionsEnabled") in (False, "false"):
                message = "ActionsEnabled is false. Remove it, or set it to true."
                matches.append(RuleMatch((*path, "ActionsEnabled"), message))
            actions = [
                action
                for action, _ in entries(properties.get("AlarmActions"), path)
                if action is not None
            ]
            if not actions and not is_read(cfn.template, logical_id):
                message = "The alarm has no alarm action. Add a topic to AlarmActions."
                matches.append(RuleMatch(path, message))
        return matches
