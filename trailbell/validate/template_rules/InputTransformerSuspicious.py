"""The rule W9824: input templates without quotes, or with too many."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.validate.input_transformers import SUSPICIOUS, input_templates


class InputTransformerSuspicious(CloudFormationLintRule):
    """A line of text in an input template needs quotes around it, and a whole event must have none.
    Otherwise EventBridge sends something else than it seems: broken JSON, or an event as text.

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
                InputPathsMap: {account: $.account}
                InputTemplate: 'GuardDuty has a finding in <account>'
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
                InputPathsMap: {account: $.account}
                InputTemplate: '"GuardDuty has a finding in <account>"'
    ```

    ## Silent

    - A variable alone, whose value may be any JSON.
    - Variables that may have quotes of their own, and templates that a parameter decides.
    """

    id = "W9824"
    shortdesc = "input-transformer-suspicious"
    description = "An input transformer has text in quotes, and whole events outside of quotes"
    source_url = (
        "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html"
    )
    tags = ["events"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(template.path, f"{fault.id}: {fault}")
            for template in input_templates(cfn.template)
            for fault in template.faults()
            if fault.id in SUSPICIOUS
        ]
