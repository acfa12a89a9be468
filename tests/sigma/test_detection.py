"""The detection of a rule: its texts, its events, and what becomes of it in a project."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sigma.rules import write_rule
from trailbell.catalog.detection import Severity, Timing
from trailbell.errors import ContentError
from trailbell.pattern import Outcome
from trailbell.scaffold.existing import Existing
from trailbell.sigma.detection import Imported, identifier_of, import_rule
from trailbell.sigma.imports import Import, Options, import_rules
from trailbell.sigma.module import module_source, origin_of
from trailbell.sigma.reading import matches
from trailbell.sigma.rule import Rule, read_rules

_TEXT = """
selection:
    eventSource: secretsmanager.amazonaws.com
    eventName: [DeleteSecret, PutResourcePolicy]
    userAgent|contains: aws-cli
filter:
    userIdentity.arn|endswith: :user/deployer
condition: selection and not filter
"""
_ID = "11111111-2222-4333-8444-555555555555"


def _rule(folder: Path, text: str = _TEXT, **members: Any) -> Rule:
    result = read_rules([write_rule(folder, text, **members)])
    assert result.errors == ()
    return result.rules[0]


def _imported(folder: Path, text: str = _TEXT, **members: Any) -> Imported:
    return import_rule(_rule(folder, text, **members), "secret-destroyed", "own")


@pytest.mark.parametrize(
    ("title", "identifier"),
    [
        pytest.param("A Secret Was Destroyed!", "a-secret-was-destroyed", id="words"),
        pytest.param("24 Hours (S3)", "hours-s3", id="a number first"),
        pytest.param("a" * 60, "sigma-rule", id="a word that is too long"),
        pytest.param("word " * 20, "-".join(["word"] * 11), id="too many words"),
        pytest.param("火", "sigma-rule", id="no letter of an ID"),
    ],
)
def test_the_id_is_the_title(title: str, identifier: str) -> None:
    assert identifier_of(Rule("rule.yml:1", title, ())) == identifier


def test_the_texts_are_those_of_the_rule(tmp_path: Path) -> None:
    detection = _imported(
        tmp_path,
        title="deletion of secrets, or of their policies.",
        level="critical",
        tags=["attack.t1485", "attack.impact", "attack.t1485"],
        description="An administrator deletes a secret.\n  It cannot be restored",
        falsepositives=["Unknown", "Rotation"],
    ).detection
    assert (
        detection.title,
        detection.severity,
        detection.controls.mitre_attack,
        detection.why,
        detection.false_positives,
        detection.timing,
    ) == (
        "Deletion of secrets, or of their policies",
        Severity.HIGH,
        ("T1485",),
        "An administrator deletes a secret. It cannot be restored.",
        (
            "Rotation. Sigma ignores case; the pattern compares userAgent and userIdentity.arn in "
            "the spelling of the rule."
        ),
        Timing(),
    )


def test_a_rule_without_texts_has_sentences_that_are_true(tmp_path: Path) -> None:
    detection = _imported(tmp_path, title="Secret").detection
    assert (detection.title, detection.severity, detection.why) == (
        "Sigma rule Secret",
        Severity.MEDIUM,
        "This project imported the Sigma rule without a description.",
    )


def test_long_texts_are_cut_at_words_and_sentences(tmp_path: Path) -> None:
    description = "A sentence of forty characters, or nearly. " * 12
    imported = _imported(tmp_path, title="Secret word " * 20, description=description)
    detection = imported.detection
    assert detection.title == ("Secret word " * 8)[:-6].rstrip()
    assert detection.why == ("A sentence of forty characters, or nearly. " * 7).rstrip()


def test_the_events_are_near_misses_of_each_part(tmp_path: Path) -> None:
    imported = _imported(tmp_path)
    assert [sample.description for sample in imported.fires] == [
        "the call secretsmanager:DeleteSecret",
        "the call secretsmanager:PutResourcePolicy",
        "the same event with an IAM user as the caller",
        "the same event in another Region",
    ]
    assert [sample.description for sample in imported.silent][:3] == [
        "the same with userAgent example-1",
        "the same with userIdentity.arn example-:user/deployer",
        "another call: CreateSecret",
    ]


def test_rule_and_pattern_agree_on_every_event(tmp_path: Path) -> None:
    imported = _imported(tmp_path)
    detection, (root,) = imported.detection, imported.rule.roots
    for expected, examples in ((True, detection.fires), (False, detection.silent)):
        for example in examples:
            by_pattern = detection.filter_pattern.test_record(example.event) == Outcome.MATCH
            assert (matches(root, example.event), by_pattern) == (expected, expected)


def test_a_count_is_a_threshold_and_a_period(tmp_path: Path) -> None:
    counting = _TEXT.replace("not filter", "not filter | count() by userIdentity.arn > 9")
    detection = _imported(tmp_path, f"{counting}timeframe: 1m").detection
    assert detection.timing == Timing(
        period=300, threshold=10, reason="The Sigma rule counts 10 events in 60 seconds."
    )
    assert detection.false_positives.endswith(
        "Events are counted in 300 seconds, not in 60: CloudTrail delivers events after about five "
        "minutes and in no order. The alarm counts all events together, not by userIdentity.arn; "
        "with log_alarm=True it counts each caller."
    )


def test_text_of_a_rule_cannot_leave_its_literal_or_comment(tmp_path: Path) -> None:
    evil = '"""\n)\nimport os  # \\'
    imported = _imported(tmp_path, title=f"Evil {evil} title", author=evil, description=evil)
    tree = ast.parse(module_source(imported))
    assert [type(node).__name__ for node in tree.body] == ["Expr", "ImportFrom", "Assign"]


