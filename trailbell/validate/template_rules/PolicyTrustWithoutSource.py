"""The rule I9853: roles that a service can assume for any account."""

from collections.abc import Set
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template.intrinsics import branches, referenced_id
from trailbell.template.resources import resources_of_type
from trailbell.validate.policies import PolicyKind, policy_statements
from trailbell.validate.policy_texts import policy_texts

# Services whose page has a trust policy with aws:SourceAccount or aws:SourceArn. Not among them are
# the roles of instances, functions and tasks, which belong to a resource of the same account.
_SERVICES = {
    "bedrock": "https://docs.aws.amazon.com/bedrock/latest/userguide/cross-service-confused-deputy-prevention.html",
    "codebuild": "https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html",
    "codedeploy": "https://docs.aws.amazon.com/codedeploy/latest/userguide/security_confused_deputy.html",
    "config": "https://docs.aws.amazon.com/config/latest/developerguide/iamrole-permissions.html",
    "datasync": "https://docs.aws.amazon.com/datasync/latest/userguide/cross-service-confused-deputy-prevention.html",
    "events": "https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html",
    "hooks.cloudformation": "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/registry-public.html",
    "iot": "https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html",
    "logs": "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html",
    "monitoring.rds": "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    "personalize": "https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html",
    "pipes": "https://docs.aws.amazon.com/eventbridge/latest/userguide/pipes-get-started.html",
    "resources.cloudformation": "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/registry-public.html",
    "sagemaker": "https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html",
    "scheduler": "https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html",
    "sms-voice": "https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-kinesis-creating-role.html",
    "ssm": "https://docs.aws.amazon.com/systems-manager/latest/userguide/cross-service-confused-deputy-prevention.html",
    "states": "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
    "transfer": "https://docs.aws.amazon.com/transfer/latest/userguide/confused-deputy.html",
    "vpc-flow-logs": "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html",
}
# CloudFormation sends the source to the role that administers stack sets. No page says so of the
# roles of stacks. The name is the one that stack sets use if they do not name a role.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html
_OF_STACK_SETS = "cloudformation"
_ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"
_SOURCES = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
_SUFFIX = ".amazonaws.com"


class PolicyTrustWithoutSource(CloudFormationLintRule):
    """A service acts for all of its customers. Where it assumes roles, it sends the account, so
    that the trust policy can exclude the resources of others. It is information and no warning,
    because only a user with `iam:PassRole` in the account of the role can give it to a service.

    ## Fails

    ```yaml
    Resources:
      ScheduleRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: scheduler.amazonaws.com}
                Action: sts:AssumeRole
    ```

    ## Passes

    ```yaml
    Resources:
      ScheduleRole:
        Type: AWS::IAM::Role
        Properties:
          AssumeRolePolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Principal: {Service: scheduler.amazonaws.com}
                Action: sts:AssumeRole
                Condition:
                  StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}
    ```

    ## Silent

    - Services of which no page has a trust policy with such a condition.
    - The roles of instances, functions and tasks, which a resource of the same account has. Amazon ECS
      documents the condition, but a finding for each task would say nothing about the others.
    - The roles that CloudFormation assumes for stacks. A role that administers stack sets is reported
      if its name is `AWSCloudFormationStackSetAdministrationRole`, or a stack set of the template
      has it as `AdministrationRoleARN`.
    - Conditions that a parameter decides, and an external ID.
    """

    id = "I9853"
    shortdesc = "policy-trust-without-source"
    description = "A role that trusts a service says for which account or resource"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        administrators = _administrators(cfn.template)
        return [
            RuleMatch(
                path,
                f"{texts[0]} sends the account for which it assumes the role. Add a condition on "
                "aws:SourceAccount or aws:SourceArn.",
            )
            for statement in policy_statements(cfn)
            if statement.kind is PolicyKind.TRUST and statement.is_allow
            if not statement.has_condition_on(*_SOURCES, "sts:externalid")
            for texts, path in statement.principals("Service")
            if len(texts) == 1
            for service in [texts[0].removesuffix(_SUFFIX)]
            if service in _SERVICES
            or (service == _OF_STACK_SETS and statement.path[1] in administrators)
        ]


def _administrators(document: Any) -> Set[str | None]:
    """The roles that administer stack sets."""
    named = {
        logical_id
        for logical_id, properties in resources_of_type(document, "AWS::IAM::Role")
        if policy_texts(document, properties.get("RoleName", "")) == (_ADMINISTRATION_ROLE,)
    }
    used = {
        referenced_id(role)
        for _, properties in resources_of_type(document, "AWS::CloudFormation::StackSet")
        for role, _ in branches(properties.get("AdministrationRoleARN"))
    }
    return named | used
