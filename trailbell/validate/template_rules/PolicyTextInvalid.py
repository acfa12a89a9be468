"""The rule W9859: policies whose text is no JSON."""

import json
from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches
from trailbell.validate.policies import policy_documents


class PolicyTextInvalid(CloudFormationLintRule):
    """A policy can be JSON text. CloudFormation passes it on, and the service rejects it if it is not
    complete (`MalformedPolicyDocument`), when the stack is deployed.

    ## Fails

    ```yaml
    Resources:
      RegistryPolicy:
        Type: AWS::ECR::RegistryPolicy
        Properties:
          PolicyText: |
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Principal": {"AWS": "111122223333"},
               "Action": "ecr:ReplicateImage", "Resource": "*"},
            ]}
    ```

    ## Passes

    ```yaml
    Resources:
      RegistryPolicy:
        Type: AWS::ECR::RegistryPolicy
        Properties:
          PolicyText: |
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Principal": {"AWS": "111122223333"},
               "Action": "ecr:ReplicateImage", "Resource": "*"}
            ]}
    ```

    ## Silent

    - Text with variables of `Fn::Sub` or Terraform, with dynamic references, and other intrinsic
      functions.
    """

    id = "W9859"
    shortdesc = "policy-text-invalid"
    description = "The text of a policy is a JSON object"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-error-json-syntax-error"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(path, message)
            for _, _, policy, names in policy_documents(cfn.template)
            for text, path in branches(policy, names)
            if isinstance(text, str)
            for message in _messages(text)
        ]


def _messages(text: str) -> Iterator[str]:
    if "${" in text or "{{" in text:
        return
    try:
        is_object = isinstance(json.loads(text), dict)
    except json.JSONDecodeError as error:
        yield (
            f"The text of the policy is not valid JSON: see its line {error.lineno}, column {error.colno}."
        )
        return
    except RecursionError:
        is_object = False
    if not is_object:
        yield "The text of the policy is not a JSON object. Write one with Version and Statement."
