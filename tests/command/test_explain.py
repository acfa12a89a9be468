"""``trailbell explain``: detections and rules, for people and machines."""

import json

from tests.command.conftest import Project


def test_a_detection(pristine: Project) -> None:
    done = pristine.run("explain", "root-account-use")
    assert (done.code, done.err, done.out.splitlines()[:2]) == (
        0,
        "",
        ["root-account-use: The root user was used", "  severity  high"],
    )


def test_a_rule_by_its_id_and_by_its_name(pristine: Project) -> None:
    done = pristine.run("explain", "W9840")
    assert (done.code, done.err, done.out.splitlines()[0]) == (
        0,
        "",
        (
            "W9840 policy-passes-any-role: A policy that allows iam:PassRole says which roles, or "
            "to which service"
        ),
    )
    words = [text for text in done.out.splitlines() if text.isalpha()]
    assert words == ["Fails", "Passes", "Silent", "Suppress"]
    assert pristine.run("explain", "policy-passes-any-role").out == done.out


def test_a_rule_for_machines(pristine: Project) -> None:
    told = json.loads(pristine.run("explain", "W9840", "--json").out)
    assert " ".join(told) == "id name level requirement url why fails passes silent"
    assert told["level"] == "warning"
    assert told["name"] == "policy-passes-any-role"


def test_the_id_of_a_rule_in_lower_case(pristine: Project) -> None:
    lower, upper = pristine.run("explain", "w9840"), pristine.run("explain", "W9840")
    assert lower == upper
    assert (upper.code, upper.err) == (0, "")


def test_what_does_not_exist(pristine: Project) -> None:
    rule = pristine.run("explain", "W9899")
    assert (rule.code, rule.out) == (2, "")
    assert 'unknown rule "W9899"; did you mean "W9' in rule.err
    neither = pristine.run("explain", "nosuch")
    assert (neither.code, neither.out) == (2, "")
    assert (
        'unknown detection or rule "nosuch"; "trailbell list" has the detections, '
        '"trailbell lint --list-rules" the rules\n'
    ) in neither.err
    of_cfn_lint = pristine.run("explain", "E3510")
    assert (of_cfn_lint.code, of_cfn_lint.out) == (2, "")
    assert "E3510: not a rule of Trailbell; cfn-lint's are at https://" in of_cfn_lint.err
    detection = pristine.run("explain", "root-acount-use")
    assert (detection.code, detection.out) == (2, "")
    assert (
        'unknown detection or rule "root-acount-use"; did you mean "root-account-use"?'
        in detection.err
    )
