"""A policy with the fault that each documented check of IAM Access Analyzer reports.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from typing import Any

from tests.validate.rule_matches import resource

_VERSION = {"Version": "2012-10-17"}
_PROVIDER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"

Policy = dict[str, Any]


def _identity(*statements: Policy) -> Policy:
    return _document(_VERSION | {"Statement": [*statements]})


def _document(document: Policy) -> Policy:
    return resource("IAM::ManagedPolicy", PolicyDocument=document)


def _trust(**members: Any) -> Policy:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"} | members
    return resource("IAM::Role", AssumeRolePolicyDocument=_VERSION | {"Statement": [statement]})


def _bucket(**members: Any) -> Policy:
    document = _VERSION | {"Statement": [_allow(**members)]}
    return resource("S3::BucketPolicy", Bucket="b", PolicyDocument=document)


def _control(kind: str, **members: Any) -> Policy:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"} | members
    content = _VERSION | {"Statement": [_without_none(statement)]}
    return resource(
        "Organizations::Policy",
        Name="p",
        Type=f"{kind}_CONTROL_POLICY",
        TargetIds=["r-abcd"],
        Content=content,
    )


def _allow(**members: Any) -> Policy:
    """A statement without the members that are None."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    return _without_none(statement | members)


def _without_none(statement: Policy) -> Policy:
    return {name: value for name, value in statement.items() if value is not None}


def _when(**condition: Any) -> Policy:
    """A statement with a condition. ``__`` in names means a colon."""
    members = {name.replace("__", ":"): keys for name, keys in condition.items()}
    return _identity(_allow(Condition=members))


