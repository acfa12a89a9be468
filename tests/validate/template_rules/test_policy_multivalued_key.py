"""The rule W9847: keys with several values."""

import pytest

from tests.validate.policy_cases import PATH, conditional
from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent
from trailbell.validate.template_rules.PolicyMultivaluedKey import PolicyMultivaluedKey

_SERVICE = "cloudformation.amazonaws.com"
_CASES = [
    silent("any value", conditional(ForAnyValue__StringEquals={"aws:CalledVia": _SERVICE})),
    silent("each value", conditional(ForAllValues__StringEquals={"aws:TagKeys": ["a"]})),
    silent("the first service", conditional(StringEquals={"aws:CalledViaFirst": _SERVICE})),
    silent("whether it is there", conditional(Null={"aws:TagKeys": "true"})),
    silent("a key with one value", conditional(StringEquals={"aws:PrincipalOrgID": ["o-1"]})),
    silent("a tag", conditional(StringEquals={"aws:RequestTag/team": "a"})),
    silent("a key of a service", conditional(StringEquals={"dynamodb:LeadingKeys": "a"})),
    silent("a condition from a parameter", conditional(StringEquals=ref("Keys"))),
    fires(
        "one value",
        conditional(StringEquals={"aws:CalledVia": _SERVICE}),
        (
            f"{PATH}.Condition.StringEquals.aws:CalledVia",
            (
                "A request can have several values of aws:CalledVia. Use ForAnyValue:StringEquals "
                "or ForAllValues:StringEquals."
            ),
        ),
    ),
    fires(
        "in other letters",
        conditional(StringLike={"AWS:tagkeys": "a*"}),
        (
            f"{PATH}.Condition.StringLike.AWS:tagkeys",
            (
                "A request can have several values of AWS:tagkeys. Use ForAnyValue:StringLike or "
                "ForAllValues:StringLike."
            ),
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyMultivaluedKey(), resources) == findings
