"""Each rule says what it wants, and its examples are right."""

from typing import Any

import pytest
from cfnlint.decode.decode import decode_str

from trailbell.validate.finding import Finding
from trailbell.validate.lint import Linter
from trailbell.validate.rule_guide import rule_guide
from trailbell.validate.rules import CLASSES

_RULES = [pytest.param(rule, id=rule.shortdesc) for rule in CLASSES.values()]
_IDS = {rule.id for rule in CLASSES.values()}
_ALSO = {"E9813": {"E9808"}, "E9825": {"E9808"}}
"""A literal Region, account or partition is also hard-coded."""


@pytest.fixture(scope="module")
def linter() -> Linter:
    return Linter(("us-east-1",))


def _findings(linter: Linter, yaml: str) -> tuple[Finding, ...]:
    document, errors = decode_str(yaml)
    assert errors == []
    return linter.findings("example", document, yaml)


@pytest.mark.parametrize("rule", _RULES)
def test_only_this_rule_of_ours_has_findings_in_the_example_that_fails(
    linter: Linter, rule: Any
) -> None:
    """Rules of cfn-lint may also report it."""
    findings = _findings(linter, rule_guide(rule).fails)
    assert {finding.rule for finding in findings} & _IDS - _ALSO.get(rule.id, set()) == {rule.id}


@pytest.mark.parametrize("rule", _RULES)
def test_no_rule_has_a_finding_in_the_example_that_passes(linter: Linter, rule: Any) -> None:
    """Information that cfn-lint has, such as I3011 for an empty queue, fails no build."""
    findings = _findings(linter, rule_guide(rule).passes)
    assert [it for it in findings if it.fails_build or it.rule in _IDS] == []


def test_a_part_that_is_missing_is_an_error() -> None:
    class RuleWithoutGuide:
        """Only a reason."""

    with pytest.raises(ValueError, match="RuleWithoutGuide needs a reason, then ## Fails"):
        rule_guide(RuleWithoutGuide)
