"""The rule I9822: templates with many rules that have wildcards."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.wildcard_rules import MAX_ON_BUS, wildcard_rules


class ManyWildcardRules(CloudFormationLintRule):
    """An event bus can have 30 rules whose patterns have a wildcard, and those of all templates in the
    account and Region count on the default bus. A template that uses more than half leaves little room
    for others, whose stacks then fail to deploy.

    ## Fails

    ```yaml
    Resources:
      Changes01:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app1], detail-type: [{wildcard: "*Changed*"}]}
      Changes02:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app2], detail-type: [{wildcard: "*Changed*"}]}
      Changes03:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app3], detail-type: [{wildcard: "*Changed*"}]}
      Changes04:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app4], detail-type: [{wildcard: "*Changed*"}]}
      Changes05:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app5], detail-type: [{wildcard: "*Changed*"}]}
      Changes06:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app6], detail-type: [{wildcard: "*Changed*"}]}
      Changes07:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app7], detail-type: [{wildcard: "*Changed*"}]}
      Changes08:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app8], detail-type: [{wildcard: "*Changed*"}]}
      Changes09:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app9], detail-type: [{wildcard: "*Changed*"}]}
      Changes10:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app10], detail-type: [{wildcard: "*Changed*"}]}
      Changes11:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app11], detail-type: [{wildcard: "*Changed*"}]}
      Changes12:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app12], detail-type: [{wildcard: "*Changed*"}]}
      Changes13:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app13], detail-type: [{wildcard: "*Changed*"}]}
      Changes14:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app14], detail-type: [{wildcard: "*Changed*"}]}
      Changes15:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app15], detail-type: [{wildcard: "*Changed*"}]}
      Changes16:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app16], detail-type: [{wildcard: "*Changed*"}]}
    ```

    ## Passes

    ```yaml
    Resources:
      Changes01:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app1], detail-type: [{prefix: Changed}]}
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