def test_the_module_names_the_rule_and_its_author(tmp_path: Path) -> None:
    imported = _imported(tmp_path, id=_ID, author="Jane Roe", license="MIT")
    source = module_source(imported)
    assert source.splitlines()[2] == f"# Sigma rule {_ID}, by Jane Roe, license MIT."
    assert origin_of(source) == _ID


def test_the_pattern_in_the_module_is_that_of_the_detection(tmp_path: Path) -> None:
    imported = _imported(tmp_path)
    (call,) = [
        node.value
        for node in ast.parse(module_source(imported)).body
        if isinstance(node, ast.Assign)
    ]
    assert isinstance(call, ast.Call)
    fields = {keyword.arg: keyword.value for keyword in call.keywords}
    assert ast.literal_eval(fields["pattern"]) == imported.detection.pattern_text


# ---------------------------------------------------------------- in a project

_EXISTING = Existing((), (), ())


def _import(folder: Path, *paths: str, replace: bool = False) -> Import:
    return import_rules(paths, Options("own", replace=replace), _EXISTING, folder)


def _messages(errors: tuple[ContentError, ...], folder: Path) -> list[str]:
    return [str(error).replace(f"{folder}/", "") for error in errors]


def test_each_rule_has_a_module_and_a_test(tmp_path: Path) -> None:
    (files,) = _import(tmp_path, write_rule(tmp_path, _TEXT)).files
    assert list(files.texts) == [
        "detections/a_secret_was_destroyed.py",
        "tests/test_a_secret_was_destroyed.py",
    ]


def test_a_rule_that_matches_every_record_is_refused(tmp_path: Path) -> None:
    path = write_rule(tmp_path, "a: {eventName: null}\ncondition: not a")
    (error,) = _messages(_import(tmp_path, path).errors, tmp_path)
    assert error == (
        "rule.yml:1: no event was found that it must not match; write the detection and its events "
        "by hand"
    )


def test_rules_with_the_same_title_are_imported_once(tmp_path: Path) -> None:
    paths = write_rule(tmp_path, _TEXT), write_rule(tmp_path, _TEXT, "other.yml")
    result = _import(tmp_path, *paths)
    assert len(result.files) == 1
    assert _messages(result.errors, tmp_path) == [
        (
            'other.yml:1: the rule at rule.yml:1 has the same ID "a-secret-was-destroyed"; change '
            "one of the titles"
        )
    ]


def test_a_refused_rule_is_reported_at_the_field(tmp_path: Path) -> None:
    wrong = write_rule(tmp_path, "a: {src_ip: x}\ncondition: a", "wrong.yml")
    result = _import(tmp_path, wrong, write_rule(tmp_path, _TEXT))
    assert len(result.files) == 1
    (error,) = _messages(result.errors, tmp_path)
    assert error == (
        'wrong.yml:7: records of CloudTrail have no member "src_ip"; did you mean '
        '"sourceIPAddress"?'
    )


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Secret", id="a short title"),
        pytest.param("Destruction of a secret in Secrets Manager", id="a longer one"),
        pytest.param("Destruction of a secret of the payment service by anyone", id="a long one"),
    ],
)
def test_the_files_are_formatted_and_have_no_finding(tmp_path: Path, title: str) -> None:
    _write(tmp_path, _import(tmp_path, write_rule(tmp_path, _TEXT, title=title, author=title * 4)))
    config = str(Path(__file__).parents[2] / "pyproject.toml")
    for command in (["format", "--check"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--no-cache", "--config", config]
        done = subprocess.run(ruff, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def _write(folder: Path, result: Import) -> None:
    for files in result.files:
        for name, text in files.texts.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)


def test_nothing_is_replaced_without_being_asked(tmp_path: Path) -> None:
    path = write_rule(tmp_path, _TEXT, id=_ID)
    _write(tmp_path, _import(tmp_path, path))
    result = _import(tmp_path, path)
    assert (result.files, _messages(result.errors, tmp_path)) == (
        (),
        [
            (
                "rule.yml:1: detections/a_secret_was_destroyed.py exists already; change the title "
                "of the rule, or replace an earlier import with --replace"
            )
        ],
    )


@pytest.mark.parametrize(
    ("identifier", "count"),
    [
        pytest.param(_ID.replace("1", "2"), 0, id="the module of another rule is not"),
        pytest.param(_ID, 1, id="the module of the same rule is"),
    ],
)
def test_an_earlier_import_is_replaced_on_request(
    tmp_path: Path, identifier: str, count: int
) -> None:
    _write(tmp_path, _import(tmp_path, write_rule(tmp_path, _TEXT, id=_ID)))
    path = write_rule(tmp_path, _TEXT, id=identifier)
    assert len(_import(tmp_path, path, replace=True).files) == count
