"""The rule W9857: wildcards in accounts, organizations and VPCs."""

import pytest

from tests.validate.policy_cases import PATH, conditional
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent, sub
from trailbell.validate.template_rules.PolicyWildcardInSensitiveKey import (
    PolicyWildcardInSensitiveKey,
)


def _like(key: str, *values: object) -> Resources:
    return conditional(StringLike={key: [*values]})


def _finding(key: str, value: str) -> tuple[str, str]:
    return (
        f"{PATH}.Condition.StringLike.{key}",
        f"Others have a value of {key} like {value}. Name whole values.",
    )


_CASES = [
    silent("an organization", _like("aws:PrincipalOrgID", "o-a1b2c3d4e5")),
    silent("any organization, which another rule reports", _like("aws:PrincipalOrgID", "*")),
    silent(
        "an operator that reads no wildcards",
        conditional(StringEquals={"aws:PrincipalOrgID": "o-*"}),
    ),
    silent("a variable", _like("aws:ResourceOrgID", "${aws:PrincipalOrgID}")),
    silent("a literal asterisk", _like("aws:SourceVpc", "vpc-${*}")),
    silent("a parameter", _like("aws:SourceVpc", ref("Vpc"))),
    silent("a part from a parameter", _like("aws:SourceVpc", sub("${Vpc}*"))),
    silent("paths", _like("aws:PrincipalOrgPaths", "o-a1b2c3d4e5/*")),
    silent("a tag", _like("aws:PrincipalTag/team", "a*")),
    silent("sessions of a role", _like("aws:userid", "AROAEXAMPLEID:*")),
    silent("sessions of one name", _like("aws:userid", "*:ada")),
    silent("every user ID", _like("aws:userid", "*")),
    fires(
        "every organization, as a pattern",
        _like("aws:PrincipalOrgID", "o-*"),
        _finding("aws:PrincipalOrgID", "o-*"),
    ),
    fires(
        "one of two values",
        _like("aws:SourceVpce", "vpce-0123456789abcdef0", "vpce-0*"),
        _finding("aws:SourceVpce", "vpce-0*"),
    ),
    fires(
        "accounts that begin alike",
        _like("aws:SourceAccount", "11112222????"),
        _finding("aws:SourceAccount", "11112222????"),
    ),
    fires(
        "every role",
        _like("aws:userid", "AROA*:ada"),
        (
            f"{PATH}.Condition.StringLike.aws:userid",
            (
                "AROA* is a pattern of the IDs of users and roles, and others have one like it. "
                "Name a whole ID, and use a wildcard only behind the colon."
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyWildcardInSensitiveKey(), resources) == findings
