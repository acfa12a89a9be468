"""What the judges of the templates find is compared with what the templates suppress."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_PATH = Path(__file__).resolve().parent.parent / ".ci" / "judgment.py"


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("judgment", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["judgment"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


_MODULE = _load()


def _finding(identifier: str, detail: str = "", tool: str = "checkov") -> Any:
    return _MODULE.Finding("trail", "Key", tool, identifier, detail)


@pytest.mark.parametrize(
    ("findings", "suppressions", "expected"),
    [
        pytest.param(
            [_finding("A", "why")], [], ["trail: Key: checkov A: why"], id="a finding alone"
        ),
        pytest.param(
            [_finding("A", "2"), _finding("A", "1")],
            [],
            ["trail: Key: checkov A: 1"],
            id="of several findings with one id, the first",
        ),
        pytest.param(
            [_finding("A")],
            [_finding("A", "r", "parliament")],
            [
                "trail: Key: checkov A: ",
                "trail: Key: parliament A: the suppression is not needed",
            ],
            id="the suppression of another tool",
        ),
        pytest.param(
            [_finding("A")],
            [_finding("A")],
            ["trail: Key: checkov A: the suppression has no reason"],
            id="a suppression without a reason",
        ),
        pytest.param(
            [],
            [_finding("A", "r")],
            ["trail: Key: checkov A: the suppression is not needed"],
            id="a suppression without a finding",
        ),
        pytest.param(
            [], [_finding("A", "r", "prowler")], [], id="a tool that does not read templates"
        ),
        pytest.param([_finding("A", "x")], [_finding("A", "r")], [], id="both"),
    ],
)
def test_disagreements(findings: list[Any], suppressions: list[Any], expected: list[str]) -> None:
    assert _MODULE.disagreements(findings, suppressions) == expected


def test_suppressions_are_read_from_the_metadata_of_resources() -> None:
    metadata = {
        "checkov": {"skip": [{"id": "CKV_1", "comment": "a"}, {"id": "CKV_2"}]},
        "cfn-lint": {"config": {"ignore_checks": ["E1"]}},
        "prowler": {"p": " b "},
    }
    template = {"Resources": {"Key": {"Metadata": metadata}, "Topic": {}}}
    assert list(_MODULE.read_suppressions("trail", template)) == [
        _finding("CKV_1", "a"),
        _finding("CKV_2"),
        _finding("p", "b", "prowler"),
    ]


def _analyze(policy: dict[str, Any]) -> list[tuple[str, str]]:
    """Reports each wildcard; an issue of the whole policy; and one of a statement that is alone."""
    statements = policy["Statement"]
    stars = [("STAR", each["Sid"]) for each in statements if each["Resource"] == "*"]
    return stars + ([("WHOLE", "w")] if len(statements) > 1 else [("ALONE", "a")])


def test_an_issue_is_that_of_its_statement() -> None:
    statements = [
        {"Sid": "Read", "Resource": "*"},
        {"Sid": "Write", "Resource": "arn"},
        {"Sid": "Delete", "Resource": "*"},
    ]
    assert [*_MODULE.name_statements({"Statement": statements}, _analyze)] == [
        ("STAR in Read", "Read"),
        ("STAR in Delete", "Delete"),
        ("WHOLE", "w"),
    ]
