"""The rule W9856: conditions that a caller can evade."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.policy import matches_wildcards
from trailbell.validate.policies import (
    ConditionEntry,
    PolicyKind,
    PolicyStatement,
    policy_statements,
)

_READS = ("BatchGetItem", "GetItem", "Query", "Scan")
# "can be spoofed": https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
# "not present in requests that are made using long-term credentials", and IfExists is true without:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
_MFA = "aws:multifactorauthpresent"
_CHOSEN_BY_CALLER = ("aws:referer", "aws:useragent")


class PolicyConditionEvadable(CloudFormationLintRule):
    """A caller chooses the referrer and the user agent of a request, the prefix of a list, and whether it
    names the attributes that it wants. A condition on these excludes only callers who say so: a list with a
    shorter prefix has the objects, too, and a read without attributes returns all. A request with the access
    keys of a user does not say whether there was MFA, and an operator with `IfExists` lets it pass.

    ## Fails

    ```yaml
    Resources:
      ReadPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: dynamodb:GetItem
                Resource: !Sub arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/people
                Condition:
                  ForAllValues:StringEquals: {dynamodb:Attributes: [name, team]}
    ```

    ## Passes

    ```yaml
    Resources:
      ReadPolicy:
        Type: AWS::IAM::ManagedPolicy
        Properties:
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: dynamodb:GetItem
                Resource: !Sub arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/people
                Condition:
                  ForAllValues:StringEquals: {dynamodb:Attributes: [name, team]}
                  StringEqualsIfExists: {dynamodb:Select: SPECIFIC_ATTRIBUTES}
    ```

    ## Silent

    - A referrer or user agent next to another condition, of an AWS service, or from a parameter, which can
      be a secret.
    - `BoolIfExists` in a statement that denies requests without MFA, which is right there.
    - Statements that deny all lists but those of some prefixes, and attributes that are written.
    """

    id = "W9856"
    shortdesc = "policy-condition-evadable"
    description = "A condition does not depend on what a caller chooses to send"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-security-warning-s3-prefix-in-negative-context"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(*entry.names), message)
            for statement in policy_statements(cfn)
            for branch in statement.conditions
            for entry, message in _findings(statement, branch or ())
        ]


def _findings(
    statement: PolicyStatement, branch: tuple[ConditionEntry, ...]
) -> Iterator[tuple[ConditionEntry, str]]:
    for entry in branch:
        if entry.operator is None or entry.operator.family not in ("String", "Bool"):
            continue
        if message := _message(statement, entry, branch):
            yield entry, message


def _message(
    statement: PolicyStatement, entry: ConditionEntry, branch: tuple[ConditionEntry, ...]
) -> str:
    if entry.is_on("dynamodb:attributes") and _is_read_of_all(statement, branch):
        return (
            "A read that names no attributes returns all. Add a StringEqualsIfExists condition with "
            "dynamodb:Select: SPECIFIC_ATTRIBUTES."
        )
    if entry.is_on("s3:prefix") and _is_negative(statement, entry):
        return (
            "A list with a shorter prefix has these objects, too. Allow the other prefixes with "
            "StringLike, or deny all but them with StringNotLike."
        )
    if entry.is_on(_MFA) and _is_without_mfa(statement, entry, branch):
        return (
            f"A request with access keys has no {entry.key}, so that it is allowed without MFA. Use "
            "Bool."
        )
    if entry.is_on(*_CHOSEN_BY_CALLER) and _is_all_that_limits(statement, branch):
        return (
            f"Each caller can send any {entry.key}, so that the condition excludes no one. Add one "
            "on who calls, or from where."
        )
    return ""


def _is_read_of_all(statement: PolicyStatement, branch: tuple[ConditionEntry, ...]) -> bool:
    if not statement.is_allow or statement.kind is PolicyKind.ORGANIZATION:
        return False
    if any(entry.is_on("dynamodb:attributes") and "*" in entry.texts for entry in branch):
        return False
    if any(entry.is_on("dynamodb:select") or entry.is_of_unknown_key for entry in branch):
        return False
    return any(
        matches_wildcards(f"dynamodb:{read}", texts[0], match_case=False)
        for texts in statement.actions
        for read in _READS
        if len(texts) == 1
    )


def _is_without_mfa(
    statement: PolicyStatement, entry: ConditionEntry, branch: tuple[ConditionEntry, ...]
) -> bool:
    if not statement.is_allow or statement.kind is PolicyKind.ORGANIZATION:
        return False
    if any(other.is_of_unknown_key or _requires_mfa_key(other) for other in branch):
        return False
    texts = [text.lower() for text in entry.texts]
    return entry.operator is not None and entry.operator.if_exists and texts == ["true"]


def _requires_mfa_key(entry: ConditionEntry) -> bool:
    """Whether a request without the key does not meet a condition."""
    if not entry.is_on(_MFA) or entry.operator is None:
        return False
    is_null = entry.operator.family == "Null" and [t.lower() for t in entry.texts] == ["false"]
    return entry.operator.needs_key or is_null


def _is_negative(statement: PolicyStatement, entry: ConditionEntry) -> bool:
    """Whether a statement denies some prefixes, or allows all but some."""
    is_negated = entry.operator is not None and entry.operator.is_negated
    return is_negated if statement.is_allow else not is_negated


def _is_all_that_limits(statement: PolicyStatement, branch: tuple[ConditionEntry, ...]) -> bool:
    if not statement.is_allow or statement.kind is PolicyKind.ORGANIZATION:
        return False
    if statement.principals("Service"):
        return False
    return all(
        entry.is_on(*_CHOSEN_BY_CALLER)
        and entry.texts
        and entry.operator is not None
        and not entry.operator.is_negated
        for entry in branch
    )
