"""The rule W9837: ForAllValues as the only condition."""

import pytest

from tests.validate.policy_cases import PATH, allow, conditional, identity, service_control
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyForAllValuesAlone import PolicyForAllValuesAlone

_ALONE = {"ForAllValues:StringEquals": {"aws:TagKeys": ["Owner"]}}
_NOT_NULL = {"Null": {"aws:TagKeys": "false"}}
_FINDING = (
    "ForAllValues:StringEquals is also true for a request without aws:TagKeys. Add "
    '"Null": {"aws:TagKeys": "false"}.'
)
_PLACE = f"{PATH}.Condition.ForAllValues:StringEquals.aws:TagKeys"
_CASES = [
    silent("with Null", identity(allow(Condition=_ALONE | _NOT_NULL))),
    silent(
        "with a tag that must be there",
        identity(allow(Condition=_ALONE | {"StringLike": {"aws:RequestTag/Owner": "*"}})),
    ),
    silent("in a Deny statement", identity(allow(Condition=_ALONE, Effect="Deny"))),
    silent("in a service control policy", service_control(allow(Condition=_ALONE))),
    silent("ForAnyValue", conditional(ForAnyValue__StringEquals={"aws:TagKeys": ["Owner"]})),
    silent(
        "the keys of a table",
        conditional(ForAllValues__StringEquals={"dynamodb:LeadingKeys": ["${aws:userid}"]}),
    ),
    silent("a condition from a parameter", identity(allow(Condition=ref("Condition")))),
    silent("no condition", identity(allow())),
    silent(
        "with the organization, which limits the statement",
        identity(
            allow(Condition=_ALONE | {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})
        ),
    ),
    silent(
        "the records of a zone",
        conditional(
            ForAllValues__StringEquals={"route53:ChangeResourceRecordSetsRecordTypes": ["TXT"]}
        ),
    ),
    fires("alone", identity(allow(Condition=_ALONE)), (_PLACE, _FINDING)),
    fires(
        "with a condition that is true without its key, too",
        identity(allow(Condition=_ALONE | {"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}})),
        (_PLACE, _FINDING),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyForAllValuesAlone(), resources) == findings
