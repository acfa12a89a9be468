"""An event bus can have only a few rules with wildcards."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.wildcard_rules import MAX_ON_BUS, wildcard_rules


class TooManyWildcardRules(CloudFormationLintRule):
    id = "E9826"
    shortdesc = "too-many-wildcard-rules"
    description = "An event bus has at most 30 rules with wildcards"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                ("Resources", logical_id),
                f"This is rule {number} with a wildcard on the same event bus, but a bus can have "
                f"{MAX_ON_BUS}. Use prefix or suffix instead, or another event bus.",
            )
            for rules in wildcard_rules(cfn.template).values()
            for number, logical_id in enumerate(rules, 1)
            if number > MAX_ON_BUS
        ]
