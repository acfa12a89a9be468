"""Resources with a policy, of which each has a fault.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from typing import Any

from tests.validate.rule_matches import resource

VERSION = {"Version": "2012-10-17"}
PROVIDER = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"

ROOT = "arn:aws:iam::111122223333:root"
TAG = {"StringEquals": {"aws:ResourceTag/stage": "production"}}

Policy = dict[str, Any]


def identity(*statements: Policy) -> Policy:
    return document(VERSION | {"Statement": [*statements]})


def document(document: Policy) -> Policy:
    return resource("IAM::ManagedPolicy", PolicyDocument=document)


def trust(**members: Any) -> Policy:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"} | members
    return resource("IAM::Role", AssumeRolePolicyDocument=VERSION | {"Statement": [statement]})


def web(provider: str, **condition: Any) -> Policy:
    """A role for a web identity. ``__`` in names means a colon."""
    return trust(
        Action="sts:AssumeRoleWithWebIdentity",
        Principal={"Federated": provider},
        Condition={name.replace("__", ":"): keys for name, keys in condition.items()},
    )


def bucket(**members: Any) -> Policy:
    document = VERSION | {"Statement": [allow(**members)]}
    return resource("S3::BucketPolicy", Bucket="b", PolicyDocument=document)


def control(kind: str, **members: Any) -> Policy:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"} | members
    content = VERSION | {"Statement": [without_none(statement)]}
    return resource(
        "Organizations::Policy",
        Name="p",
        Type=f"{kind}_CONTROL_POLICY",
        TargetIds=["r-abcd"],
        Content=content,
    )


def allow(**members: Any) -> Policy:
    """A statement without the members that are None."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    return without_none(statement | members)


def long_names(count: int) -> list[str]:
    """Resources with about 1,000 characters each."""
    return [f"arn:aws:s3:::b/{number:01000}" for number in range(count)]


def without_none(statement: Policy) -> Policy:
    return {name: value for name, value in statement.items() if value is not None}


def when(**condition: Any) -> Policy:
    """A statement with a condition. ``__`` in names means a colon."""
    members = {name.replace("__", ":"): keys for name, keys in condition.items()}
    return identity(allow(Condition=members))
