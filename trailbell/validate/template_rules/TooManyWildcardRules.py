"""The rule E9826: more rules with wildcards than an event bus can have."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.wildcard_rules import MAX_ON_BUS, wildcard_rules


class TooManyWildcardRules(CloudFormationLintRule):
    """An event bus can have 30 rules whose patterns have a wildcard. The quota cannot be raised, and the
    stack fails at the next one.

    ## Fails

    ```yaml
    Resources:
      App01: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "1.*.app"}]}}}
      App02: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "2.*.app"}]}}}
      App03: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "3.*.app"}]}}}
      App04: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "4.*.app"}]}}}
      App05: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "5.*.app"}]}}}
      App06: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "6.*.app"}]}}}
      App07: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "7.*.app"}]}}}
      App08: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "8.*.app"}]}}}
      App09: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "9.*.app"}]}}}
      App10: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "10.*.app"}]}}}
      App11: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "11.*.app"}]}}}
      App12: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "12.*.app"}]}}}
      App13: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "13.*.app"}]}}}
      App14: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "14.*.app"}]}}}
      App15: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "15.*.app"}]}}}
      App16: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "16.*.app"}]}}}
      App17: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "17.*.app"}]}}}
      App18: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "18.*.app"}]}}}
      App19: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "19.*.app"}]}}}
      App20: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "20.*.app"}]}}}
      App21: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "21.*.app"}]}}}
      App22: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "22.*.app"}]}}}
      App23: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "23.*.app"}]}}}
      App24: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "24.*.app"}]}}}
      App25: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "25.*.app"}]}}}
      App26: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "26.*.app"}]}}}
      App27: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "27.*.app"}]}}}
      App28: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "28.*.app"}]}}}
      App29: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "29.*.app"}]}}}
      App30: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "30.*.app"}]}}}
      App31: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "31.*.app"}]}}}
    ```

    ## Passes

    ```yaml
    Resources:
      App01: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{prefix: "1."}]}}}
    ```

    ## Silent

    - Rules that a condition may leave out, and rules on different buses.
    - Patterns that an intrinsic function decides, and a field that is called `wildcard`.
    """

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
