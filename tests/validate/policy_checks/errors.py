"""A policy with the fault that each error of IAM Access Analyzer reports."""

from tests.validate.policy_checks.policies import (
    ROOT,
    VERSION,
    Policy,
    allow,
    bucket,
    control,
    document,
    identity,
    long_names,
    trust,
    web,
    when,
)
from tests.validate.rule_matches import resource

ERRORS: dict[str, Policy] = {
    "ARN account not allowed": identity(allow(Resource="arn:aws:s3::111122223333:b/*")),
    "ARN Region not allowed": identity(
        allow(Action="iam:GetUser", Resource="arn:aws:iam:us-east-1:111122223333:user/x")
    ),
    "Data type mismatch": identity(allow(Sid=5)),
    "Duplicate keys with different case": when(
        StringEquals={"aws:PrincipalOrgID": "o-1", "aws:principalorgid": "o-2"}
    ),
    "Invalid action": identity(allow(Action="s3:GetObjct")),
    "Invalid ARN account": identity(
        allow(Action="sns:Publish", Resource="arn:aws:sns:us-east-1:1111:t")
    ),
    "Invalid ARN prefix": identity(allow(Resource="b/*")),
    "Invalid ARN Region": identity(
        allow(Action="sns:Publish", Resource="arn:aws:sns:us-east-99:111122223333:t")
    ),
    "Invalid ARN resource": identity(
        allow(Action="iam:GetUser", Resource="arn:aws:iam::111122223333:usr/x")
    ),
    "Invalid ARN service case": identity(allow(Resource="arn:aws:S3:::b/*")),
    "Invalid condition data type": when(
        DateLessThan={"aws:CurrentTime": ["2026-01-01T00:00:00Z", True]}
    ),
    "Invalid condition key format": when(StringEquals={"PrincipalOrg": "o"}),
    "Invalid condition multiple Boolean": when(Bool={"aws:SecureTransport": ["true", "false"]}),
    "Invalid condition operator": when(StringEqual={"aws:PrincipalOrgID": "o"}),
    "Invalid effect": identity(allow(Effect="allow")),
    "Invalid global condition key": when(StringEquals={"aws:PrincipalOrg": "o"}),
    "Invalid partition": identity(allow(Resource="arn:awss:s3:::b/*")),
    "Invalid policy element": identity(allow(Foo="x")),
    "Invalid principal format": bucket(Principal={"AWS": "11112222333"}),
    "Invalid principal key": bucket(Principal={"Aws": "111122223333"}),
    "Invalid Region": when(StringEquals={"aws:RequestedRegion": "us-east-99"}),
    "Invalid service": identity(allow(Resource="arn:aws:s4:::b/*")),
    "Invalid service condition key": when(StringEquals={"s3:prefx": "x"}),
    "Invalid service in action": identity(allow(Action="s4:GetObject")),
    "Invalid variable for operator": when(NumericLessThan={"s3:max-keys": "${aws:username}"}),
    "Invalid version": document({"Version": "2012-10-18", "Statement": [allow()]}),
    "Json syntax error": resource("ECR::RegistryPolicy", PolicyText='{"Statement": ['),
    "Missing action": identity(allow(Action=None)),
    "Missing ARN field": identity(allow(Action="sns:Publish", Resource="arn:aws:sns:us-east-1:t")),
    "Missing ARN Region": identity(
        allow(Action="sns:Publish", Resource="arn:aws:sns::111122223333:t")
    ),
    "Missing effect": identity(allow(Effect=None)),
    "Missing principal": bucket(),
    "Missing qualifier": when(StringEquals={"aws:TagKeys": "x"}),
    "Missing resource": identity(allow(Resource=None)),
    "Missing statement": document(VERSION),
    "Null with if exists": when(NullIfExists={"aws:PrincipalOrgID": "true"}),
    "SCP syntax error action wildcard": control(
        "SERVICE", Principal=None, Action="s3:Get*Object*x"
    ),
    "SCP syntax error principal": control(
        "SERVICE", Action="s3:GetObject", Resource="arn:aws:s3:::b/*"
    ),
    "Unique Sids required": identity(allow(Sid="A"), allow(Sid="A")),
    "Unsupported action in policy": bucket(Action="iam:GetUser", Principal={"AWS": "111122223333"}),
    "Unsupported element combination": identity(allow(NotAction="iam:*")),
    "Unsupported global condition key": when(StringEquals={"aws:ARN": "x"}),
    "Unsupported principal": identity(allow(Principal="*")),
    "Unsupported resource ARN in policy": bucket(
        Resource="arn:aws:s3:::other/*", Principal={"AWS": "111122223333"}
    ),
    "Unsupported Sid": identity(allow(Sid="A b")),
    "Unsupported wildcard in principal": bucket(
        Principal={"AWS": "arn:aws:iam::111122223333:role/*"}
    ),
    "Missing brace in variable": identity(allow(Resource="arn:aws:s3:::b/${aws:username/*")),
    "Missing quote in variable": identity(
        allow(Resource="arn:aws:s3:::b/${aws:PrincipalTag/team, 'x}/*")
    ),
    "Unsupported space in variable": identity(allow(Resource="arn:aws:s3:::b/${ aws:username }/*")),
    "Empty variable": identity(allow(Resource="arn:aws:s3:::b/${}/*")),
    "Variable unsupported in element": identity(allow(Action="s3:${aws:username}")),
    "Variable unsupported in version": document(
        {
            "Version": "2008-10-17",
            "Statement": [allow(Resource="arn:aws:s3:::b/${aws:username}/*")],
        }
    ),
    "Private IP address": when(IpAddress={"aws:SourceIp": "10.0.0.0/8"}),
    "Private NotIpAddress": identity(
        allow(Effect="Deny", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    ),
    "Policy size exceeds SCP quota": control("SERVICE", Principal=None, Resource=long_names(12)),
    "Invalid service principal format": trust(Principal={"Service": "lambda.us-east-1"}),
    "Missing tag key in condition": when(StringEquals={"aws:PrincipalTag": "x"}),
    "Invalid vpc format": when(StringEquals={"aws:SourceVpc": "vpce-1234567890"}),
    "Invalid vpce format": when(StringEquals={"aws:SourceVpce": "vpc-1234567890"}),
    "Federated principal not supported": bucket(Principal={"Federated": "accounts.google.com"}),
    "Unsupported action for condition key": when(StringEquals={"s3:prefix": "x"}),
    "Unsupported condition key for service principal": bucket(
        Principal={"Service": "cloudfront.amazonaws.com"},
        Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
    ),
    "Role trust policy syntax error notprincipal": trust(Effect="Deny", NotPrincipal={"AWS": ROOT}),
    "Role trust policy unsupported wildcard in principal": trust(
        Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ),
    "Role trust policy syntax error resource": trust(Principal={"AWS": ROOT}, Resource="*"),
    "Type mismatch IP range": when(IpAddress={"aws:SourceIp": "here"}),
    "Missing action for condition key": trust(
        Principal={"AWS": ROOT}, Condition={"StringEquals": {"sts:SourceIdentity": "ada"}}
    ),
    "Invalid federated principal syntax in role trust policy": web(
        "https://accounts.google.com", StringEquals={"accounts.google.com:aud": "app"}
    ),
    "Mismatched action for principal": trust(
        Principal={"Federated": "accounts.google.com"},
        Condition={"StringEquals": {"accounts.google.com:aud": "app"}},
    ),
    "Missing action for roles anywhere trust policy": trust(
        Principal={"Service": "rolesanywhere.amazonaws.com"}
    ),
    "Policy size exceeds RCP quota": control("RESOURCE", Resource=long_names(12)),
    "RCP syntax error principal": control("RESOURCE", Principal={"AWS": ROOT}),
    "RCP syntax error allow": control("RESOURCE", Effect="Allow"),
    "RCP syntax error NotAction": control("RESOURCE", Action=None, NotAction="s3:GetObject"),
    "RCP syntax error action": control("RESOURCE", Action="*"),
    "Missing ARN account": identity(
        allow(Action="sns:Publish", Resource="arn:aws:sns:us-east-1::t")
    ),
    "Invalid kms key value": when(
        StringEquals={"s3:x-amz-server-side-encryption-aws-kms-key-id": "alias/key"}
    ),
    "Variable usage too permissive": when(
        StringEquals={"aws:ResourceAccount": "${aws:PrincipalAccount}"}
    ),
    "Wildcard usage too permissive": when(StringLike={"aws:PrincipalOrgID": "o-*"}),
}
"""The policies by the name of the check."""
