"""The rule E9807: a policy with Principal '*' has a condition."""

import json

import pytest

from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.PrincipalStarWithoutCondition import (
    PrincipalStarWithoutCondition,
)


def _policy(statement: object, kind: str = "S3::BucketPolicy") -> Resources:
    return {"P": resource(kind, PolicyDocument={"Statement": statement})}


def _allow(principal: object, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject"} | more


def _permission(principal: object, **more: object) -> Resources:
    return {"P": resource("Lambda::Permission", FunctionName="f", Principal=principal, **more)}


def _api(statements: object) -> Resources:
    return {"P": resource("ApiGateway::RestApi", Policy={"Statement": statements})}


def _website(action: object, **configuration: object) -> Resources:
    website = configuration or {"IndexDocument": "index.html"}
    document = {"Statement": [_allow("*", Action=action)]}
    return {
        "B": resource("S3::Bucket", WebsiteConfiguration=website),
        "P": resource("S3::BucketPolicy", Bucket=ref("B"), PolicyDocument=document),
    }


def _of(kind: str, name: str, statement: object = None) -> Resources:
    policy = {"Statement": [statement or _allow("*")]}
    return {"P": resource(kind, **{name: policy})}


_NOT_PRINCIPAL = {"Effect": "Allow", "NotPrincipal": {"AWS": "x"}, "Action": "s3:GetObject"}
_CONDITION = {"StringEquals": {"aws:SourceAccount": ref("AWS::AccountId")}}
_FINDING = "The statement allows all principals. Name a principal, or add a condition."
_ALL_BUT_SOME = (
    "The statement allows all principals but those in NotPrincipal, also anonymous ones. "
    "Name the principals in Principal."
)
_PATH = "P.Properties.PolicyDocument.Statement"
_CASES = [
    silent("a service", _policy([_allow({"Service": "cloudtrail.amazonaws.com"})])),
    silent("all principals, with a condition", _policy([_allow("*", Condition=_CONDITION)])),
    silent("all principals, in a Deny statement", _policy([_allow("*", Effect="Deny")])),
    silent("a principal from a parameter", _policy([_allow({"AWS": ref("Principal")})])),
    silent("a statement without value", _policy([NO_VALUE])),
    silent(
        "a policy from a parameter", {"P": resource("S3::BucketPolicy", PolicyDocument=ref("P"))}
    ),
    silent(
        "a condition in both branches",
        _policy([_allow("*", Condition=either(_CONDITION, _CONDITION))]),
    ),
    silent("the objects of a website", _website("s3:GetObject")),
    silent("a permission for a service", _permission("s3.amazonaws.com")),
    silent("a permission for an account", _permission("*", SourceAccount=ref("AWS::AccountId"))),
    silent("a permission for an organization", _permission("*", PrincipalOrgID="o-1")),
    silent("the URL of a function", _permission("*", FunctionUrlAuthType="NONE")),
    silent(
        "an API that refuses some addresses",
        _api([_allow("*"), _allow("*", Effect="Deny", Condition=_CONDITION)]),
    ),
    silent("all but some, in a Deny statement", _policy([_NOT_PRINCIPAL | {"Effect": "Deny"}])),
    silent("all but some, with a condition", _policy([_NOT_PRINCIPAL | {"Condition": _CONDITION}])),
    silent("a VPC endpoint, which is for all of a VPC", _policy([_allow("*")], "EC2::VPCEndpoint")),
    silent(
        "a resource control policy",
        {
            "P": resource(
                "Organizations::Policy",
                Type="RESOURCE_CONTROL_POLICY",
                Content={"Statement": [_allow("*")]},
            )
        },
    ),
    silent("a principal in an identity policy", _policy([_allow("*")], "IAM::ManagedPolicy")),
    silent(
        "a domain in a VPC",
        {
            "P": resource(
                "OpenSearchService::Domain",
                AccessPolicies={"Statement": [_allow("*")]},
                VPCOptions={"SubnetIds": [ref("Subnet")]},
            )
        },
    ),
    silent("all who mount a file system", _of("EFS::FileSystem", "FileSystemPolicy")),
    silent("players of media", _of("MediaTailor::ChannelPolicy", "Policy")),
    silent("callers in associated VPCs", _of("VpcLattice::AuthPolicy", "Policy")),
    silent("callers with a token", _of("BedrockAgentCore::ResourcePolicy", "Policy")),
    silent("an access point", _of("S3::AccessPoint", "Policy")),
    silent("a public repository", _of("ECR::PublicRepository", "RepositoryPolicyText")),
    silent(
        "a domain that refuses some addresses",
        {
            "P": resource(
                "OpenSearchService::Domain",
                AccessPolicies={
                    "Statement": [_allow("*"), _allow("*", Effect="Deny", Condition=_CONDITION)]
                },
            )
        },
    ),
    fires(
        "all but some at a VPC endpoint",
        _policy([_NOT_PRINCIPAL], "EC2::VPCEndpoint"),
        (f"{_PATH}.0.NotPrincipal", _ALL_BUT_SOME),
    ),
    fires(
        "all but some who mount a file system",
        _of("EFS::FileSystem", "FileSystemPolicy", _NOT_PRINCIPAL),
        ("P.Properties.FileSystemPolicy.Statement.0.NotPrincipal", _ALL_BUT_SOME),
    ),
    fires(
        "the policy of an event bus, of one statement",
        {"P": resource("Events::EventBusPolicy", Statement=_allow("*"))},
        ("P.Properties.Statement.Principal", _FINDING),
    ),
    fires(
        "a stream",
        _of("Kinesis::ResourcePolicy", "ResourcePolicy"),
        ("P.Properties.ResourcePolicy.Statement.0.Principal", _FINDING),
    ),
    fires(
        "a backup vault",
        _of("Backup::BackupVault", "AccessPolicy"),
        ("P.Properties.AccessPolicy.Statement.0.Principal", _FINDING),
    ),
    fires(
        "a policy of nested properties",
        {
            "P": resource(
                "DynamoDB::Table", ResourcePolicy={"PolicyDocument": {"Statement": [_allow("*")]}}
            )
        },
        ("P.Properties.ResourcePolicy.PolicyDocument.Statement.0.Principal", _FINDING),
    ),
    fires(
        "all but some principals",
        _policy([_NOT_PRINCIPAL]),
        (f"{_PATH}.0.NotPrincipal", _ALL_BUT_SOME),
    ),
    fires(
        "a policy as JSON text",
        {"P": resource("S3::BucketPolicy", PolicyDocument=json.dumps({"Statement": _allow("*")}))},
        ("P.Properties.PolicyDocument", _FINDING),
    ),
    fires("an API", _api([_allow("*")]), ("P.Properties.Policy.Statement.0.Principal", _FINDING)),
    fires(
        "a permission for everyone",
        _permission("*"),
        (
            "P.Properties.Principal",
            (
                "Everyone may invoke the function. Name a principal, or add SourceAccount, "
                "SourceArn or "
                "PrincipalOrgID."
            ),
        ),
    ),
    fires("everything in a website", _website("s3:*"), (f"{_PATH}.0.Principal", _FINDING)),
    fires(
        "writing into a website",
        _website(["s3:GetObject", "s3:PutObject"]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "the objects of a bucket that is no website",
        {"B": resource("S3::Bucket")} | _policy([_allow("*")]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires("all principals", _policy([_allow("*")]), (f"{_PATH}.0.Principal", _FINDING)),
    fires("a single statement", _policy(_allow("*")), (f"{_PATH}.Principal", _FINDING)),
    fires("all accounts", _policy([_allow({"AWS": "*"})]), (f"{_PATH}.0.Principal", _FINDING)),
    fires("in a list", _policy([_allow({"AWS": ["x", "*"]})]), (f"{_PATH}.0.Principal", _FINDING)),
    fires(
        "in a branch of the principal",
        _policy([_allow(either({"AWS": "x"}, "*"))]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "in a branch of the statements",
        _policy([either(_allow("*"), NO_VALUE)]),
        (f"{_PATH}.0.Fn::If.1.Principal", _FINDING),
    ),
    fires(
        "a condition without value in a branch",
        _policy([_allow("*", Condition=either(_CONDITION, NO_VALUE))]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "an empty condition",
        _policy([_allow("*", Condition={})]),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "the policy of a topic",
        _policy([_allow("*")], "SNS::TopicPolicy"),
        (f"{_PATH}.0.Principal", _FINDING),
    ),
    fires(
        "the trust policy of a role",
        {"P": resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [_allow("*")]})},
        ("P.Properties.AssumeRolePolicyDocument.Statement.0.Principal", _FINDING),
    ),
    fires(
        "the policy of a key",
        {"P": resource("KMS::Key", KeyPolicy={"Statement": [_allow("*")]})},
        ("P.Properties.KeyPolicy.Statement.0.Principal", _FINDING),
    ),
]


@pytest.mark.parametrize(
    ("default", "findings"),
    [
        pytest.param("Private", [], id="by default, the statement is not there"),
        pytest.param("Public", [(f"{_PATH}.0.Fn::If.1.Principal", _FINDING)], id="by default"),
        pytest.param(None, [(f"{_PATH}.0.Fn::If.1.Principal", _FINDING)], id="someone has to say"),
    ],
)
def test_a_statement_that_a_parameter_switches_on(default: str | None, findings: object) -> None:
    parameter = {"Type": "String"} | ({"Default": default} if default else {})
    assert (
        rule_matches(
            PrincipalStarWithoutCondition(),
            _policy([{"Fn::If": ["IsPublic", _allow("*"), NO_VALUE]}]),
            Parameters={"Access": parameter},
            Conditions={"IsPublic": {"Fn::Equals": [ref("Access"), "Public"]}},
        )
        == findings
    )


@pytest.mark.parametrize(
    ("options", "findings"),
    [
        pytest.param({"SubnetIds": [ref("Subnet")]}, 0, id="in a VPC"),
        pytest.param(NO_VALUE, 1, id="no value"),
        pytest.param(either({"SubnetIds": [ref("Subnet")]}, NO_VALUE), 1, id="may be in none"),
    ],
)
@pytest.mark.parametrize("in_loop", [False, True])
def test_a_domain(options: object, findings: int, *, in_loop: bool) -> None:
    domain = resource(
        "OpenSearchService::Domain",
        AccessPolicies={"Statement": [_allow("*")]},
        VPCOptions=options,
    )
    resources = {"Fn::ForEach::All": ["N", ["a"], {"D${N}": domain}]} if in_loop else {"D": domain}
    assert len(rule_matches(PrincipalStarWithoutCondition(), resources)) == findings


def test_a_website_in_a_loop() -> None:
    website = _website("s3:GetObject")
    resources = {"B": website["B"], "Fn::ForEach::All": ["N", ["a"], {"P${N}": website["P"]}]}
    assert rule_matches(PrincipalStarWithoutCondition(), resources) == []


def test_a_resource_that_a_parameter_switches_on() -> None:
    policy = _policy([_allow("*")])
    assert (
        rule_matches(
            PrincipalStarWithoutCondition(),
            {"P": {**policy["P"], "Condition": "IsPublic"}},
            Parameters={"Access": {"Type": "String", "Default": "Private"}},
            Conditions={"IsPublic": {"Fn::Equals": [ref("Access"), "Public"]}},
        )
        == []
    )


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PrincipalStarWithoutCondition(), resources) == findings
