"""The rule W9820: values of callers inside of JSON texts."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.event_pattern.input_transformer import unsafe_variables
from trailbell.validate.input_transformers import input_templates
from trailbell.validate.rule_targets import rules_for_cloudtrail

# What a caller writes, or can write with quotes and backslashes, and objects that contain it.
_CHOSEN_BY_CALLERS = (
    *("additionalEventData", "errorMessage", "requestParameters", "resources"),
    *("responseElements", "serviceEventDetails", "userAgent", "userIdentity.arn"),
)


class InputTransformerUnsafeValue(CloudFormationLintRule):
    """EventBridge puts values into a template as they are. If a caller can choose a value, such as
    the user agent or a name in a request, a quote in it makes the message invalid, and no one is
    notified. Who attacks an account can send such a value on purpose.

    ## Fails

    ```yaml
    Parameters:
      FunctionArn:
        Type: String
      QueueArn:
        Type: String
    Resources:
      UserCreated:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.iam]
            detail-type: [AWS API Call via CloudTrail]
            detail: {eventName: [CreateUser]}
          Targets:
            - Id: function
              Arn: !Ref FunctionArn
              DeadLetterConfig: {Arn: !Ref QueueArn}
              InputTransformer:
                InputPathsMap: {agent: $.detail.userAgent}
                InputTemplate: '{"text": "A user was created with <agent>"}'
    ```

    ## Passes

    ```yaml
    Parameters:
      FunctionArn:
        Type: String
      QueueArn:
        Type: String
    Resources:
      UserCreated:
        Type: AWS::Events::Rule
        Properties:
          EventPattern:
            source: [aws.iam]
            detail-type: [AWS API Call via CloudTrail]
            detail: {eventName: [CreateUser]}
          Targets:
            - Id: function
              Arn: !Ref FunctionArn
              DeadLetterConfig: {Arn: !Ref QueueArn}
              InputTransformer:
                InputPathsMap: {agent: $.detail.userAgent}
                InputTemplate: '{"text": "A user was created", "agent": <agent>}'
    ```

    ## Silent

    - Rules for events that are not of CloudTrail, whose fields are not known.
    - Values that AWS writes, such as the event name and the account.
    - Variables outside of quotes, for which EventBridge writes a JSON value.
    - Lines of text, which are not JSON.
    """

    id = "W9820"
    shortdesc = "input-transformer-unsafe-value"
    description = "The texts of a JSON template contain no values that a caller can choose"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        for_cloudtrail = rules_for_cloudtrail(cfn.template)
        return [
            RuleMatch(
                template.path,
                f"<{name}> is inside of a text of JSON, but a caller can choose the value at "
                f"{template.paths[name]}, and EventBridge does not escape it: a quote makes the "
                "message invalid. Use it as a value of its own, without quotes.",
            )
            for template in input_templates(cfn.template)
            if template.target.rule in for_cloudtrail
            for name in unsafe_variables(template.paths, template.text)
            if _is_chosen_by_callers(template.paths[name])
        ]


def _is_chosen_by_callers(path: str) -> bool:
    field = path.removeprefix("$").removeprefix(".").removeprefix("detail").removeprefix(".")
    return field in ("", "userIdentity") or any(
        field == chosen or field.startswith((f"{chosen}.", f"{chosen}["))
        for chosen in _CHOSEN_BY_CALLERS
    )
