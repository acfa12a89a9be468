"""A policy with the fault that each security warning of IAM Access Analyzer reports."""

from tests.validate.policy_checks.policies import (
    PROVIDER,
    ROOT,
    TAG,
    Policy,
    allow,
    bucket,
    identity,
    trust,
    web,
    when,
)

SECURITY_WARNINGS: dict[str, Policy] = {
    "Untrustworthy condition key": bucket(
        Principal={"AWS": ROOT}, Condition={"StringEquals": {"aws:UserAgent": "ours"}}
    ),
    "Allow with NotPrincipal": bucket(NotPrincipal={"AWS": "111122223333"}),
    "ForAllValues with single valued key": when(
        ForAllValues__StringEquals={"aws:PrincipalOrgID": "o-1"}
    ),
    "Pass role with NotResource": identity(
        allow(Action="iam:PassRole", Resource=None, NotResource="arn:aws:iam::*:role/x")
    ),
    "Pass role with star in action and NotResource": identity(
        allow(Action="*", Resource=None, NotResource="arn:aws:iam::*:role/x")
    ),
    "Pass role with NotAction and NotResource": identity(
        allow(Action=None, Resource=None, NotAction="s3:*", NotResource="arn:aws:iam::*:role/x")
    ),
    "Pass role with star in resource": identity(allow(Action="iam:PassRole", Resource="*")),
    "Pass role with star in action and resource": identity(allow(Action="*", Resource="*")),
    "Pass role with star in resource and NotAction": identity(
        allow(Action=None, Resource="*", NotAction="s3:*")
    ),
    "Missing paired condition keys": when(StringEquals={"aws:VpcSourceIp": "x"}),
    "Deny with unsupported tag condition key for service": identity(
        allow(Action="route53:ListHostedZones", Resource="*", Effect="Deny", Condition=TAG)
    ),
    "Deny NotAction with unsupported tag condition key for service": identity(
        allow(Action=None, NotAction="iam:*", Resource="*", Effect="Deny", Condition=TAG)
    ),
    "Restrict access to service principal": bucket(
        Action="s3:PutObject", Principal={"Service": "cloudtrail.amazonaws.com"}
    ),
    "Missing condition key for OIDC principal": trust(
        Action="sts:AssumeRoleWithWebIdentity", Principal={"Federated": "accounts.google.com"}
    ),
    "Missing github repo condition key": trust(
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": PROVIDER},
        Condition={
            "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
        },
    ),
    "String like operator with ARN condition keys": when(
        StringLike={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci-*"}
    ),
    "DynamoDB attributes without select": identity(
        allow(
            Action="dynamodb:GetItem",
            Resource="*",
            Condition={"ForAllValues:StringEquals": {"dynamodb:Attributes": ["name"]}},
        )
    ),
    "S3 prefix in negative context": identity(
        allow(
            Effect="Deny",
            Action="s3:ListBucket",
            Resource="arn:aws:s3:::b",
            Condition={"StringLike": {"s3:prefix": "private/*"}},
        )
    ),
    "ForAnyValue with audience claim type": web(
        "accounts.google.com", ForAnyValue__StringEquals={"accounts.google.com:aud": "app"}
    ),
}
"""The policies by the name of the check."""
