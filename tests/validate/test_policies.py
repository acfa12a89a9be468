"""Where templates have policies, and that no policy stops a rule."""

import json
from typing import Any

import pytest
from cfnlint.decode.decode import decode_str
from cfnlint.template import Template
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.validate.policy_cases import allow
from tests.validate.rule_matches import Resources, either, ref, resource, sub
from trailbell.compiler import render
from trailbell.validate.policies import PolicyKind, PolicyStatement, policy_statements
from trailbell.validate.rules import CLASSES

_STATEMENT = allow()
_POLICY = {"Version": "2012-10-17", "Statement": [_STATEMENT]}


def _statements(resources: Resources) -> tuple[PolicyStatement, ...]:
    template, errors = decode_str(render.to_yaml({"Resources": resources}))
    assert errors == []
    return policy_statements(Template("template.yaml", template, ["us-east-1"]))


@pytest.mark.parametrize(
    ("policy", "kind", "place"),
    [
        pytest.param(
            resource("IAM::User", Policies=[{"PolicyName": "p", "PolicyDocument": _POLICY}]),
            PolicyKind.IDENTITY,
            "Policies.0.PolicyDocument.Statement.0",
            id="inline",
        ),
        pytest.param(
            resource("IAM::RolePolicy", PolicyDocument={"Statement": _STATEMENT}),
            PolicyKind.IDENTITY,
            "PolicyDocument.Statement",
            id="inline, with a single statement",
        ),
        pytest.param(
            resource("IAM::Role", AssumeRolePolicyDocument=_POLICY),
            PolicyKind.TRUST,
            "AssumeRolePolicyDocument.Statement.0",
            id="trust",
        ),
        pytest.param(
            resource("SSO::PermissionSet", InlinePolicy=json.dumps(_POLICY)),
            PolicyKind.IDENTITY,
            "InlinePolicy",
            id="JSON text",
        ),
        pytest.param(
            resource("SSO::PermissionSet", InlinePolicy=sub(json.dumps(_POLICY))),
            PolicyKind.IDENTITY,
            "InlinePolicy",
            id="JSON text with Fn::Sub",
        ),
        pytest.param(
            resource(
                "Serverless::Function", Policies=["ReadOnlyAccess", {"S3ReadPolicy": {}}, _POLICY]
            ),
            PolicyKind.IDENTITY,
            "Policies.2.Statement.0",
            id="of a function of SAM",
        ),
        pytest.param(
            resource("S3::BucketPolicy", PolicyDocument=_POLICY),
            PolicyKind.RESOURCE,
            "PolicyDocument.Statement.0",
            id="of a bucket",
        ),
        pytest.param(
            resource("Events::EventBusPolicy", Statement=_STATEMENT),
            PolicyKind.RESOURCE,
            "Statement",
            id="of an event bus",
        ),
        pytest.param(
            resource("EC2::VPCEndpoint", PolicyDocument=_POLICY),
            PolicyKind.ENDPOINT,
            "PolicyDocument.Statement.0",
            id="of an endpoint",
        ),
        pytest.param(
            resource("Organizations::Policy", Type="RESOURCE_CONTROL_POLICY", Content=_POLICY),
            PolicyKind.ORGANIZATION,
            "Content.Statement.0",
            id="of an organization",
        ),
        pytest.param(
            resource("DynamoDB::Table", ResourcePolicy={"PolicyDocument": _POLICY}),
            PolicyKind.RESOURCE,
            "ResourcePolicy.PolicyDocument.Statement.0",
            id="of a table",
        ),
        pytest.param(
            resource(
                "DynamoDB::GlobalTable",
                Replicas=[{}, either({"ResourcePolicy": {"PolicyDocument": _POLICY}}, {})],
            ),
            PolicyKind.RESOURCE,
            "Replicas.1.Fn::If.1.ResourcePolicy.PolicyDocument.Statement.0",
            id="of a replica of a table, in a branch",
        ),
        pytest.param(
            resource("Organizations::ResourcePolicy", Content=_POLICY),
            PolicyKind.RESOURCE,
            "Content.Statement.0",
            id="of an organization that delegates",
        ),
        pytest.param(
            resource("RolesAnywhere::Profile", SessionPolicy=json.dumps(_POLICY)),
            PolicyKind.BOUNDARY,
            "SessionPolicy",
            id="of sessions",
        ),
        pytest.param(
            resource("IAM::ManagedPolicy", PolicyDocument=either(_POLICY, ref("AWS::NoValue"))),
            PolicyKind.IDENTITY,
            "PolicyDocument.Fn::If.1.Statement.0",
            id="in a branch",
        ),
    ],
)
def test_places(policy: dict[str, Any], kind: PolicyKind, place: str) -> None:
    assert [
        (statement.kind, ".".join(map(str, statement.place()[3:])), statement.actions)
        for statement in _statements({"P": policy})
    ] == [(kind, place, (("s3:GetObject",),))]


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(resource("IAM::ManagedPolicy", PolicyDocument=ref("Policy")), id="unknown"),
        pytest.param(resource("IAM::ManagedPolicy", PolicyDocument="{"), id="no JSON"),
        pytest.param(
            resource("SSO::PermissionSet", InlinePolicy=sub("{${X}")), id="no JSON in Sub"
        ),
        pytest.param(
            resource("Organizations::Policy", Type="TAG_POLICY", Content=_POLICY), id="tags"
        ),
        pytest.param(resource("Serverless::Function", Policies="ReadOnlyAccess"), id="a name"),
    ],
)
def test_no_statements(policy: dict[str, Any]) -> None:
    assert _statements({"P": policy}) == ()


