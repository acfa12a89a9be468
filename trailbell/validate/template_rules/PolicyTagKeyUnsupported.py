"""The rule W9860: conditions on tags that a service does not send."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.service_reference import condition_keys, services
from trailbell.validate.policies import (
    ConditionEntry,
    PolicyKind,
    PolicyStatement,
    policy_statements,
)

_TAG = "aws:resourcetag/"


class PolicyTagKeyUnsupported(CloudFormationLintRule):
    """Requests to a service that does not support tags for authorization have no `aws:ResourceTag`. A
    condition on it is then never true: a statement that denies denies nothing, and one that allows allows
    nothing.

    ## Fails

    ```yaml
    Resources:
      GuardPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Action: [route53:DeleteHostedZone, sqs:DeleteQueue]
                Resource: "*"
                Condition:
                  StringEquals: {aws:ResourceTag/stage: production}
    ```

    ## Passes

    ```yaml
    Resources:
      GuardPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Action: sqs:DeleteQueue
                Resource: "*"
                Condition:
                  StringEquals: {aws:ResourceTag/stage: production}
    ```

    ## Silent

    - Services of which AWS's service reference has the key for one action or resource.
    - Negated operators and `IfExists`, which are met without the key.
    - Patterns of all services, and statements of which an intrinsic function decides the key.
    """

    id = "W9860"
    shortdesc = "policy-tag-key-unsupported"
    description = "A condition on the tags of a resource is for services that support it"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-deny-with-unsupported-tag-condition-key-for-service"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(*entry.names), message)
            for statement in policy_statements(cfn)
            if statement.kind is not PolicyKind.TRUST
            for entry in statement.condition_entries
            if entry.is_on(_TAG) and entry.operator is not None and entry.operator.needs_key
            for message in _messages(statement, entry)
        ]


def _messages(statement: PolicyStatement, entry: ConditionEntry) -> Iterator[str]:
    if statement.data.get("NotAction") is not None and not statement.is_allow:
        yield (
            f"Not all actions have {entry.key}, and those without are not denied. Name the actions "
            "in Action."
        )
    names = {
        texts[0].partition(":")[0].lower() for texts in statement.actions if len(texts) == 1
    } & services()
    effect = "allowed" if statement.is_allow else "denied"
    for name in sorted(names):
        if not any(key.startswith(_TAG) for key in condition_keys(name)):
            yield (
                f"Requests to {name} have no {entry.key}, so that its actions are never {effect}. "
                "Move them into a statement without this condition."
            )
