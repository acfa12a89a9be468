"""Findings of other tools are suppressed with a reason, as each tool reads it."""

import pytest

from trailbell.compiler.suppressions import suppress, suppress_lint


def test_a_suppression_without_a_reason_is_an_error() -> None:
    with pytest.raises(ValueError, match='the suppression of parliament\'s "RESOURCE_STAR" has'):
        suppress(parliament={"RESOURCE_STAR": " "})
    with pytest.raises(ValueError, match="the suppression of E1, W2 has no reason"):
        suppress_lint("E1", "W2", reason="")


def test_no_suppression_is_no_metadata() -> None:
    assert suppress() == {}


def test_each_tool_has_its_own_form() -> None:
    assert suppress(checkov={"CKV_1": "a", "CKV_2": "b"}, cfripper={"R": "c"}, prowler={}) == {
        "checkov": {"skip": [{"id": "CKV_1", "comment": "a"}, {"id": "CKV_2", "comment": "b"}]},
        "cfripper": {"R": "c"},
    }
    assert suppress_lint("I4010", reason="ours") == {
        "cfn-lint": {"config": {"ignore_checks": ["I4010"]}, "reason": "ours"}
    }
