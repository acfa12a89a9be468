"""The rule W9835: policy variables that AWS does not have."""

import re
from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.condition_keys import is_unknown_key, similar_key
from trailbell.template import TemplatePath
from trailbell.validate.policies import PolicyStatement, policy_statements

_UNCLOSED = re.compile(r"\$\{aws:[^}\n]*(?:\n|$)")
_EMPTY = re.compile(r"\$\{\s*\}")
_FORM = re.compile(r"[^\s,]+(?:,\s*'[^']*')?")
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
    - A policy without `Version` whose variables are those of `Fn::Sub`.
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
        return [
            RuleMatch(path, message)
            for statement in policy_statements(cfn)
            for text, path in _texts(statement)
            for message in _messages(text, statement)
        ]


def _texts(statement: PolicyStatement) -> Iterator[tuple[str, TemplatePath]]:
    """The known texts of the resources and of each condition, each on a line."""
    places = [(statement.resources, statement.place("Resource"))]
    places += [(e.values, statement.place(*e.names)) for e in statement.condition_entries]
    for values, path in places:
        yield "\n".join(text for texts in values for text in texts), path


def _messages(text: str, statement: PolicyStatement) -> Iterator[str]:
    names = [
        name
        for name in dict.fromkeys(_VARIABLE.findall(text))
        if ":" in name and "::" not in name  # others are those of Fn::Sub
    ]
    for name in names:
        key = name.partition(",")[0].strip()
        if not _FORM.fullmatch(name):
            yield (
                f"${{{name}}} has not the form of a policy variable. Write ${{{key}}}, or "
                f"${{{key}, 'default'}}."
            )
        elif is_unknown_key(key):
            similar = similar_key(key)
            hint = f" Did you mean ${{{similar}}}?" if similar else ""
            yield f"There is no policy variable ${{{key}}}, so that nothing matches it.{hint}"
    if _EMPTY.search(text):
        yield "A policy variable has no name. Write one between its braces, or remove it."
    if _UNCLOSED.search(text):
        yield "A policy variable has no brace at its end, so that it is text. Add the brace."
    if names and statement.version == "":
        variable = f"${{{names[0]}}}"
        yield f'The policy has no Version, so that {variable} is text. Add "Version": "2012-10-17".'
