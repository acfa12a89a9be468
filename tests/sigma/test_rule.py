"""Files with rules: what is read, and the errors of what is not."""

from pathlib import Path

import pytest

from trailbell.errors import ContentError
from trailbell.sigma.counting import Count
from trailbell.sigma.documents import files_of
from trailbell.sigma.rule import Rule, read_rules

_FIX = "correct the rule; https://sigmahq.io/docs/ describes the format"
_RULE = """\
title: A user was created
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventName: CreateUser
        userIdentity.arn|contains: admin
    condition: selection
"""


def _read(folder: Path, text: str) -> tuple[list[str], list[tuple[int, str, str]]]:
    """The titles of the rules, and the line, problem and hint of each error."""
    path = folder / "rule.yml"
    path.write_text(text)
    result = read_rules([str(path)])
    return [rule.title for rule in result.rules], [_parts(error) for error in result.errors]


def _parts(error: ContentError) -> tuple[int, str, str]:
    return int(error.location.rpartition(":")[2]), error.problem, error.hint


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param(
            "not a rule",
            (1, "this is no Sigma rule", "a rule has title, logsource and detection"),
            id="text",
        ),
        pytest.param(
            "- a\n- b\n",
            (1, "this is no Sigma rule", "a rule has title, logsource and detection"),
            id="a list",
        ),
        pytest.param(
            _RULE.replace("userIdentity.arn|contains: admin", "eventName: DeleteUser"),
            (
                8,
                'the name "eventName" occurs twice, and only one of them counts',
                "remove or rename one",
            ),
            id="a field twice, of which YAML forgets one",
        ),
        pytest.param(
            _RULE.replace("cloudtrail", "guardduty"),
            (
                1,
                "it is about the log source product aws, service guardduty",
                "only rules on product aws, service cloudtrail can be imported",
            ),
            id="another log source",
        ),
        pytest.param(
            "action: global\n" + _RULE,
            (
                1,
                'documents with "action" are not imported',
                "Sigma 2 has no actions; write all members in each rule",
            ),
            id="an action of Sigma 1",
        ),
    ],
)
def test_a_rule_that_cannot_be_used_is_an_error(
    tmp_path: Path, text: str, error: tuple[int, str, str]
) -> None:
    assert _read(tmp_path, text) == ([], [error])


@pytest.mark.parametrize(
    ("text", "line", "problem", "hint"),
    [
        pytest.param(
            _RULE.replace("title: A", "title: [A"), 2, "this is no YAML: ", "correct it", id="YAML"
        ),
        pytest.param(
            _RULE.replace("|contains", "|almost"),
            *(1, "this is no Sigma rule: ", _FIX),
            id="an unknown modifier",
        ),
        pytest.param(
            _RULE.replace("condition: selection", "condition: selection and filter"),
            *(1, "this is no Sigma rule: ", _FIX),
            id="a selection that is not there",
        ),
        pytest.param(
            _RULE.replace("condition: selection", "condition: selection and and x"),
            *(1, "this is no Sigma rule: ", _FIX),
            id="a condition that is no condition",
        ),
        pytest.param(
            _RULE.replace("|contains: admin", "|re: '[a'"),
            *(1, "this is no Sigma rule: ", _FIX),
            id="a regular expression that is none",
        ),
    ],
)
def test_what_a_parser_refuses_is_an_error_with_its_reason(
    tmp_path: Path, text: str, line: int, problem: str, hint: str
) -> None:
    titles, [error] = _read(tmp_path, text)
    assert (titles, error[0], error[2]) == ([], line, hint)
    assert error[1].removeprefix(problem) not in ("", error[1])


def test_a_wrong_rule_does_not_cost_the_others(tmp_path: Path) -> None:
    wrong = _RULE.replace("cloudtrail", "guardduty")
    titles, errors = _read(tmp_path, f"{_RULE}---\n{wrong}---\n{_RULE}")
    assert (titles, [line for line, _, _ in errors]) == (["A user was created"] * 2, [11])


def test_a_document_that_is_no_rule_does_not_either(tmp_path: Path) -> None:
    twice = _RULE + "title: Again\n"
    titles, errors = _read(tmp_path, f"- a\n---\n{twice}---\n{_RULE}")
    assert (titles, [line for line, _, _ in errors]) == (["A user was created"], [1, 12])


def test_a_file_without_a_document_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "rule.yml"
    path.write_text("# nothing\n---\n")
    (error,) = read_rules([str(path)]).errors
    assert error.problem == "there is no Sigma rule in it"


def test_aliases_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    titles, [(line, problem, _)] = _read(tmp_path, "\n".join((_RULE, *lines)))
    assert (titles, line) == ([], 1)
    assert problem.startswith("this is no Sigma rule: ")


def test_a_file_that_does_not_exist_is_an_error() -> None:
    (error,) = read_rules(["no-such.yml"]).errors
    assert str(error) == ("no-such.yml: no such file; name a file with Sigma rules")


def test_what_does_not_change_the_detection_is_no_error(tmp_path: Path) -> None:
    text = _RULE + "date: yesterday\nreferences: none\nstatus: odd\n"
    assert _read(tmp_path, text) == (["A user was created"], [])


def test_the_members_of_a_rule(tmp_path: Path) -> None:
    path = tmp_path / "rule.yml"
    more = (
        "id: 11111111-2222-4333-8444-555555555555\nauthor: Jane Roe\nlicense: MIT\nlevel: high\n"
        "tags: [attack.t1136.003, attack.persistence, cve.2026-1]\nfalsepositives: Onboarding\n"
        "description: Users are created.\n"
    )
    path.write_text(_RULE + more)
    (rule,) = read_rules([str(path)]).rules
    assert rule == Rule(
        place=f"{path}:1",
        title="A user was created",
        roots=rule.roots,
        level="high",
        description="Users are created.",
        false_positives=("Onboarding",),
        techniques=("T1136.003",),
        identifier="11111111-2222-4333-8444-555555555555",
        author="Jane Roe",
        license="MIT",
        lines=rule.lines,
    )
    assert rule.place_of("userIdentity.arn") == f"{path}:8"


_CORRELATION = """\
---
title: Many users were created
correlation:
    type: event_count
    rules: [created]
    timespan: 10m
    condition: {gte: 5}
"""


def test_a_rule_that_a_correlation_counts_is_no_detection_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "rule.yml"
    path.write_text(_RULE + "name: created\n" + _CORRELATION)
    (rule,) = read_rules([str(path)]).rules
    assert (rule.title, rule.count, len(rule.roots)) == (
        "Many users were created",
        Count(5, 600),
        1,
    )


def test_it_is_one_if_the_correlation_says_so(tmp_path: Path) -> None:
    text = _RULE + "name: created\n" + _CORRELATION + "    generate: true\n"
    assert _read(tmp_path, text) == (["A user was created", "Many users were created"], [])


def test_a_correlation_of_a_rule_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert _read(tmp_path, _CORRELATION) == (
        [],
        [
            (
                2,
                'no rule has the name or id "created"',
                "name the file of the rule on the command line, too",
            )
        ],
    )


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in ("b.yml", "below/a.yaml", "notes.txt"):
        (tmp_path / name).write_text("")
    found = files_of([str(tmp_path), str(tmp_path / "b.yml")])
    assert found == (str(tmp_path / "b.yml"), str(tmp_path / "below" / "a.yaml"))
