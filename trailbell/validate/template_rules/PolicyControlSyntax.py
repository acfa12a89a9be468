"""The rule W9849: what a control policy of an organization cannot have."""

from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import is_intrinsic
from trailbell.template.resources import properties, resources
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements


class PolicyControlSyntax(CloudFormationLintRule):
    """Organizations rejects a service or resource control policy with elements that its type does
    not have, after the stack has created other resources. A resource control policy only denies, to
    all principals, actions of the services that support it.

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
              - Effect: Allow
                Principal: "*"
                Action: s3:*
                Resource: "*"
                Condition:
                  StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}
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

    - Service control policies with `NotAction`, `NotResource` or conditions in a statement that
      allows: they support all of the policy language of IAM but principals.
    - Types and elements that a parameter or an intrinsic function decides.
    """

    id = "W9849"
    shortdesc = "policy-control-syntax"
    description = "A control policy of an organization has only elements that its type has"
    source_url = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"
    tags = ["iam", "organizations"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [
            RuleMatch(statement.place(name), message)
            for statement in policy_statements(cfn)
            if statement.kind is PolicyKind.ORGANIZATION
            for name, message in _faults(statement)
        ]


def _faults(statement: PolicyStatement) -> Iterator[tuple[str, str]]:
    resource = resources(statement.document).get(str(statement.path[1]), {})
    if properties(resource).get("Type") == "RESOURCE_CONTROL_POLICY":
        yield from _faults_of_resource_control(statement)
        return
    for name in ("Principal", "NotPrincipal"):
        if name in statement.data:
            yield name, f"A service control policy has no {name}. Remove it."


def _faults_of_resource_control(statement: PolicyStatement) -> Iterator[tuple[str, str]]:
    if statement.is_allow:
        yield (
            "Effect",
            "A resource control policy only denies. Deny what does not meet the condition.",
        )
    if "NotAction" in statement.data:
        yield "NotAction", "A resource control policy has no NotAction. Name the actions in Action."
    if "NotPrincipal" in statement.data:
        yield "NotPrincipal", "A resource control policy has no NotPrincipal. Use a condition."
    principal = statement.data.get("Principal")
    if principal not in (None, "*") and not is_intrinsic(principal):
        yield "Principal", 'The Principal of a resource control policy is "*". Use a condition.'
    if ("*",) in statement.actions:
        yield "Action", 'A resource control policy cannot have Action "*". Name the services.'
