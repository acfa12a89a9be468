"""The rule I9822: templates with many rules that have wildcards."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.wildcard_rules import MAX_ON_BUS, wildcard_rules


class ManyWildcardRules(CloudFormationLintRule):
    """An event bus can have 30 rules whose patterns have a wildcard, and those of all templates in
    the account and Region count on the default bus. A template that uses more than half leaves
    little room for others, whose stacks then fail to deploy.

    ## Fails

    ```yaml
    Resources:
      App01: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "1.*"}]}}}
      App02: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "2.*"}]}}}
      App03: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "3.*"}]}}}
      App04: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "4.*"}]}}}
      App05: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "5.*"}]}}}
      App06: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "6.*"}]}}}
      App07: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "7.*"}]}}}
      App08: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "8.*"}]}}}
      App09: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "9.*"}]}}}
      App10: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "10.*"}]}}}
      App11: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "11.*"}]}}}
      App12: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "12.*"}]}}}
      App13: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "13.*"}]}}}
      App14: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "14.*"}]}}}
      App15: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "15.*"}]}}}
      App16: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "16.*"}]}}}
    ```

    ## Passes

    ```yaml
    Resources:
      App01: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{prefix: "1."}]}}}
    ```

    ## Silent

    - Up to 15 rules with wildcards on a bus, and rules that a condition may leave out.
    - Patterns that an intrinsic function decides.
    - More than 30, which `too-many-wildcard-rules` reports.
    """

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
