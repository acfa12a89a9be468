"""The rule E9826: more rules with wildcards than an event bus can have."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.wildcard_rules import MAX_ON_BUS, wildcard_rules


class TooManyWildcardRules(CloudFormationLintRule):
    """An event bus can have 30 rules whose patterns have a wildcard. The quota cannot be raised,
    and the stack fails at the next one.

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
      App17: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "17.*"}]}}}
      App18: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "18.*"}]}}}
      App19: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "19.*"}]}}}
      App20: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "20.*"}]}}}
      App21: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "21.*"}]}}}
      App22: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "22.*"}]}}}
      App23: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "23.*"}]}}}
      App24: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "24.*"}]}}}
      App25: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "25.*"}]}}}
      App26: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "26.*"}]}}}
      App27: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "27.*"}]}}}
      App28: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "28.*"}]}}}
      App29: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "29.*"}]}}}
      App30: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "30.*"}]}}}
      App31: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{wildcard: "31.*"}]}}}
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
