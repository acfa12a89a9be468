"""The rule E9807: policies that are public."""

from collections.abc import Iterator
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from trailbell.template import TemplatePath
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.intrinsics import branches, entries, is_always_set, referenced_id
from trailbell.template.paths import value_at
from trailbell.template.policy import is_public_principal
from trailbell.template.resources import properties, resources_of_type
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements

_WITH_PRINCIPALS = (PolicyKind.RESOURCE, PolicyKind.TRUST, PolicyKind.ENDPOINT)
_WITH_DENY = {
    *("AWS::ApiGateway::DomainNameV2", "AWS::ApiGateway::RestApi"),
    *("AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain"),
}
"""Policies in which AWS documents an Allow for everyone together with a Deny with a condition.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
"""
_FOR_EVERYONE = {
    # Those who reach a mount target, as without a policy:
    # https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    *("AWS::EFS::FileSystem", "AWS::S3Files::FileSystemPolicy"),
    # What players read, behind a CDN:
    # https://docs.aws.amazon.com/mediatailor/latest/ug/security_iam_resource-based-policy-examples.html
    *("AWS::MediaPackageV2::ChannelPolicy", "AWS::MediaPackageV2::OriginEndpointPolicy"),
    *("AWS::MediaStore::Container", "AWS::MediaTailor::ChannelPolicy"),
    # Those in associated VPCs: https://docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html
    "AWS::VpcLattice::AuthPolicy",
    # Callers with a token, who are no principals of IAM:
    # https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/resource-based-policies.html
    "AWS::BedrockAgentCore::ResourcePolicy",
    # The policy of the bucket decides as well:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html
    *("AWS::S3::AccessPoint", "AWS::S3::MultiRegionAccessPointPolicy"),
    *("AWS::S3Express::AccessPoint", "AWS::S3ObjectLambda::AccessPointPolicy"),
    *("AWS::S3Outposts::AccessPoint", "AWS::FSx::S3AccessPointAttachment"),
    "AWS::ECR::PublicRepository",
}
"""Policies in which ``Principal: "*"`` is usual, because something else limits who comes so far."""
_EVERYONE = "The statement allows all principals. Name a principal, or add a condition."
_ALL_BUT_SOME = (
    "The statement allows all principals but those in NotPrincipal, also anonymous ones. Name the "
    "principals in Principal."
)
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
    - Statements that are there only if a parameter gets another value than its default.
    - Principals and policies that a parameter or an intrinsic function decides.
    - APIs and domains with a statement that denies some requests, as AWS documents it.
    - All principals in policies where something else limits who comes so far: VPC endpoints and
      VPC Lattice, domains in a VPC, file systems of Amazon EFS, access points of S3, media that players read, and
      public repositories. `NotPrincipal` is reported there.
    - Reading the objects of a bucket that the template makes a website.
    - The URL of a function, whose own setting decides who may call it.
    """

    id = "E9807"
    shortdesc = "principal-star-without-condition"
    description = 'A policy with Principal "*" has a condition'
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    tags = ["iam"]

    def match(self, cfn: Template) -> list[RuleMatch]:
        return [*_policy_matches(cfn), *_permission_matches(cfn.template)]


def _policy_matches(cfn: Template) -> Iterator[RuleMatch]:
    found = policy_statements(cfn)
    with_deny = {
        statement.path[1]
        for statement in found
        if statement.resource_type in _WITH_DENY and statement.data.get("Effect") == "Deny"
    }
    evaluator = Evaluator(cfn.template, Scope())
    for statement in found:
        name, message = _problem(statement)
        if not message or statement.path[1] in with_deny or _is_of_website(statement):
            continue
        if not _is_switched_on(statement, evaluator):
            yield RuleMatch(statement.place(name), message)


def _problem(statement: PolicyStatement) -> tuple[str, str]:
    """The element of a statement that allows everyone, and the message; both empty without."""
    if statement.kind not in _WITH_PRINCIPALS or not statement.is_allow:
        return "", ""
    if not _unconditional(statement.data.get("Condition")):
        return "", ""
    if _is_public(statement):
        return "Principal", _EVERYONE
    return ("NotPrincipal", _ALL_BUT_SOME) if "NotPrincipal" in statement.data else ("", "")


def _is_public(statement: PolicyStatement) -> bool:
    return (
        statement.kind is not PolicyKind.ENDPOINT
        and statement.resource_type not in _FOR_EVERYONE
        and is_public_principal(statement.data.get("Principal"))
        and not is_always_set(properties(statement.resource).get("VPCOptions"))
    )


def _is_switched_on(statement: PolicyStatement, evaluator: Evaluator) -> bool:
    """Whether the statement is there only if someone gives a parameter another value."""
    if evaluator.exists(statement.resource) is False:
        return True
    for index, step in enumerate(statement.path[:-1]):
        if step == "Fn::If":
            match value_at(statement.document, (*statement.path[:index], step)):
                case [str(name), *_]:
                    is_taken = evaluator.condition(name)
                    if is_taken is not None and is_taken is not (statement.path[index + 1] == 1):
                        return True
    return False


def _is_of_website(statement: PolicyStatement) -> bool:
    """Whether a statement only has objects read of a website of the template, which is for that.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteAccessPermissionsReqd.html
    """
    logical_id = referenced_id(properties(statement.resource).get("Bucket")) or ""
    path = ("Resources", logical_id, "Properties", "WebsiteConfiguration")
    actions = [action for action, _ in entries(statement.data.get("Action"))]
    return bool(actions and value_at(statement.document, path)) and all(
        isinstance(action, str) and action.lower() in _READS for action in actions
    )


def _permission_matches(document: Any) -> Iterator[RuleMatch]:
    for logical_id, values in resources_of_type(document, "AWS::Lambda::Permission"):
        path: TemplatePath = ("Resources", logical_id, "Properties", "Principal")
        is_url = "FunctionUrlAuthType" in values
        if is_url or any(values.get(name) for name in _LIMITS_OF_PERMISSIONS):
            continue
        for principal, principal_path in branches(values.get("Principal"), path):
            if principal == "*":
                yield RuleMatch(
                    principal_path,
                    "Everyone may invoke the function. Name a principal, or add SourceAccount, "
                    "SourceArn or PrincipalOrgID.",
                )


def _unconditional(condition: Any) -> bool:
    """Whether the condition is missing in at least one branch."""
    match condition:
        case {"Fn::If": [_, yes, no]}:
            return _unconditional(yes) or _unconditional(no)
        case _:
            return not condition or condition == {"Ref": "AWS::NoValue"}
