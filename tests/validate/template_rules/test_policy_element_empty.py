"""The rule W9848: empty elements."""

import pytest

from tests.validate.policy_cases import OBJECTS, PATH, allow, attached, conditional, identity
from tests.validate.rule_matches import (
    NO_VALUE,
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.PolicyElementEmpty import PolicyElementEmpty

_END = "Add a value, or remove it."


def _bucket(principal: object) -> Resources:
    return attached("S3::BucketPolicy", allow(Principal=principal))


_CASES = [
    silent("a resource", identity(allow())),
    silent("a list from a parameter", identity(allow(on=ref("Resources")))),
    silent("an entry that is left out", identity(allow(on=[either(OBJECTS, NO_VALUE)]))),
    silent("a principal", _bucket({"AWS": ["111122223333"]})),
    silent("a principal from a parameter", _bucket({"AWS": ref("Accounts")})),
    silent("no condition", identity(allow(Condition=NO_VALUE))),
    silent(
        "an empty text, which a tag can have", conditional(StringEquals={"aws:RequestTag/a": ""})
    ),
    silent("an empty action, which cfn-lint reports", identity(allow([]))),
    silent("a condition without operators", identity(allow(Condition={}))),
    silent("values from a parameter", conditional(StringEquals={"aws:PrincipalOrgID": ref("Ids")})),
    silent("a role without policies", {"P": resource("IAM::Role", Policies=[])}),
    fires(
        "no resource",
        identity(allow(on=[])),
        (
            f"{PATH}.Resource",
            f"Resource is empty, so that the statement applies to nothing. {_END}",
        ),
    ),
    fires(
        "no principal",
        _bucket({}),
        (
            f"{PATH}.Principal",
            f"Principal is empty, so that the statement applies to no one. {_END}",
        ),
    ),
    fires(
        "no account",
        _bucket({"AWS": []}),
        (f"{PATH}.Principal.AWS", f"AWS is empty, so that it names no one. {_END}"),
    ),
    fires(
        "no value",
        conditional(StringEquals={"aws:PrincipalOrgID": []}),
        (
            f"{PATH}.Condition.StringEquals.aws:PrincipalOrgID",
            f"aws:PrincipalOrgID is empty, so that the condition is never true. {_END}",
        ),
    ),
    fires(
        "no value of a key with several values",
        conditional(ForAllValues__StringEquals={"aws:TagKeys": []}),
        (
            f"{PATH}.Condition.ForAllValues:StringEquals.aws:TagKeys",
            (
                "aws:TagKeys is empty, so that the condition is true only without the key, for "
                f"which Null is clearer. {_END}"
            ),
        ),
    ),
    fires(
        "no value if the key exists",
        conditional(StringEqualsIfExists={"aws:SourceVpc": []}),
        (
            f"{PATH}.Condition.StringEqualsIfExists.aws:SourceVpc",
            (
                "aws:SourceVpc is empty, so that the condition is true only without the key, for "
                f"which Null is clearer. {_END}"
            ),
        ),
    ),
    fires(
        "nothing excluded",
        conditional(StringNotEquals={"aws:RequestedRegion": []}),
        (
            f"{PATH}.Condition.StringNotEquals.aws:RequestedRegion",
            f"aws:RequestedRegion is empty, so that the condition excludes nothing. {_END}",
        ),
    ),
    fires(
        "neither there nor missing",
        conditional(Null={"aws:TagKeys": []}),
        (
            f"{PATH}.Condition.Null.aws:TagKeys",
            f"aws:TagKeys is empty, so that it compares nothing. {_END}",
        ),
    ),
    fires(
        "no key, in a branch",
        identity(allow(Condition=either({"StringEquals": {}}, NO_VALUE))),
        (
            f"{PATH}.Condition.Fn::If.1.StringEquals",
            f"StringEquals is empty, so that it compares nothing. {_END}",
        ),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyElementEmpty(), resources) == findings
