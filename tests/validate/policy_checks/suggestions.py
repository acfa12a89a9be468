"""A policy with the fault that each suggestion of IAM Access Analyzer reports."""

from tests.validate.policy_checks.policies import (
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

SUGGESTIONS: dict[str, Policy] = {
    "Empty array action": identity(allow(Action=[])),
    "Empty array condition": when(StringEquals={"aws:PrincipalOrgID": []}),
    "Empty array condition ForAllValues": when(ForAllValues__StringEquals={"aws:TagKeys": []}),
    "Empty array condition ForAnyValue": when(ForAnyValue__StringEquals={"aws:TagKeys": []}),
    "Empty array condition IfExists": when(StringEqualsIfExists={"aws:SourceVpc": []}),
    "Empty array principal": bucket(Principal={"AWS": []}),
    "Empty array resource": identity(allow(Resource=[])),
    "Empty object condition": identity(allow(Condition={})),
    "Empty object principal": bucket(Principal={}),
    "Empty Sid value": identity(allow(Sid="")),
    "Equivalent to null false": when(StringLike={"aws:PrincipalTag/team": "*"}),
    "Equivalent to null true": when(StringNotLike={"aws:PrincipalTag/team": "*"}),
    "Improve IP range": when(IpAddress={"aws:SourceIp": "203.0.113.1/24"}),
    "Null with qualifier": when(ForAllValues__Null={"aws:TagKeys": "true"}),
    "Private IP address subset": when(IpAddress={"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}),
    "Private NotIpAddress subset": identity(
        allow(
            Effect="Deny",
            Condition={"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}},
        )
    ),
    "Redundant action": identity(allow(Action=["s3:Get*", "s3:GetObject"])),
    "Redundant condition value num": when(NumericLessThan={"s3:max-keys": [10, 20]}),
    "Redundant resource": identity(allow(Resource=["arn:aws:s3:::b/*", "arn:aws:s3:::b/x/*"])),
    "Redundant statement": identity(allow(), allow(Action="s3:*")),
    "Wildcard in service name": identity(allow(Action="s*:GetObject")),
    "Allow with unsupported tag condition key for service": identity(
        allow(Action="route53:ListHostedZones", Resource="*", Condition=TAG)
    ),
    "Allow NotAction with unsupported tag condition key for service": identity(
        allow(Action=None, NotAction="iam:*", Resource="*", Condition=TAG)
    ),
    "Recommended condition key for service principal": bucket(
        Action="s3:PutObject",
        Principal={"Service": "cloudtrail.amazonaws.com"},
        Condition={"StringEquals": {"aws:Referer": "111122223333"}},
    ),
    "Irrelevant condition key in policy": bucket(
        Principal={"AWS": ROOT}, Condition={"StringEquals": {"s3:ResourceAccount": "111122223333"}}
    ),
    "Redundant key due to wildcard in condition": when(StringLikeIfExists={"aws:SourceVpc": "*"}),
    "Redundant principal in role trust policy": trust(
        Principal={
            "AWS": [
                "arn:aws:iam::111122223333:role/r",
                "arn:aws:sts::111122223333:assumed-role/r/session",
            ]
        }
    ),
    "Confirm audience claim type": web(
        "accounts.google.com", StringEquals={"accounts.google.com:aud": "app"}
    ),
}
"""The policies by the name of the check."""
