"""An alarm that rings a topic to which CloudWatch may not publish."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import Path, admits, allows, listed, ref, resources, statements

_CLOUDWATCH = "cloudwatch.amazonaws.com"


class AlarmTopicRefusesCloudWatch(CloudFormationLintRule):
    id = "E9805"
    shortdesc = "alarm-topic-refuses-cloudwatch"
    description = "The policy of a topic that an alarm rings lets CloudWatch publish"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"
    tags = ["cloudwatch", "sns"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """A topic without a policy of its own has SNS's default one, which lets its account in."""
        policies: dict[str, list[dict[str, Any]]] = {}
        for _, properties in resources(cfn.template, "AWS::SNS::TopicPolicy"):
            for topic, _at in listed(properties.get("Topics"), []):
                found = statements(properties.get("PolicyDocument"), [])
                policies.setdefault(ref(topic) or "", []).extend(s for s, _ in found)
        return [
            RuleMatch(at, f"the policy of {topic} does not let {_CLOUDWATCH} publish to it")
            for topic, at in _rung(cfn.template)
            if topic in policies and not any(map(_lets_in, policies[topic]))
        ]


def _rung(document: Any) -> Iterator[tuple[str, Path]]:
    """The topics of the template that alarms ring, and where they say so."""
    types = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    for logical_id, properties in resources(document, *types):
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            path: Path = ["Resources", logical_id, "Properties", name]
            for action, at in listed(properties.get(name), path):
                topic = ref(action)
                if topic is not None:
                    yield topic, at


def _lets_in(statement: dict[str, Any]) -> bool:
    return allows(statement, "sns:Publish") and admits(statement.get("Principal"), _CLOUDWATCH)
