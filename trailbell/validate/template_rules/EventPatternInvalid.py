"""The rule E9817: event patterns that EventBridge rejects."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.event_pattern import REFUSED
from trailbell.validate.event_patterns import findings


class EventPatternInvalid(CloudFormationLintRule):
    """CloudFormation passes an event pattern on as it is, so that a stack fails at the rule, after
    it has created other resources. The most frequent fault is a value without a list around it.

    ## Fails

    ```yaml
    Resources:
      ConsoleLogin:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.signin]
            detail-type: [AWS Console Sign In via CloudTrail, AWS Console Signin via CloudTrail]
            detail:
              eventName: ConsoleLogin
    ```

    ## Passes

    ```yaml
    Resources:
      ConsoleLogin:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.signin]
            detail-type: [AWS Console Sign In via CloudTrail, AWS Console Signin via CloudTrail]
            detail:
              eventName: [ConsoleLogin]
    ```

    ## Silent

    - What an intrinsic function, a parameter or a macro decides: a list, a value, a member.
    - Patterns that are valid and never match: `event-pattern-suspicious` reports them.
    """

    id = "E9817"
    shortdesc = "event-pattern-invalid"
    description = "An event pattern is valid"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(
                path,
                f"The event pattern is invalid, at {finding.location}: "
                f"{finding.reason}; {finding.fix}",
            )
            for finding, path in findings(cfn.template)
            if finding.id in REFUSED
        ]
