"""The rule W9855: resource control policies that deny more callers than they mean."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.resources import properties, resources
from trailbell.validate.policies import (
    ConditionEntry,
    PolicyKind,
    PolicyStatement,
    policy_statements,
)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_OF_PRINCIPALS = (
    *("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths"),
    "aws:principaltag/",
)
_OF_SERVICES = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
_ASK_FOR_SERVICE = (
    *("aws:principalisawsservice", "aws:principalservicename"),
    "aws:principalservicenameslist",
)


class PolicyControlDeniesServices(CloudFormationLintRule):
    """A resource control policy applies to users, roles and AWS services. A service that acts on your
    behalf, such as CloudTrail, is in no organization: a statement that denies all principals of
    other organizations denies it, too. And only services have keys such as `aws:SourceOrgID`: a
    statement that denies requests without yours denies your own users.

    ## Fails

    ```yaml
    Resources:
      OnlyOurOrganization:
        Type: AWS::Organizations::Policy
        Properties:
          Name: OnlyOurOrganization
          Type: RESOURCE_CONTROL_POLICY
          Content:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: "*"
                Condition:
                  StringNotEqualsIfExists: {aws:PrincipalOrgID: o-a1b2c3d4e5}
    ```

    ## Passes

    ```yaml
    Resources:
      OnlyOurOrganization:
        Type: AWS::Organizations::Policy
        Properties:
          Name: OnlyOurOrganization
          Type: RESOURCE_CONTROL_POLICY
          Content:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: "*"
                Condition:
                  StringNotEqualsIfExists: {aws:PrincipalOrgID: o-a1b2c3d4e5}
                  BoolIfExists: {aws:PrincipalIsAWSService: "false"}
    ```

    ## Silent

    - Conditions that are not met if the key is missing, such as `StringEquals`.
    - A statement that names the organization of both, principals and sources.
    - Conditions that a parameter or an intrinsic function decides.
    """

    id = "W9855"
    shortdesc = "policy-control-denies-services"
    description = "A resource control policy says whether it is about services or about principals"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html#access-analyzer-reference-policy-checks-general-warning-rcp-missing-related-principal-condition-key"
    tags = ["iam", "organizations"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(*entry.names), message)
            for statement in policy_statements(cfn)
            if statement.kind is PolicyKind.ORGANIZATION and not statement.is_allow
            if _is_resource_control(statement)
            for branch in statement.conditions
            for entry, message in _findings(branch or ())
        ]


def _is_resource_control(statement: PolicyStatement) -> bool:
    resource = resources(statement.document).get(str(statement.path[1]), {})
    return properties(resource).get("Type") == "RESOURCE_CONTROL_POLICY"


def _findings(branch: tuple[ConditionEntry, ...]) -> Iterator[tuple[ConditionEntry, str]]:
    if any(entry.operator is None or entry.is_of_unknown_key for entry in branch):
        return
    principals = [e for e in branch if e.is_on(*_OF_PRINCIPALS) and _is_met_without_key(e)]
    sources = [e for e in branch if e.is_on(*_OF_SERVICES) and _is_met_without_key(e)]
    if any(entry.is_on(*_ASK_FOR_SERVICE) for entry in branch):
        is_present = any(e.is_on(*_OF_SERVICES) and not _is_met_without_key(e) for e in branch)
        if sources and not principals and not is_present:
            yield (
                sources[0],
                (
                    f"Not every request of a service has {sources[0].key}, and those without are "
                    'denied. Add "Null": {"aws:SourceAccount": "false"}.'
                ),
            )
    elif principals and not sources:
        yield (
            principals[0],
            (
                f"No service has your {principals[0].key}, so that those that act for you are "
                'denied. Add "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}.'
            ),
        )
    elif sources and not principals:
        yield (
            sources[0],
            (
                f"Only services have {sources[0].key}, so that your own principals are denied. Add "
                '"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}.'
            ),
        )


def _is_met_without_key(entry: ConditionEntry) -> bool:
    """Whether a request without the key meets the condition."""
    operator = entry.operator
    if operator is None:
        return False
    if operator.family == "Null":
        return "true" in entry.texts
    return not operator.needs_key
