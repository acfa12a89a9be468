"""An input transformer that the documentation of EventBridge does not describe."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.input_transformers import SUSPICIOUS, input_templates


class InputTransformerSuspicious(CloudFormationLintRule):
    id = "W9824"
    shortdesc = "input-transformer-suspicious"
    description = "An input transformer has text in quotes, and whole events outside of quotes"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(template.path, f"{fault.id}: {fault}")
            for template in input_templates(cfn.template)
            for fault in template.faults()
            if fault.id in SUSPICIOUS
        ]
