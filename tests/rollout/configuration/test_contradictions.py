"""Contradictory parameters of a rollout are refused, for every account at once."""

from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.scenario import (
    SELF,
    SERVICE,
    A,
    B,
    C,
    E,
    built_template,
    make_plan,
    new_cloud,
)
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError

_SET = {"Fn::Not": [{"Fn::Equals": [{"Ref": "Email"}, ""]}]}
_ANYWHERE = "eu-central-1, us-east-1, ap-southeast-2"
_PROBLEM = 'alerts: the parameters violate rule Given: Email must be given. (Email "")'


def _template(assertion: Any = _SET, condition: Any = None) -> BuiltTemplate:
    template = built_template()
    rule = {"Assertions": [{"Assert": assertion, "AssertDescription": "Email must be given."}]}
    if condition is not None:
        rule["RuleCondition"] = condition
    return replace(template, document={**template.document, "Rules": {"Given": rule}})


def _overrides(**by_account: str) -> str:
    return "".join(
        f'[rollout.baseline.parameter_overrides.{account[1:]}]\nEmail = "{email}"\n'
        for account, email in by_account.items()
    )


def _refused(settings: str, template: BuiltTemplate) -> tuple[str, list[Any]]:
    cloud = new_cloud()
    with pytest.raises(PreconditionError) as caught:
        make_plan(cloud, settings, template)
    return str(caught.value), cloud.record


def test_values_of_all_accounts_are_refused_before_any_call() -> None:
    text, record = _refused(SERVICE, _template())
    assert text == (
        "trailbell.toml: rollout.baseline: parameters contradict each other\n"
        f"  {_PROBLEM}\n    in all other accounts ({_ANYWHERE})\n"
        "  Correct parameters or parameter_overrides."
    )
    assert record == []


def test_every_account_with_bad_overrides_is_named() -> None:
    settings = (
        SERVICE
        + 'parameters = { Email = "a@example.com" }\n'
        + _overrides(**{f"_{A}": "", f"_{B}": "b@example.com", f"_{C}": ""})
    )
    text, record = _refused(settings, _template())
    assert f"  {_PROBLEM}\n    in {A} ({_ANYWHERE}), {C} ({_ANYWHERE})\n" in text
    assert record == []


def test_a_region_counts() -> None:
    text, _ = _refused(
        SERVICE, _template(condition={"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]})
    )
    assert f"  {_PROBLEM}\n    in all other accounts (us-east-1)\n" in text


def test_an_account_counts() -> None:
    condition = {"Fn::Contains": [[C, E], {"Ref": "AWS::AccountId"}]}
    text, record = _refused(SERVICE, _template(condition=condition))
    assert text == (
        "trailbell.toml: rollout.baseline: parameters contradict each other\n"
        f"  {_PROBLEM}\n    in {C} ({_ANYWHERE}), {E} ({_ANYWHERE})\n"
        "  Correct parameters or parameter_overrides."
    )
    assert not [request for request in record if "Create" in str(request)]


@pytest.mark.parametrize(
    ("settings", "template"),
    [
        pytest.param(
            SERVICE + 'parameters = { Email = "a@example.com" }\n', _template(), id="a value"
        ),
        pytest.param(
            SELF + _overrides(**{f"_{x}": "a@example.com" for x in (A, B, C)}),
            _template(),
            id="a value for each account that the rollout names",
        ),
        pytest.param(
            SERVICE,
            _template(condition={"Fn::Equals": [{"Ref": "AWS::AccountId"}, "111122223333"]}),
            id="an account that is not in the rollout",
        ),
        pytest.param(
            SERVICE,
            _template({"Fn::EachMemberIn": [["a"], {"Fn::RefAll": "AWS::EC2::VPC::Id"}]}),
            id="a rule that only CloudFormation can evaluate",
        ),
    ],
)
def test_values_that_fit_are_planned(settings: str, template: BuiltTemplate) -> None:
    assert make_plan(new_cloud(), settings, template).stages


def test_a_key_of_one_region_does_not_fit_the_others() -> None:
    template = built_template()
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Ref": "Email"}}}
    template = replace(template, document={**template.document, "Resources": {"T": topic}})
    key = "arn:aws:kms:us-east-1:111122223333:key/k"
    text, _ = _refused(SERVICE + f'parameters = {{ Email = "{key}" }}\n', template)
    assert text == (
        "trailbell.toml: rollout.baseline: parameters contradict each other\n"
        f'  alerts: the KMS key (Email "{key}") of T is in Region us-east-1, and must be in Region '
        "eu-central-1\n    in all other accounts (eu-central-1)\n"
        f'  alerts: the KMS key (Email "{key}") of T is in Region us-east-1, and must be in Region '
        "ap-southeast-2\n    in all other accounts (ap-southeast-2)\n"
        "  Correct parameters or parameter_overrides."
    )


def test_many_accounts_are_counted() -> None:
    accounts = [f"{number:012d}" for number in range(1, 9)]
    settings = SELF.replace(f'["{A}", "{B}", "{C}"]', str(accounts).replace("'", '"'))
    text, _ = _refused(settings, _template())
    assert text.splitlines()[2].endswith(f"{accounts[4]} ({_ANYWHERE}) and 3 more accounts")
