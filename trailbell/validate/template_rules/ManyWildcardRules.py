"""Rules of other templates share the quota of rules with wildcards on an event bus."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.wildcard_rules import MAX_ON_BUS, wildcard_rules


class ManyWildcardRules(CloudFormationLintRule):
    id = "I9822"
    shortdesc = "many-wildcard-rules"
    description = "A template uses at most half of the rules with wildcards that a bus can have"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html"
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """The first rule past the half is reported, once for each event bus."""
        return [
            RuleMatch(
                ("Resources", rules[MAX_ON_BUS // 2]),
                f"The template has {len(rules)} rules with wildcards on the same event bus. A bus "
                f"can have {MAX_ON_BUS}, those of other templates included. Use prefix or suffix "
                "instead.",
            )
            for rules in wildcard_rules(cfn.template).values()
            if MAX_ON_BUS // 2 < len(rules) <= MAX_ON_BUS
        ]
