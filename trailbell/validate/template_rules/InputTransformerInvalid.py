"""The rule E9820: input transformers that EventBridge rejects."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.input_transformers import SUSPICIOUS, input_templates


class InputTransformerInvalid(CloudFormationLintRule):
    """EventBridge checks an input transformer when the stack is deployed. Some faults it does not
    find: then it drops each event, or sends the name of a variable instead of its value.

    ## Fails

    ```yaml
    Parameters:
      FunctionArn:
        Type: String
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: function
              Arn: !Ref FunctionArn
              InputTransformer:
                InputPathsMap: {severity: $.detail.severity, finding: $.detail.type}
                InputTemplate: '{"severity": <severity>, "type": <type>}'
    ```

    ## Passes

    ```yaml
    Parameters:
      FunctionArn:
        Type: String
    Resources:
      Findings:
        Type: AWS::Events::Rule
        Properties:
          EventPattern: {source: [aws.guardduty], detail-type: [GuardDuty Finding]}
          Targets:
            - Id: function
              Arn: !Ref FunctionArn
              InputTransformer:
                InputPathsMap: {severity: $.detail.severity, type: $.detail.type}
                InputTemplate: '{"severity": <severity>, "type": <type>}'
    ```

    ## Silent

    - Templates, paths and names that a parameter or an intrinsic function decides.
    - Text between `<` and `>` that cannot be the name of a variable, such as a link of a chat.
    - Text without quotes, and whole events in quotes, which `input-transformer-suspicious` reports.
    """

    id = "E9820"
    shortdesc = "input-transformer-invalid"
    description = "An input transformer is valid"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(template.path, f"The input transformer is invalid: {fault}")
            for template in input_templates(cfn.template)
            for fault in template.faults()
            if fault.id not in SUSPICIOUS
        ]
