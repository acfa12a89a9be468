"""The rules E9826 and I9822: how many rules with wildcards an event bus has."""

import pytest

from tests.validate.rule_matches import (
    Matches,
    Resources,
    either,
    fires,
    ref,
    resource,
    rule_matches,
    silent,
)
from trailbell.validate.template_rules.ManyWildcardRules import ManyWildcardRules
from trailbell.validate.template_rules.TooManyWildcardRules import TooManyWildcardRules

_WILDCARD: dict[str, object] = {"detail": {"a": [{"wildcard": "x*"}]}}


def _rules(count: int, pattern: object = None, **members: object) -> Resources:
    rule = resource("Events::Rule", EventPattern=pattern or _WILDCARD)
    rule["Properties"] |= {name: members.pop(name) for name in list(members) if name[0] == "E"}
    return {f"R{number}": rule | members for number in range(count)}


def _on_other_bus(count: int) -> Resources:
    rules = _rules(count, EventBusName=ref("Bus"))
    return {f"Other{name}": rule for name, rule in rules.items()}


_TOO_MANY = (
    "This is rule 31 with a wildcard on the same event bus, but a bus can have 30. Use prefix or "
    "suffix instead, or another event bus."
)


@pytest.mark.parametrize(
    ("resources", "findings"),
    [
        silent("as many as a bus can have", _rules(30)),
        silent("rules on two buses", _rules(20) | _on_other_bus(20)),
        silent("rules that may not be created", _rules(31, Condition="Some")),
        silent("one branch of two", _rules(31, either(_WILDCARD, {"source": ["a"]}))),
        silent("a field of this name", _rules(31, {"wildcard": ["x"]})),
        silent(
            "a field of this name in $or", _rules(31, {"$or": [{"wildcard": ["x"]}, {"b": ["x"]}]})
        ),
        silent("a prefix", _rules(31, {"a": [{"prefix": "x"}]})),
        silent("patterns from a parameter", _rules(31, ref("Pattern"))),
        fires("one more", _rules(31), ("R30", _TOO_MANY)),
        fires("patterns as text", _rules(31, '{"a": [{"wildcard": "x*"}]}'), ("R30", _TOO_MANY)),
        fires(
            "inside of anything-but",
            _rules(31, {"a": [{"anything-but": {"wildcard": "x*"}}]}),
            ("R30", _TOO_MANY),
        ),
        fires(
            "an alternative",
            _rules(31, {"$or": [{"b": ["x"]}, {"a": [{"wildcard": "x*"}]}]}),
            ("R30", _TOO_MANY),
        ),
        fires(
            "the default bus by its name",
            _rules(30)
            | {"Last": resource("Events::Rule", EventPattern=_WILDCARD, EventBusName="default")},
            ("Last", _TOO_MANY),
        ),
    ],
)
def test_too_many(resources: Resources, findings: Matches) -> None:
    assert rule_matches(TooManyWildcardRules(), resources) == findings


@pytest.mark.parametrize(
    ("resources", "findings"),
    [
        silent("half of what a bus can have", _rules(15)),
        silent("too many, which is an error", _rules(31)),
        fires(
            "more than half",
            _rules(16),
            (
                "R15",
                (
                    "The template has 16 rules with wildcards on the same event bus. A bus can "
                    "have 30, those of other templates included. Use prefix or suffix instead."
                ),
            ),
        ),
    ],
)
def test_many(resources: Resources, findings: Matches) -> None:
    assert rule_matches(ManyWildcardRules(), resources) == findings
