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
      Changes17:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app17], detail-type: [{wildcard: "*Changed*"}]}
      Changes18:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app18], detail-type: [{wildcard: "*Changed*"}]}
      Changes19:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app19], detail-type: [{wildcard: "*Changed*"}]}
      Changes20:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app20], detail-type: [{wildcard: "*Changed*"}]}
      Changes21:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app21], detail-type: [{wildcard: "*Changed*"}]}
      Changes22:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app22], detail-type: [{wildcard: "*Changed*"}]}
      Changes23:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app23], detail-type: [{wildcard: "*Changed*"}]}
      Changes24:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app24], detail-type: [{wildcard: "*Changed*"}]}
      Changes25:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app25], detail-type: [{wildcard: "*Changed*"}]}
      Changes26:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app26], detail-type: [{wildcard: "*Changed*"}]}
      Changes27:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app27], detail-type: [{wildcard: "*Changed*"}]}
      Changes28:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app28], detail-type: [{wildcard: "*Changed*"}]}
      Changes29:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app29], detail-type: [{wildcard: "*Changed*"}]}
      Changes30:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app30], detail-type: [{wildcard: "*Changed*"}]}
      Changes31:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [app31], detail-type: [{wildcard: "*Changed*"}]}
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
