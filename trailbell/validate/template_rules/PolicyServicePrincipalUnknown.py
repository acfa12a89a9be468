"""The rule W9834: misspelled service principals."""

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.service_principals import misspelled
from trailbell.validate.policies import policy_statements
from trailbell.validate.policy_texts import is_known


class PolicyServicePrincipalUnknown(CloudFormationLintRule):
    """IAM accepts any service principal in many policies. A misspelled one lets no service in: the
    function does not start, the log files are not delivered.

    ## Fails

    ```yaml
    Resources:
      FunctionRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: lamdba.amazonaws.com}
                Action: sts:AssumeRole
    ```

    ## Passes

    ```yaml
    Resources:
      FunctionRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: lambda.amazonaws.com}
                Action: sts:AssumeRole
    ```

    ## Silent

    - Principals that are similar to no known one: AWS publishes no list of all.
    - Principals of a Region, and those that a parameter decides.
    """

    id = "W9834"
    shortdesc = "policy-service-principal-unknown"
    description = "A policy names service principals as AWS spells them"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-invalid-service-principal-format"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, f"There is no service principal {texts[0]}. Did you mean {similar}?")
            for statement in policy_statements(cfn)
            for texts, path in statement.principals("Service")
            if len(texts) == 1 and is_known(texts) and (similar := misspelled(texts[0]))
        ]
