"""An alarm that rings a topic which is not in its Region."""

import re

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import Path, listed, resources, texts

_REGION = re.compile(r"^arn:(?:\$\{[^}]*\}|[^:])+:sns:([a-z]+(?:-[a-z0-9]+)+):")


class TopicOfAnotherRegion(CloudFormationLintRule):
    id = "E9813"
    shortdesc = "topic-of-another-region"
    description = "An alarm rings topics of its own Region"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
    )
    tags = ["cloudwatch", "sns"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        found = []
        types = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        for logical_id, properties in resources(cfn.template, *types):
            path: Path = ["Resources", logical_id, "Properties", "AlarmActions"]
            for action, at in listed(properties.get("AlarmActions"), path):
                for text, _ in texts(action, []):
                    region = _REGION.match(text)
                    if region:
                        message = (
                            f"names a topic in {region[1]}; an alarm rings topics of its own "
                            "Region only: use ${AWS::Region}"
                        )
                        found.append(RuleMatch(at, message))
        return found
