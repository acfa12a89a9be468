"""Policies for the tests of the rules over policies."""

from typing import Any

from tests.validate.rule_matches import Resources, resource

PATH = "P.Properties.PolicyDocument.Statement.0"
"""The path of the statement of `identity` and of `bucket`."""

TRUST = "P.Properties.AssumeRolePolicyDocument.Statement.0"
"""The path of the statement of `trust`."""

OBJECTS = "arn:aws:s3:::b/*"


def allow(action: Any = "s3:GetObject", on: Any = OBJECTS, **more: Any) -> dict[str, Any]:
    """A statement of an identity policy. A member that is None is left out."""
    statement = {"Effect": "Allow", "Action": action, "Resource": on} | more
    return {name: value for name, value in statement.items() if value is not None}


def identity(*statements: Any, **more: Any) -> Resources:
    """A managed policy."""
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    return {"P": resource("IAM::ManagedPolicy", PolicyDocument=document)} | more


def boundary(*statements: Any) -> Resources:
    """A managed policy that is the permissions boundary of a role."""
    role = resource("IAM::Role", PermissionsBoundary={"Ref": "P"})
    return identity(*statements, R=role)


def service_control(*statements: Any) -> Resources:
    """A service control policy."""
    return {
        "P": resource(
            "Organizations::Policy",
            Type="SERVICE_CONTROL_POLICY",
            Content={"Statement": [*statements]},
        )
    }


def conditional(**condition: Any) -> Resources:
    """A managed policy whose statement has a condition. ``__`` in names means a colon."""
    members = {name.replace("__", ":"): keys for name, keys in condition.items()}
    return identity(allow(Condition=members))


def trust(principal: Any, action: Any = "sts:AssumeRole", **more: Any) -> Resources:
    """A role with a trust policy."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action} | more
    return {"P": resource("IAM::Role", AssumeRolePolicyDocument={"Statement": [statement]})}


def attached(kind: str, *statements: Any) -> Resources:
    """A policy of a resource."""
    return {"P": resource(kind, PolicyDocument={"Statement": [*statements]})}
