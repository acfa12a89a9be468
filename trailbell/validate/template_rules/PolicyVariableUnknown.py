"""The rule W9835: policy variables that AWS does not have."""

import re
from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_keys import is_unknown_key, similar_key
from trailbell.template import TemplatePath
from trailbell.validate.policies import PolicyStatement, policy_statements

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class PolicyVariableUnknown(CloudFormationLintRule):
    """IAM accepts any name between `${` and `}`. One that is no condition key has no value, and the
    statement applies to nothing.

    ## Fails

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: !Join ["", ["arn:", !Ref AWS::Partition, ":s3:::home/${aws:user_name}/*"]]
    ```

    ## Passes

    ```yaml
    Resources:
      DeployPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: s3:GetObject
                Resource: !Join ["", ["arn:", !Ref AWS::Partition, ":s3:::home/${aws:username}/*"]]
    ```

    ## Silent

    - Variables of `Fn::Sub`, which CloudFormation replaces. Where `Fn::Sub` is missing, a rule of
      cfn-lint reports it.
    - Tags, variables of Transfer Family and of identity pools.
    - Special characters: `${*}`, `${?}` and `${$}`.
    """

    id = "W9835"
    shortdesc = "policy-variable-unknown"
    description = "A policy has only policy variables that AWS has"
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"
    )
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for variables without a colon and pseudo parameters, which are those of Fn::Sub."""
        return [
            RuleMatch(path, _message(name))
            for statement in policy_statements(cfn)
            for name, path in _variables(statement)
            if ":" in name and "::" not in name and is_unknown_key(name)
        ]


def _variables(statement: PolicyStatement) -> Iterator[tuple[str, TemplatePath]]:
    """The names in the resources and condition values, without the default of each."""
    places = [(statement.resources, statement.place("Resource"))]
    places += [(e.values, statement.place(*e.names)) for e in statement.condition_entries]
    for values, path in places:
        texts = " ".join(text for texts in values for text in texts)
        for name in dict.fromkeys(_VARIABLE.findall(texts)):
            yield name.partition(",")[0].strip(), path


def _message(name: str) -> str:
    similar = similar_key(name)
    hint = f" Did you mean ${{{similar}}}?" if similar else ""
    return f"There is no policy variable ${{{name}}}, so that nothing matches it.{hint}"
