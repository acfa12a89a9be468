"""The rule W9859: policies whose text is no JSON."""

import json

import pytest

from tests.validate.policy_cases import allow, identity
from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
    sub,
)
from trailbell.validate.template_rules.PolicyTextInvalid import PolicyTextInvalid

_PLACE = "P.Properties.PolicyText"
_NO_OBJECT = "The text of the policy is not a JSON object. Write one with Version and Statement."


def _registry(policy: object) -> Resources:
    return {"P": resource("ECR::RegistryPolicy", PolicyText=policy)}


def _invalid(line: int, column: int) -> str:
    return f"The text of the policy is not valid JSON: see its line {line}, column {column}."


_CASES = [
    silent("an object", _registry({"Statement": []})),
    silent("JSON", _registry(json.dumps({"Statement": [allow()]}))),
    silent("JSON on several lines", _registry(json.dumps({"Statement": []}, indent=2))),
    silent("a parameter", _registry(ref("Policy"))),
    silent("variables outside of texts", _registry(sub('{"Statement": [${Statement}]}'))),
    silent("variables without a function", _registry('{"Statement": [${Statement}]}')),
    silent("a dynamic reference", _registry("{{resolve:ssm:policy}}")),
    silent("names of managed policies", {"F": resource("Serverless::Function", Policies=["A"])}),
    silent("an identity policy", identity(allow())),
    fires("text that ends early", _registry('{"Statement": ['), (_PLACE, _invalid(1, 16))),
    fires(
        "a missing colon on the second line",
        _registry('{\n"Statement" []}'),
        (_PLACE, _invalid(2, 13)),
    ),
    fires("the name of a file", _registry("file://policy.json"), (_PLACE, _invalid(1, 1))),
    fires("a list", _registry("[]"), (_PLACE, _NO_OBJECT)),
    fires("too many brackets", _registry("[" * 100_000), (_PLACE, _NO_OBJECT)),
    fires(
        "in one branch",
        _registry(either('{"Statement": []}', "{")),
        (f"{_PLACE}.Fn::If.2", _invalid(1, 2)),
    ),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(PolicyTextInvalid(), resources) == findings