SEEDS: dict[str, Policy] = {
    "ARN account not allowed": _identity(_allow(Resource="arn:aws:s3::111122223333:b/*")),
    "ARN Region not allowed": _identity(
        _allow(Action="iam:GetUser", Resource="arn:aws:iam:us-east-1:111122223333:user/x")
    ),
    "Data type mismatch": _identity(_allow(Sid=5)),
    "Duplicate keys with different case": _when(
        StringEquals={"aws:PrincipalOrgID": "o-1", "aws:principalorgid": "o-2"}
    ),
    "Invalid action": _identity(_allow(Action="s3:GetObjct")),
    "Invalid ARN account": _identity(
        _allow(Action="sns:Publish", Resource="arn:aws:sns:us-east-1:1111:t")
    ),
    "Invalid ARN prefix": _identity(_allow(Resource="b/*")),
    "Invalid ARN Region": _identity(
        _allow(Action="sns:Publish", Resource="arn:aws:sns:us-east-99:111122223333:t")
    ),
    "Invalid ARN resource": _identity(
        _allow(Action="iam:GetUser", Resource="arn:aws:iam::111122223333:usr/x")
    ),
    "Invalid ARN service case": _identity(_allow(Resource="arn:aws:S3:::b/*")),
    "Invalid condition data type": _when(
        DateLessThan={"aws:CurrentTime": ["2026-01-01T00:00:00Z", True]}
    ),
    "Invalid condition key format": _when(StringEquals={"PrincipalOrg": "o"}),
    "Invalid condition multiple Boolean": _when(Bool={"aws:SecureTransport": ["true", "false"]}),
    "Invalid condition operator": _when(StringEqual={"aws:PrincipalOrgID": "o"}),
    "Invalid effect": _identity(_allow(Effect="allow")),
    "Invalid global condition key": _when(StringEquals={"aws:PrincipalOrg": "o"}),
    "Invalid partition": _identity(_allow(Resource="arn:awss:s3:::b/*")),
    "Invalid policy element": _identity(_allow(Foo="x")),
    "Invalid principal format": _bucket(Principal={"AWS": "11112222333"}),
    "Invalid principal key": _bucket(Principal={"Aws": "111122223333"}),
    "Invalid Region": _when(StringEquals={"aws:RequestedRegion": "us-east-99"}),
    "Invalid service": _identity(_allow(Resource="arn:aws:s4:::b/*")),
    "Invalid service condition key": _when(StringEquals={"s3:prefx": "x"}),
    "Invalid service in action": _identity(_allow(Action="s4:GetObject")),
    "Invalid variable for operator": _when(NumericLessThan={"s3:max-keys": "${aws:username}"}),
    "Invalid version": _document({"Version": "2012-10-18", "Statement": [_allow()]}),
    "Missing action": _identity(_allow(Action=None)),
    "Missing ARN field": _identity(
        _allow(Action="sns:Publish", Resource="arn:aws:sns:us-east-1:t")
    ),
    "Missing ARN Region": _identity(
        _allow(Action="sns:Publish", Resource="arn:aws:sns::111122223333:t")
    ),
    "Missing effect": _identity(_allow(Effect=None)),
    "Missing principal": _bucket(),
    "Missing qualifier": _when(StringEquals={"aws:TagKeys": "x"}),
    "Missing resource": _identity(_allow(Resource=None)),
    "Missing statement": _document(_VERSION),
    "Null with if exists": _when(NullIfExists={"aws:PrincipalOrgID": "true"}),
    "SCP syntax error action wildcard": _control(
        "SERVICE", Principal=None, Action="s3:Get*Object*x"
    ),
    "SCP syntax error principal": _control(
        "SERVICE", Action="s3:GetObject", Resource="arn:aws:s3:::b/*"
    ),
    "Unique Sids required": _identity(_allow(Sid="A"), _allow(Sid="A")),
    "Unsupported action in policy": _bucket(
        Action="iam:GetUser", Principal={"AWS": "111122223333"}
    ),
    "Unsupported element combination": _identity(_allow(NotAction="iam:*")),
    "Unsupported global condition key": _when(StringEquals={"aws:ARN": "x"}),
    "Unsupported principal": _identity(_allow(Principal="*")),
    "Unsupported resource ARN in policy": _bucket(
        Resource="arn:aws:s3:::other/*", Principal={"AWS": "111122223333"}
    ),
    "Unsupported Sid": _identity(_allow(Sid="A b")),
    "Unsupported wildcard in principal": _bucket(
        Principal={"AWS": "arn:aws:iam::111122223333:role/*"}
    ),
    "Missing brace in variable": _identity(_allow(Resource="arn:aws:s3:::b/${aws:username/*")),
    "Missing quote in variable": _identity(
        _allow(Resource="arn:aws:s3:::b/${aws:PrincipalTag/team, 'x}/*")
    ),
    "Unsupported space in variable": _identity(
        _allow(Resource="arn:aws:s3:::b/${ aws:username }/*")
    ),
    "Empty variable": _identity(_allow(Resource="arn:aws:s3:::b/${}/*")),
    "Variable unsupported in element": _identity(_allow(Action="s3:${aws:username}")),
    "Variable unsupported in version": _document(
        {
            "Version": "2008-10-17",
            "Statement": [_allow(Resource="arn:aws:s3:::b/${aws:username}/*")],
        }
    ),
    "Private IP address": _when(IpAddress={"aws:SourceIp": "10.0.0.0/8"}),
    "Private NotIpAddress": _identity(
        _allow(Effect="Deny", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    ),
    "Invalid service principal format": _trust(Principal={"Service": "lambda.us-east-1"}),
    "Missing tag key in condition": _when(StringEquals={"aws:PrincipalTag": "x"}),
    "Invalid vpc format": _when(StringEquals={"aws:SourceVpc": "vpce-1234567890"}),
    "Invalid vpce format": _when(StringEquals={"aws:SourceVpce": "vpc-1234567890"}),
    "Federated principal not supported": _bucket(Principal={"Federated": "accounts.google.com"}),
    "Unsupported action for condition key": _when(StringEquals={"s3:prefix": "x"}),
    "RCP syntax error allow": _control("RESOURCE", Effect="Allow"),
    "RCP syntax error NotAction": _control("RESOURCE", Action=None, NotAction="s3:GetObject"),
    "RCP syntax error action": _control("RESOURCE", Action="*"),
    "Create SLR with star in resource": _identity(
        _allow(Action="iam:CreateServiceLinkedRole", Resource="*")
    ),
    "Create SLR with NotResource": _identity(
        _allow(
            Action="iam:CreateServiceLinkedRole", Resource=None, NotResource="arn:aws:iam::*:role/x"
        )
    ),
    "Create SLR with star in action and NotResource": _identity(
        _allow(Action="*", Resource=None, NotResource="arn:aws:iam::*:role/x")
    ),
    "Create SLR with NotAction and NotResource": _identity(
        _allow(Action=None, Resource=None, NotAction="s3:*", NotResource="arn:aws:iam::*:role/x")
    ),
    "Deprecated global condition key": _when(ArnLike={"aws:ARN": "x"}),
    "Invalid date value": _when(DateLessThan={"aws:CurrentTime": "2026"}),
    "Invalid role reference": _bucket(Principal={"AWS": "AROAEXAMPLE"}),
    "Missing version": _document({"Statement": [_allow()]}),
    "Wildcard without like operator": _when(StringEquals={"aws:PrincipalOrgID": "o-*"}),
    "Type mismatch": _when(StringEquals={"aws:SourceIp": "203.0.113.1"}),
    "Type mismatch Boolean": _when(Bool={"aws:SecureTransport": "yes"}),
    "Type mismatch date": _when(DateLessThan={"aws:CurrentTime": "soon"}),
    "Type mismatch IP range": _when(IpAddress={"aws:SourceIp": "here"}),
    "Type mismatch number": _when(NumericLessThan={"s3:max-keys": "many"}),
    "Specific github repo and branch recommended": _trust(
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": _PROVIDER},
        Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}},
    ),
    "Missing github repo condition key": _trust(
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": _PROVIDER},
        Condition={
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
        },
    ),
    "Allow with NotPrincipal": _bucket(NotPrincipal={"AWS": "111122223333"}),
    "ForAllValues with single valued key": _when(
        ForAllValues__StringEquals={"aws:PrincipalOrgID": "o-1"}
    ),
    "Pass role with NotResource": _identity(
        _allow(Action="iam:PassRole", Resource=None, NotResource="arn:aws:iam::*:role/x")
    ),
    "Pass role with star in action and NotResource": _identity(
        _allow(Action="*", Resource=None, NotResource="arn:aws:iam::*:role/x")
    ),
    "Pass role with NotAction and NotResource": _identity(
        _allow(Action=None, Resource=None, NotAction="s3:*", NotResource="arn:aws:iam::*:role/x")
    ),
    "Pass role with star in resource": _identity(_allow(Action="iam:PassRole", Resource="*")),
    "Pass role with star in action and resource": _identity(_allow(Action="*", Resource="*")),
    "Pass role with NotAction and star resource": _identity(
        _allow(Action=None, Resource="*", NotAction="s3:*")
    ),
    "Missing paired condition keys": _when(StringEquals={"aws:VpcSourceIp": "x"}),
    "Restrict access to service principal": _bucket(
        Action="s3:PutObject", Principal={"Service": "cloudtrail.amazonaws.com"}
    ),
    "Missing condition key for OIDC principal": _trust(
        Action="sts:AssumeRoleWithWebIdentity", Principal={"Federated": "accounts.google.com"}
    ),
    "Deny with unsupported tag condition key for service": _identity(
        _allow(
            Effect="Deny",
            Action="sqs:ListQueues",
            Resource="*",
            Condition={"StringEquals": {"aws:ResourceTag/x": "y"}},
        )
    ),
    "Empty array action": _identity(_allow(Action=[])),
    "Empty array condition": _when(StringEquals={"aws:PrincipalOrgID": []}),
    "Empty array principal": _bucket(Principal={"AWS": []}),
    "Empty array resource": _identity(_allow(Resource=[])),
    "Empty object principal": _bucket(Principal={}),
    "Empty Sid value": _identity(_allow(Sid="")),
    "Improve IP range": _when(IpAddress={"aws:SourceIp": "203.0.113.1/24"}),
    "Null with qualifier": _when(ForAllValues__Null={"aws:TagKeys": "true"}),
    "Private IP address subset": _when(
        IpAddress={"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}
    ),
    "Redundant action": _identity(_allow(Action=["s3:Get*", "s3:GetObject"])),
    "Redundant condition value num": _when(NumericLessThan={"s3:max-keys": [10, 20]}),
    "Redundant resource": _identity(_allow(Resource=["arn:aws:s3:::b/*", "arn:aws:s3:::b/x/*"])),
    "Redundant statement": _identity(_allow(), _allow(Action="s3:*")),
    "Wildcard in service name": _identity(_allow(Action="s*:GetObject")),
    "Redundant principal in role trust policy": _trust(
        Principal={"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/x"]}
    ),
}
"""The policies by the name of the check."""
