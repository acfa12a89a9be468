"""The file of decisions: what can be used, and what is wrong where."""

from dataclasses import replace

import pytest

from tests import PROJECT
from trailbell.errors import ContentError
from trailbell.radar.decisions import Decisions, parse_decisions, read_decisions
from trailbell.radar.new_services import Unwatched
from trailbell.radar.sweep import Dismissal

_GOOD = """\
[[dismiss]]
service = "guardduty"
operations = ["DeleteFilter", "DeleteI*"]
without = ["DeleteInvitations"]
reason = \"\"\"
  It shows findings again,
  which hides nothing.\"\"\"
date = 2026-11-26
"""
_UNWATCHED = """\
[[unwatched]]
services = ["polly", "braket"]
reason = "They serve applications."
date = 2026-11-26
"""
_READ = Dismissal(
    service="guardduty",
    operations=("DeleteFilter", "DeleteI*"),
    reason="It shows findings again, which hides nothing.",
    date="2026-11-26",
    location="radar.toml:1",
    without=("DeleteInvitations",),
)


def test_an_entry_is_read_with_the_line_of_its_header() -> None:
    decisions = Decisions(dismissals=(replace(_READ, location="radar.toml:3"),))
    assert parse_decisions(f"# why\n\n{_GOOD}", "radar.toml") == decisions


def test_services_that_are_not_watched_are_read() -> None:
    text = _GOOD + _UNWATCHED
    entry = Unwatched(("polly", "braket"), "They serve applications.", "2026-11-26", "radar.toml:9")
    assert parse_decisions(text, "radar.toml") == Decisions((_READ,), (entry,))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param('service = "guardduty"\n', "", 'has no "service"', id="no service"),
        pytest.param("date = 2026-11-26", "", 'has no "date"', id="no date"),
        pytest.param(
            "2026-11-26", '"2026-11-26"', "\"date\" is not a date: '2026-11-26'", id="date as text"
        ),
        pytest.param(
            '"guardduty"', "7", '"service" is not text: 7', id="a service that is a number"
        ),
        pytest.param(
            '["DeleteInvitations"]',
            '"DeleteInvitations"',
            "\"without\" is not a list of names: 'DeleteInvitations'",
            id="a name that is not in a list",
        ),
        pytest.param(
            '["DeleteFilter", "DeleteI*"]',
            "[]",
            '"operations" names none, or all of them',
            id="no operations",
        ),
        pytest.param(
            '["DeleteFilter", "DeleteI*"]',
            '["*"]',
            '"operations" names none, or all of them',
            id="every operation",
        ),
        pytest.param("without", "except", 'has the unknown key "except"', id="an unknown key"),
        pytest.param(
            '"""\n  It shows findings again,\n  which hides nothing."""',
            '" "',
            "\"reason\" is not text: ' '",
            id="a reason that is blank",
        ),
    ],
)
def test_a_wrong_entry_is_named_and_the_others_are_read(old: str, new: str, problem: str) -> None:
    assert old in _GOOD
    decisions = parse_decisions(_GOOD + "\n" + _GOOD.replace(old, new), "radar.toml")
    assert decisions.dismissals == (_READ,)
    errors = [(error.location, error.problem) for error in decisions.errors]
    assert errors == [("radar.toml:10", problem)]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param("services", "service", 'has the unknown key "service"', id="a wrong key"),
        pytest.param(
            '["polly", "braket"]', "[]", '"services" names none, or all of them', id="none"
        ),
        pytest.param("date = 2026-11-26", "", 'has no "date"', id="no date"),
    ],
)
def test_a_wrong_entry_about_services_is_named(old: str, new: str, problem: str) -> None:
    assert old in _UNWATCHED
    decisions = parse_decisions(_UNWATCHED.replace(old, new), "radar.toml")
    assert [error.problem for error in decisions.errors] == [problem]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("[[dismiss", "is not TOML", id="not TOML"),
        pytest.param("[radar]", 'has the unknown key "radar"', id="another table"),
        pytest.param("dismiss = 1", 'has "dismiss", which is not a list of tables', id="a number"),
    ],
)
def test_a_file_that_cannot_be_used_is_an_error(text: str, problem: str) -> None:
    with pytest.raises(ContentError) as error:
        parse_decisions(text, "radar.toml")
    assert error.value.problem.startswith(problem)


def test_a_file_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ContentError, match=r"radar\.toml: no such file"):
        read_decisions(PROJECT / "tests" / "radar.toml", "radar.toml")
