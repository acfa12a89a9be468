"""The rule W9833: actions on resources that they do not have."""

import re
from collections.abc import Iterator

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.iam.arn_patterns import can_match
from trailbell.iam.service_reference import expand, resource_arns, resource_types
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements
from trailbell.validate.policy_texts import as_pattern, is_known

# Prefixes that several services share, of which the service reference has the types of only some.
_INCOMPLETE = {
    *("apigateway", "aws-marketplace", "elasticloadbalancing", "greengrass", "lex", "ses"),
    *("sms-voice", "execute-api", "iot", "ssmmessages", "codestar-connections", "codeconnections"),
}
# Types that services get later can be tagged before the reference says so, and a secret is created
# by its name. https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html
# The answers to a task are authorized for the state machine or the activity, which the reference
# does not say: https://github.com/aws/aws-cdk/pull/8486
_INCOMPLETE_ACTIONS = re.compile(
    r".*:.*tag.*|secretsmanager:createsecret|states:sendtask.*", re.IGNORECASE
)
# Actions without resource types, which these services authorize for "*" only. Others authorize
# some of theirs for all resources of the account: iam:ListRoles for "arn:aws:iam::ACCOUNT:role/".
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policies-ec2-api-permissions.html
_FOR_STAR_ONLY = {"autoscaling", "ec2"}
# Macros of CloudFormation have no resource type, and a documented ARN.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
_UNPUBLISHED = re.compile(r"arn:[^:]*:cloudformation:[^:]*:[^:]*:transform/.*")
# Resources of these policies are parts of the resource itself, in forms of their own.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
_OWN_FORMS = {"AWS::ApiGateway::RestApi"}


_MAX_NAMES = 2


class PolicyActionWithoutResource(CloudFormationLintRule):
    """A statement allows an action only on the resources that the action has. `s3:GetObject` on a bucket
    without `/*`, and `ec2:DescribeInstances` on an instance, allow nothing; in a Deny statement, they
    deny nothing.

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
                Resource: !Sub arn:${AWS::Partition}:s3:::reports
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
                Resource: !Sub arn:${AWS::Partition}:s3:::reports/*
    ```

    ## Silent

    - Resources that only a deployment knows, and names that an intrinsic function is a part of.
    - A pattern of actions, if one of them has the resource.
    - Actions that AWS's service reference does not have, `NotAction` and `NotResource`.
    """

    id = "W9833"
    shortdesc = "policy-action-without-resource"
    description = "Each action of a statement has one of its resources"
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for resources that an intrinsic function decides, and for NotAction."""
        return [
            RuleMatch(statement.place("Resource"), message)
            for statement in policy_statements(cfn)
            if statement.kind is not PolicyKind.TRUST and statement.resource_type not in _OWN_FORMS
            if (message := _message(statement))
        ]


def _message(statement: PolicyStatement) -> str:
    """What is wrong with the first such action, and how many more there are; empty if none is."""
    found = [*_actions_without_resource(statement)]
    if not found:
        return ""
    _, first = found[0]
    others = [text for text, _ in found[1:]]
    more = f" The same is true of {' and '.join(others)}." if others else ""
    if len(others) > _MAX_NAMES:
        more = f" The same is true of {', '.join(others[:_MAX_NAMES])} and {len(others) - _MAX_NAMES} more."
    return first + more


def _actions_without_resource(statement: PolicyStatement) -> Iterator[tuple[str, str]]:
    """Each such action with its message."""
    resources = {as_pattern(text) for texts in statement.resources for text in texts}
    written = [text for text in (statement.data.get("Resource"),) if isinstance(text, str)]
    noun = f"the resource {written[0]!r}" if written else "a resource of this statement"
    if not resources or any(
        not resource.startswith("arn:") or _UNPUBLISHED.fullmatch(resource)
        for resource in resources
    ):
        return
    for texts in statement.actions:
        if len(texts) != 1 or not is_known(texts):
            continue
        actions = expand(texts[0])
        if actions and not any(_has_resource(action, resources) for action in actions):
            yield texts[0], _about(texts[0], actions, noun)


def _has_resource(action: str, resources: set[str]) -> bool:
    """Whether an action may have one of the resources."""
    service = action.partition(":")[0]
    templates = resource_arns(action)
    if service in _INCOMPLETE or _INCOMPLETE_ACTIONS.fullmatch(action):
        return True
    if not templates and service not in _FOR_STAR_ONLY:
        return any(_is_many(resource, service) for resource in resources)
    return any(can_match(resource, template) for resource in resources for template in templates)


def _is_many(resource: str, service: str) -> bool:
    """Whether a resource may be several of a service."""
    parts = resource.split(":", 5)
    return len(parts) < 6 or (parts[2] in (service, "*") and "*" in parts[5])


def _about(text: str, actions: tuple[str, ...], noun: str) -> str:
    types = resource_types(actions[0]) if len(actions) == 1 else ()
    if len(actions) == 1 and not types:
        return f"The action {text} has no resource types: only the resource '*' applies to it."
    forms = resource_arns(actions[0]) if len(actions) == 1 else ()
    form = f" ({forms[0]})" if len(types) == len(forms) == 1 else ""
    need = f" It needs a resource of the type {' or '.join(types[:4])}{form}." if types else ""
    return f"The action {text} cannot have {noun}.{need}"