_TEXT = st.sampled_from(
    ["*", "s3:Get*", "arn:aws:s3:::b", "arn:", "${aws:x}", "", "true", "aws:x", "iam:PassRole", ":"]
)
_FUNCTION = st.sampled_from(
    [
        {"Ref": "X"},
        {"Ref": "AWS::NoValue"},
        {"Fn::Sub": "${X}:${!aws:username}"},
        {"Fn::GetAtt": ["P", "Arn"]},
        {"Fn::Select": [5, ["a"]]},
        {"Fn::If": ["C", "*", {"Ref": "AWS::NoValue"}]},
    ]
)
_VALUE = st.recursive(
    _TEXT | _FUNCTION | st.booleans() | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXT, inner, max_size=2),
    max_leaves=6,
)
_CONDITION = st.dictionaries(
    st.sampled_from(["StringLike", "Bool", "Null", "ForAllValues:ArnLike", "IpAddress", "X"]),
    st.dictionaries(st.sampled_from(["aws:SourceArn", "s3:x", "x", "aws:TagKeys"]), _VALUE),
    max_size=3,
)
_ANY_STATEMENT = st.fixed_dictionaries(
    {"Effect": st.just("Allow")},
    optional={
        "Action": _VALUE,
        "NotAction": _VALUE,
        "Resource": _VALUE,
        "Principal": st.dictionaries(st.sampled_from(["Service", "Federated"]), _VALUE) | _VALUE,
        "Condition": _CONDITION | _VALUE,
    },
)
_RULES: list[Any] = [rule() for name, rule in CLASSES.items() if name.startswith("Policy")]


class _Parsed:
    """A template of cfn-lint, as far as the rules read it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.template = document


@settings(max_examples=60, deadline=None)
@given(st.lists(_ANY_STATEMENT, max_size=2))
def test_rules_read_any_policy(statements: list[Any]) -> None:
    policy = {"Statement": statements}
    resources = {
        "P": resource("IAM::ManagedPolicy", PolicyDocument=policy),
        "R": resource("IAM::Role", AssumeRolePolicyDocument=policy),
        "B": resource("S3::BucketPolicy", PolicyDocument=json.dumps(policy)),
        "Q": resource("SQS::QueuePolicy", PolicyDocument=sub(json.dumps(policy))),
        "L": resource("Lambda::Permission", Principal={"Fn::Select": [5, ["a"]]}),
    }
    template = _Parsed({"Resources": resources})
    places = {match.path[1] for rule in _RULES for match in rule.match(template)}
    assert places <= set(resources)


# Roles, buckets and keys as the documentation of AWS, SAM and CDK write them.
_OTHERS = """
Parameters:
  Name: {Type: String, Default: my-bucket}
  Ranges: {Type: CommaDelimitedList, Default: "10.0.0.0/8,0.0.0.0/0"}
  Issuer: {Type: String}
