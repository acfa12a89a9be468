"""The page of policy checks says which rule reports the fault of each, and the rules do."""

import re
from pathlib import Path

from cfnlint.decode.decode import decode_str

from tests.validate.policy_checks import SEEDS
from trailbell.compiler import render
from trailbell.validate.lint import Linter

_PAGE = Path(__file__).parents[2] / "docs" / "reference" / "policy-checks.md"
_ROW = re.compile(r"^\| ([A-Z][^|]+?) \| ([^|]+?) \|$", re.MULTILINE)
_RULE = re.compile(r"\b[EWI]\d{4}\b")


def _rows() -> dict[str, str]:
    rows = dict(_ROW.findall(_PAGE.read_text(encoding="utf-8")))
    return {name: text for name, text in rows.items() if name != "Check"}


def test_each_seeded_fault_is_reported_by_the_rules_that_the_page_names() -> None:
    names = {f"Check{number}": name for number, name in enumerate(SEEDS)}
    yaml = render.to_yaml({"Resources": {id_: SEEDS[name] for id_, name in names.items()}})
    template, errors = decode_str(yaml)
    assert errors == []
    reported: dict[str, set[str]] = {name: set() for name in SEEDS}
    for finding in Linter(("us-east-1",)).findings("checks", template, yaml):
        name = names[str(finding.path[1])]
        is_of_policies = finding.rule not in ("E9808", "E3019")  # literals and one bucket, here
        if is_of_policies:
            reported[name].add(finding.rule)
    assert reported == {name: set(_RULE.findall(text)) for name, text in _rows().items()}


def test_what_is_not_reported_has_a_reason() -> None:
    for name, text in _rows().items():
        assert _RULE.search(text) or text.startswith("Not reported: "), name


def test_the_page_counts_the_checks() -> None:
    reported = sum(bool(_RULE.search(text)) for text in _rows().values())
    sentence = f"The table has {len(SEEDS)} checks, of which {reported} are reported."
    assert sentence in _PAGE.read_text(encoding="utf-8")
