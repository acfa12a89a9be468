"""The rule E9807: policies that are public."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries, referenced_id
from trailbell.template.paths import value_at
from trailbell.template.policy import POLICIES, is_public_principal, statements
from trailbell.template.resources import resources_of_type

_ENDPOINT_POLICIES = {
    "AWS::ApiGateway::RestApi": "Policy",
    "AWS::OpenSearchService::Domain": "AccessPolicies",
    "AWS::Elasticsearch::Domain": "AccessPolicies",
}
"""Policies in which AWS documents an Allow for everyone together with a Deny with a condition.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
"""
_READS = {"s3:getobject", "s3:getobjectversion"}
# https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
_LIMITS_OF_PERMISSIONS = ("SourceAccount", "SourceArn", "PrincipalOrgID", "EventSourceToken")


class PrincipalStarWithoutCondition(CloudFormationLintRule):
    """A policy that allows all principals without a condition is public: everyone with an AWS account, and
    often everyone without one, can use the resource.

    ## Fails

    ```yaml
    Resources:
      Logs:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      LogsPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Logs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Logs.Arn, !Sub "${Logs.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
              - Effect: Allow
                Principal: "*"
                Action: s3:GetObject
                Resource: !Sub "${Logs.Arn}/*"
    ```

    ## Passes

    ```yaml
    Resources:
      Logs:
        Type: AWS::S3::Bucket
        DeletionPolicy: Retain
        UpdateReplacePolicy: Retain
      LogsPolicy:
        Type: AWS::S3::BucketPolicy
        Properties:
          Bucket: !Ref Logs
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Deny
                Principal: "*"
                Action: s3:*
                Resource: [!GetAtt Logs.Arn, !Sub "${Logs.Arn}/*"]
                Condition: {Bool: {aws:SecureTransport: "false"}}
              - Effect: Allow
                Principal: "*"
                Action: s3:GetObject
                Resource: !Sub "${Logs.Arn}/*"
                Condition:
                  StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}
    ```

    ## Silent

    - Statements that deny, and conditions of any kind.
    - Principals and policies that a parameter or an intrinsic function decides.
    - APIs and domains with a statement that denies some requests, as AWS documents it.
    - Reading the objects of a bucket that the template makes a website.
    - The URL of a function, whose own setting decides who may call it.
    """

    id = "E9807"
    shortdesc = "principal-star-without-condition"
    description = 'A policy with Principal "*" has a condition'
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Silent for the URL of a function, whose own setting decides who may call it."""
        return [
            *_policy_matches(cfn.template),
            *_endpoint_matches(cfn.template),
            *_permission_matches(cfn.template),
        ]


def _policy_matches(document: Any) -> Iterator[RuleMatch]:
    for resource_type, names in POLICIES.items():
        for logical_id, properties in resources_of_type(document, resource_type):
            for name in names:
                path: TemplatePath = ("Resources", logical_id, "Properties", name)
                policy = _as_policy(properties.get(name), name)
                is_website = _is_of_website(document, properties.get("Bucket"))
                for statement, statement_path in statements(policy, path):
                    if is_website and _only_reads_objects(statement):
                        continue
                    if message := _problem(statement):
                        yield RuleMatch(_place(document, statement_path, statement), message)


def _is_of_website(document: Any, bucket: Any) -> bool:
    """Whether a policy is that of a website of the template, which is there to be read.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html
    """
    logical_id = referenced_id(bucket) or ""
    return bool(value_at(document, ("Resources", logical_id, "Properties", "WebsiteConfiguration")))


def _only_reads_objects(statement: dict[str, Any]) -> bool:
    actions = [action for action, _ in entries(statement.get("Action"))]
    return bool(actions) and all(
        isinstance(action, str) and action.lower() in _READS for action in actions
    )


def _endpoint_matches(document: Any) -> Iterator[RuleMatch]:
    for resource_type, name in _ENDPOINT_POLICIES.items():
        for logical_id, properties in resources_of_type(document, resource_type):
            path: TemplatePath = ("Resources", logical_id, "Properties", name)
            found = list(statements(properties.get(name), path))
            if any(statement.get("Effect") == "Deny" for statement, _ in found):
                continue
            for statement, statement_path in found:
                if message := _problem(statement):
                    yield RuleMatch(_place(document, statement_path, statement), message)


def _permission_matches(document: Any) -> Iterator[RuleMatch]:
    for logical_id, properties in resources_of_type(document, "AWS::Lambda::Permission"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "Principal")
        is_url = "FunctionUrlAuthType" in properties
        if is_url or any(properties.get(name) for name in _LIMITS_OF_PERMISSIONS):
            continue
        for principal, principal_path in branches(properties.get("Principal"), path):
            if principal == "*":
                yield RuleMatch(
                    principal_path,
                    "Everyone may invoke the function. Name a principal, or add SourceAccount, "
                    "SourceArn or PrincipalOrgID.",
                )


def _problem(statement: dict[str, Any]) -> str:
    """What is wrong with a statement; empty if it does not allow everyone."""
    if statement.get("Effect") != "Allow" or not _unconditional(statement.get("Condition")):
        return ""
    if is_public_principal(statement.get("Principal")):
        return "The statement allows all principals. Name a principal, or add a condition."
    if "NotPrincipal" in statement:
        return (
            "The statement allows all principals but those in NotPrincipal, also anonymous ones. "
            "Name the principals in Principal."
        )
    return ""


def _place(document: Any, path: TemplatePath, statement: dict[str, Any]) -> TemplatePath:
    """The path of the principal; of the policy if that is JSON text."""
    name = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    return (*path, name) if isinstance(value_at(document, path), dict) else path


def _as_policy(value: Any, name: str) -> Any:
    """An event bus policy has a single statement instead of a policy document."""
    return {"Statement": value} if name == "Statement" else value


def _unconditional(condition: Any) -> bool:
    """Whether the condition is missing in at least one branch."""
    match condition:
        case {"Fn::If": [_, yes, no]}:
            return _unconditional(yes) or _unconditional(no)
        case _:
            return not condition or condition == {"Ref": "AWS::NoValue"}
