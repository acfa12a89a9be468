"""EventBridge rejects a target with an invalid input transformer."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.input_transformers import SUSPICIOUS, input_templates


class InputTransformerInvalid(CloudFormationLintRule):
    id = "E9820"
    shortdesc = "input-transformer-invalid"
    description = "An input transformer is valid"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(template.path, f"The input transformer is invalid: {fault}")
            for template in input_templates(cfn.template)
            for fault in template.faults()
            if fault.id not in SUSPICIOUS
        ]
