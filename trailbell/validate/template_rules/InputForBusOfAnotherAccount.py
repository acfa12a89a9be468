"""The rule W9823: changed events for the event bus of another account."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.rule_targets import literal_arn, rule_targets

_PROPERTIES = ("Input", "InputPath", "InputTransformer")


class InputForBusOfAnotherAccount(CloudFormationLintRule):
    """EventBridge sends events to the bus of another account as they are. It rejects a target with
    `Input`, `InputPath` or `InputTransformer`, when the stack is deployed.

    ## Fails

    ```yaml
    Resources:
      ToSecurity:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty]}
          Targets:
            - Id: security
              Arn: !Sub arn:${AWS::Partition}:events:${AWS::Region}:111122223333:event-bus/security
              RoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/forward
              InputPath: $.detail
    ```

    ## Passes

    ```yaml
    Resources:
      ToSecurity:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty]}
          Targets:
            - Id: security
              Arn: !Sub arn:${AWS::Partition}:events:${AWS::Region}:111122223333:event-bus/security
              RoleArn: !Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:role/forward
    ```

    ## Silent

    - Buses whose account is a parameter, a reference, or `${AWS::AccountId}`. A literal account
      counts as another one.
    - Other targets, API destinations included.
    """

    id = "W9823"
    shortdesc = "input-for-bus-of-another-account"
    description = "A rule does not change the events that it sends to a bus of another account"
    source_url = "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html"
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                (*target.path, name),
                f"The bus is in account {arn.account}. EventBridge rejects {name} for a bus of "
                "another account. Remove it, and change the event in a rule of that account.",
            )
            for target in rule_targets(cfn.template)
            for value, _ in target.arns()
            for arn in [literal_arn(value)]
            if arn and arn.service == "events" and arn.resource.startswith("event-bus/")
            if arn.account
            for name in _PROPERTIES
            if target.has(name)
        ]
