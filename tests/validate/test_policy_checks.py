"""The page of policy checks says which rule reports the fault of each, and the rules do."""

import re
from pathlib import Path

import pytest
from cfnlint.decode.decode import decode_str

from tests.validate.policy_checks import KINDS
from trailbell.compiler import render
from trailbell.validate.lint import Linter
from trailbell.validate.policy_size import policy_sizes

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "policy-checks.md"
_SECTION = re.compile(r"^## ([A-Z][a-z ]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| ([A-Z][^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
_RULE = re.compile(r"\b[EWI]\d{4}\b")
_QUOTA = "A [quota finding](build.md#what-stops-a-build)"
_NOT_OF_POLICIES = {
    "E9808",  # literal accounts and Regions
    "E3019",  # several policies of one bucket
}
_SEEDS = {name: policy for seeds in KINDS.values() for name, policy in seeds.items()}


def _sections() -> dict[str, dict[str, str]]:
    """The rows of the table of each kind: name of the check, and what reports it."""
    sections = {
        kind: dict(_ROW.findall(text))
        for kind, text in _SECTION.findall(_PAGE.read_text(encoding="utf-8"))
    }
    return {
        kind: {name: text for name, text in rows.items() if name != "Check"}
        for kind, rows in sections.items()
        if rows
    }


def _rows() -> dict[str, str]:
    return {name: text for rows in _sections().values() for name, text in rows.items()}


def test_the_page_has_each_check_in_the_table_of_its_kind() -> None:
    assert {kind: [*rows] for kind, rows in _sections().items()} == {
        kind: [*seeds] for kind, seeds in KINDS.items()
    }


def test_each_seeded_fault_is_reported_by_the_rules_that_the_page_names() -> None:
    names = {f"Check{number}": name for number, name in enumerate(_SEEDS)}
    queue = {"Queue": {"Type": "AWS::SQS::Queue"}}
    resources = {id_: _SEEDS[name] for id_, name in names.items()} | queue
    yaml = render.to_yaml({"Resources": resources})
    template, errors = decode_str(yaml)
    assert errors == []
    reported: dict[str, set[str]] = {name: set() for name in _SEEDS}
    for finding in Linter(("us-east-1",)).findings("checks", template, yaml):
        name = names.get(str(finding.path[1]))
        if name and finding.rule not in _NOT_OF_POLICIES:
            reported[name].add(finding.rule)
    assert reported == {name: set(_RULE.findall(text)) for name, text in _rows().items()}


@pytest.mark.parametrize(
    ("name", "is_found"), [(name, text.startswith(_QUOTA)) for name, text in _rows().items()]
)
def test_a_policy_is_too_long_where_the_page_says_so(*, name: str, is_found: bool) -> None:
    sizes = policy_sizes({"Resources": {"P": _SEEDS[name]}})
    assert any(size.used > size.limit.characters for size in sizes) == is_found


def test_what_is_not_reported_has_a_reason() -> None:
    unexplained = [
        name
        for name, text in _rows().items()
        if not _RULE.search(text) and not text.startswith(("Not reported: ", _QUOTA))
    ]
    assert unexplained == []


def test_the_page_counts_the_checks() -> None:
    reported = sum(not text.startswith("Not reported: ") for text in _rows().values())
    sentence = f"The tables have {len(_SEEDS)} checks, of which {reported} are reported."
    assert sentence in _PAGE.read_text(encoding="utf-8")
