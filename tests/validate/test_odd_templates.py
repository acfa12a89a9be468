"""No rule raises: on resources of loops, and on templates in which one value is of another kind.

cfn-lint reports a rule that raises as E0002, and the rest of the template is not checked by it.
"""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.decode.decode import decode_str
from cfnlint.template import Template
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trailbell.template import TemplatePath
from trailbell.template.paths import value_at
from trailbell.validate.rule_guide import rule_guide
from trailbell.validate.rules import CLASSES

_RULES: list[Any] = [rule() for rule in CLASSES.values()]


def _decoded(text: str) -> dict[str, Any]:
    document, _ = decode_str(text)
    plain: dict[str, Any] = json.loads(json.dumps(document, default=str))
    return plain


def _in_a_loop(document: dict[str, Any]) -> dict[str, Any]:
    members = {f"{name}${{N}}": resource for name, resource in document["Resources"].items()}
    return document | {"Resources": {"Fn::ForEach::All": ["N", ["a", "b"], members]}}


_EXAMPLES = [
    _decoded(text)
    for rule in CLASSES.values()
    for guide in [rule_guide(rule)]
    for text in (guide.fails, guide.passes)
]
_TEMPLATES = [*_EXAMPLES, *map(_in_a_loop, _EXAMPLES)]
_ODD: list[Any] = [
    *(None, [], {}, "", 5, True, ["x"], {"a": {"b": [None]}}),
    *({"Ref": "AWS::NoValue"}, {"Ref": "Absent"}, {"Fn::If": "x"}, {"Fn::Sub": []}),
    *({"Fn::Join": "x"}, {"Fn::GetAtt": 5}, {"Fn::ForEach::L": ["N", ["a"], {"k${N}": "x"}]}),
    {"Fn::If": ["C", {"Ref": "X"}, {"Ref": "AWS::NoValue"}]},
]


def _run_rules(document: dict[str, Any]) -> None:
    for rule in _RULES:
        for found in rule.match(Template("odd.yaml", document, ["us-east-1"])):
            assert found.message, rule.id


def _paths(value: Any, path: TemplatePath = ()) -> Iterator[TemplatePath]:
    """The paths of all members of a value."""
    match value:
        case dict():
            steps: list[str | int] = [*value]
        case list():
            steps = [*range(len(value))]
        case _:
            steps = []
    for step in steps:
        yield (*path, step)
        yield from _paths(value[step], (*path, step))


def test_no_rule_raises_on_resources_of_a_loop() -> None:
    for example in _EXAMPLES:
        _run_rules(_in_a_loop(example))


@pytest.mark.slow
@settings(max_examples=1_000, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_rule_raises_on_a_value_of_another_kind(data: st.DataObject) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from(_TEMPLATES)))
    *parents, name = data.draw(st.sampled_from([*_paths(document)]))
    value_at(document, tuple(parents))[name] = data.draw(st.sampled_from(_ODD))
    _run_rules(document)
