"""A policy with the fault that each general warning of IAM Access Analyzer reports."""

from tests.validate.policy_checks.policies import (
    PROVIDER,
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
    when,
)
from tests.validate.rule_matches import resource

GENERAL_WARNINGS: dict[str, Policy] = {
    "Create SLR with NotResource": identity(
        allow(
            Action="iam:CreateServiceLinkedRole", Resource=None, NotResource="arn:aws:iam::*:role/x"
        )
    ),
    "Create SLR with star in action and NotResource": identity(
        allow(Action="*", Resource=None, NotResource="arn:aws:iam::*:role/x")
    ),
    "Create SLR with NotAction and NotResource": identity(
        allow(Action=None, Resource=None, NotAction="s3:*", NotResource="arn:aws:iam::*:role/x")
    ),
    "Create SLR with star in resource": identity(
        allow(Action="iam:CreateServiceLinkedRole", Resource="*")
    ),
    "Create SLR with star in action and resource": identity(
        allow(Action="iam:Create*", Resource="*")
    ),
    "Create SLR with star in resource and NotAction": identity(
        allow(Action=None, NotAction="s3:*", Resource="*")
    ),
    "Deprecated global condition key": when(ArnLike={"aws:ARN": "x"}),
    "Invalid date value": when(DateLessThan={"aws:CurrentTime": "2026"}),
    "Invalid role reference": bucket(Principal={"AWS": "AROAEXAMPLE"}),
    "Invalid user reference": bucket(Principal={"AWS": "AIDAEXAMPLE"}),
    "Missing version": document({"Statement": [allow()]}),
    "Unique Sids recommended": resource(
        "SQS::QueuePolicy",
        Queues=[{"Ref": "Queue"}],
        PolicyDocument=VERSION
        | {
            "Statement": [
                allow(Sid="A", Action="sqs:SendMessage", Resource="*", Principal={"AWS": ROOT}),
                allow(Sid="A", Action="sqs:PurgeQueue", Resource="*", Principal={"AWS": ROOT}),
            ]
        },
    ),
    "Wildcard without like operator": when(StringEquals={"aws:PrincipalOrgID": "o-*"}),
    "Policy size exceeds identity policy quota": identity(allow(Resource=long_names(12))),
    "Policy size exceeds resource policy quota": bucket(
        Principal={"AWS": ROOT}, Resource=long_names(24)
    ),
    "Type mismatch": when(StringEquals={"aws:SourceIp": "203.0.113.1"}),
    "Type mismatch Boolean": when(Bool={"aws:SecureTransport": "yes"}),
    "Type mismatch date": when(DateLessThan={"aws:CurrentTime": "soon"}),
    "Type mismatch number": when(NumericLessThan={"s3:max-keys": "many"}),
    "Type mismatch string": when(BinaryEquals={"example.com:key": "no base64!"}),
    "Specific github repo and branch recommended": trust(
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": PROVIDER},
        Condition={"StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}},
    ),
    "Policy size exceeds role trust policy quota": trust(
        Principal={"AWS": [f"arn:aws:iam::111122223333:role/{n:064}" for n in range(32)]}
    ),
    "RCP missing related principal condition key": control(
        "RESOURCE", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
    ),
    "RCP missing related service principal condition key": control(
        "RESOURCE", Condition={"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    ),
    "RCP missing service condition key null check": control(
        "RESOURCE",
        Condition={
            "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "true"},
        },
    ),
    "Use condition key only with supported services": identity(
        allow(
            Effect="Deny",
            Action="s3:*",
            Resource="*",
            Condition={"StringNotEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}},
        )
    ),
}
"""The policies by the name of the check."""