Resources:
  Table: {Type: AWS::DynamoDB::Table}
  Queue: {Type: AWS::SQS::Queue}
  Group: {Type: AWS::Logs::LogGroup}
  Bucket: {Type: AWS::S3::Bucket}
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - AWSLambdaBasicExecutionRole
        - S3ReadPolicy: {BucketName: !Ref Name}
        - Statement:
            - Effect: Allow
              Action: [dynamodb:GetItem, dynamodb:Query]
              Resource: [!GetAtt Table.Arn, !Sub "${Table.Arn}/index/*"]
            - {Effect: Allow, Action: "sqs:*", Resource: !GetAtt Queue.Arn}
            - {Effect: Allow, Action: logs:PutLogEvents, Resource: !GetAtt Group.Arn}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement:
          - Effect: Allow
            Principal:
              Service: [codepipeline.amazonaws.com, !Sub "states.${AWS::Region}.amazonaws.com"]
            Action: sts:AssumeRole
      Policies:
        - PolicyName: deploy
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: [s3:GetObject, s3:GetBucketVersioning, s3:ListBucket]
                Resource: [!Sub "arn:aws:s3:::${Name}", !Sub "arn:aws:s3:::${Name}/*"]
              - Effect: Allow
                Action: [s3:GetBucketLocation, "s3:GetObject*", "s3:List*"]
                Resource: [!GetAtt Bucket.Arn, !Join ["", [!GetAtt Bucket.Arn, "/*"]]]
              - Effect: Allow
                Action: [logs:CreateLogGroup, logs:PutLogEvents, logs:DescribeLogGroups]
                Resource: !Sub "arn:aws:logs:*:${AWS::AccountId}:log-group:/aws/lambda/*"
              - Effect: Allow
                Action: iam:PassRole
                Resource: "*"
                Condition: {StringEqualsIfExists: {iam:PassedToService: lambda.amazonaws.com}}
              - Effect: Deny
                NotAction: ["iam:*"]
                Resource: "*"
                Condition:
                  BoolIfExists: {aws:MultiFactorAuthPresent: "false"}
                  NotIpAddress: {aws:SourceIp: !Ref Ranges}
              - Effect: Allow
                Action: ec2:RunInstances
                Resource: ["arn:aws:ec2:*::image/*", "arn:aws:ec2:*:*:subnet/*"]
                Condition:
                  StringEquals: {ec2:InstanceType: t3.micro, ec2:ResourceTag/team: a}
                  ArnEquals: {ec2:Vpc: !Sub "arn:aws:ec2:*:${AWS::AccountId}:vpc/vpc-1"}
  Pods:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: !Sub |
        {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
          "Principal": {"Federated": "arn:aws:iam::${AWS::AccountId}:oidc-provider/${Issuer}"},
          "Condition": {"StringEquals": {"${Issuer}:sub": "system:serviceaccount:a:b"}}}]}
  BucketPolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - Effect: Deny
            Principal: "*"
            Action: "s3:*"
            Resource: [!GetAtt Bucket.Arn, !Sub "${Bucket.Arn}/*"]
            Condition: {Bool: {aws:SecureTransport: false}}
          - Effect: Allow
            Principal: {Service: cloudtrail.amazonaws.com}
            Action: s3:GetBucketAcl
            Resource: !GetAtt Bucket.Arn
          - Effect: Allow
            Principal: {Service: config.amazonaws.com}
            Action: s3:PutObject
            Resource: !Sub "${Bucket.Arn}/AWSLogs/*"
            Condition: {StringEquals: {AWS:SourceAccount: !Ref AWS::AccountId}}
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {Service: !Sub "logs.${AWS::Region}.${AWS::URLSuffix}"}
            Action: ["kms:Encrypt*", "kms:Decrypt*"]
            Resource: "*"
            Condition: {ArnLike: {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:*:*:*"}}
          - Effect: Allow
            Principal: {AWS: "*"}
            Action: kms:CreateGrant
            Resource: "*"
            Condition: {Bool: {kms:GrantIsForAWSResource: true}}
"""


def test_policies_as_others_write_them_have_no_findings() -> None:
    template, errors = decode_str(_OTHERS)
    assert errors == []
    cfn = Template("template.yaml", template, ["us-east-1"])
    assert len(policy_statements(cfn)) == 16
    assert [(rule.id, match.message) for rule in _RULES for match in rule.match(cfn)] == []
