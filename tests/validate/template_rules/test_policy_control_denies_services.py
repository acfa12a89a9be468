"""The rule W9855: resource control policies that deny more callers than they mean."""

from typing import Any

import pytest

from tests.validate.policy_cases import allow, attached, service_control
from tests.validate.rule_matches import (
    Matches,
    Resources,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.PolicyControlDeniesServices import (
    PolicyControlDeniesServices,
)

_PLACE = "P.Properties.Content.Statement.0.Condition"
_OURS = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
_FOR_US = {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
_NO_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
_SERVICE = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
_PRESENT = {"Null": {"aws:SourceAccount": "false"}}


def _control(condition: Any) -> Resources:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    return {
        "P": resource(
            "Organizations::Policy",
            Type="RESOURCE_CONTROL_POLICY",
            Content={"Statement": [statement | {"Condition": condition}]},
        )
    }


def _denied_services(operator: str, key: str) -> tuple[str, str]:
    return (
        f"{_PLACE}.{operator}.{key}",
        (
            f"No service has your {key}, so that those that act for you are denied. Add "
            '"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}.'
        ),
    )


_CASES = [
    silent("principals of others, but no services", _control(_OURS | _NO_SERVICE)),
    silent("services for others, if they name an account", _control(_FOR_US | _SERVICE | _PRESENT)),
    silent(
        "principals and services",
        _control(
            {
                "StringNotEqualsIfExists": {
                    "aws:PrincipalOrgID": "o-a1b2c3d4e5",
                    "aws:SourceOrgID": "o-a1b2c3d4e5",
                }
            }
        ),
    ),
    silent(
        "some services by name",
        _control(
            {
                "StringNotEqualsIfExists": {
                    "aws:PrincipalOrgID": "o-a1b2c3d4e5",
                    "aws:PrincipalServiceName": "cloudtrail.amazonaws.com",
                }
            }
        ),
    ),
    silent(
        "one account, which no service has",
        _control({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}),
    ),
    silent("requests without TLS", _control({"Bool": {"aws:SecureTransport": "false"}})),
    silent("a condition from a parameter", _control(ref("Condition"))),
    silent("keys from a parameter", _control(_OURS | {"Bool": ref("Keys")})),
    silent("a service control policy", service_control(allow("s3:*", Condition=_OURS))),
    silent("a bucket policy", attached("S3::BucketPolicy", allow(Effect="Deny", Condition=_OURS))),
    fires(
        "principals of others, and services",
        _control(_OURS),
        _denied_services("StringNotEqualsIfExists", "aws:PrincipalOrgID"),
    ),
    fires(
        "all but some roles, and services",
        _control({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}),
        _denied_services("ArnNotLike", "aws:PrincipalArn"),
    ),
    fires(
        "everyone but services",
        _control(_FOR_US),
        (
            f"{_PLACE}.StringNotEqualsIfExists.aws:SourceOrgID",
            (
                "Only services have aws:SourceOrgID, so that your own principals are denied. Add "
                '"BoolIfExists": {"aws:PrincipalIsAWSService": "true"}.'
            ),
        ),
    ),
    fires(
        "services that name no account",
        _control(_FOR_US | _SERVICE),
        (
            f"{_PLACE}.StringNotEqualsIfExists.aws:SourceOrgID",
            (
                "Not every request of a service has aws:SourceOrgID, and those without are denied. "
                'Add "Null": {"aws:SourceAccount": "false"}.'
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyControlDeniesServices(), resources) == findings
