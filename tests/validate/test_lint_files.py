"""cfn-lint with our rules on files: what is linted, which rules run, and the exit codes."""

import json
from pathlib import Path

import pytest

from trailbell.validate.lint_files import lint_files
from trailbell.validate.lint_paths import is_template

_FILTER = """\
Resources:
  UserCreated:
    Type: AWS::Logs::MetricFilter
    Properties:
      LogGroupName: trail
      FilterPattern: '{ ($.eventName = "CreateUser") %s ($.eventSource = "iam.amazonaws.com") }'
      MetricTransformations:
        - MetricName: UserCreated
          MetricNamespace: Trailbell
          MetricValue: "1"
"""
_BAD, _GOOD = _FILTER % "&", _FILTER % "&&"
_E9815 = "The filter pattern is invalid, at character 32: unexpected '&'; use '&&'"
_PRINTED = f"E9815 {_E9815}\nbad.yaml:6:7\n\n"
_RULES = "trailbell.validate.rules"
_PATH = str(Path(__file__).parents[2] / "trailbell" / "validate" / "rules")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with templates, which is the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, text in {"bad.yaml": _BAD, "good.yaml": _GOOD, "other.yaml": "jobs: {}\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "printed"),
    [
        pytest.param(["good.yaml"], 0, "", id="no findings"),
        pytest.param(["bad.yaml"], 2, _PRINTED, id="an error"),
        pytest.param(["bad.yaml", "good.yaml"], 2, _PRINTED, id="two templates"),
        pytest.param(["-i", "E9815", "--", "bad.yaml"], 0, "", id="a rule is ignored"),
        pytest.param(["-a", _RULES, "--", "bad.yaml"], 2, _PRINTED, id="our module as well"),
        pytest.param(["-a", _PATH, "--", "bad.yaml"], 2, _PRINTED, id="the path of our rules"),
        pytest.param(
            ["-a", _PATH, _RULES, _PATH, "--merge-configs", "--", "bad.yaml"],
            2,
            _PRINTED,
            id="our rules several times",
        ),
    ],
)
def test_our_rules_run_once(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, printed: str
) -> None:
    assert (lint_files(arguments), *capsys.readouterr()) == (code, printed, "")


def test_rules_and_templates_of_the_configuration_file_count(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "own").mkdir()
    (folder / "own" / "NoFilters.py").write_text(
        "from cfnlint.rules import CloudFormationLintRule, RuleMatch\n\n\n"
        "class NoFilters(CloudFormationLintRule):\n"
        '    id, shortdesc, description, source_url, tags = "W9901", "no-filters", "", "", []\n\n'
        "    def match(self, cfn):\n"
        '        return [RuleMatch(["Resources"], "There are filters.")]\n',
        encoding="utf-8",
    )
    (folder / ".cfnlintrc").write_text(
        f"templates: [bad.yaml]\nappend_rules: [own, {_PATH}]\n", encoding="utf-8"
    )
    printed = f"W9901 There are filters.\nbad.yaml:1:1\n\n{_PRINTED}"
    assert (lint_files([]), *capsys.readouterr()) == (6, printed, "")


@pytest.mark.parametrize(
    ("names", "code", "printed"),
    [
        pytest.param(["other.yaml"], 0, "", id="no file is a template"),
        pytest.param(["other.yaml", "bad.yaml"], 2, _PRINTED, id="one file is a template"),
        pytest.param(["other.yaml", "good.yaml"], 0, "", id="a template without findings"),
    ],
)
def test_files_that_are_not_templates_can_be_skipped(
    capsys: pytest.CaptureFixture[str], names: list[str], code: int, printed: str
) -> None:
    assert (lint_files(names, templates_only=True), *capsys.readouterr()) == (code, printed, "")


def test_all_files_are_templates_unless_others_are_skipped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert lint_files(["--format", "json", "--", "other.yaml"]) == 2
    matches = json.loads(capsys.readouterr().out)
    assert sorted(match["Message"] for match in matches) == [
        "'Resources' is a required property",
        "Additional properties are not allowed ('jobs' was unexpected)",
    ]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(
            ["-a", "nowhere", "--", "bad.yaml"],
            "Tried to append rules but got an error: No module named 'nowhere'",
            id="rules that do not exist",
        ),
        pytest.param(
            ["--output-file", "no/folder", "--", "bad.yaml"],
            "[Errno 2] No such file or directory: 'no/folder'",
            id="output in a folder that does not exist",
        ),
        pytest.param(["nowhere.yaml"], "nowhere.yaml: there is no such file", id="no such file"),
    ],
)
def test_what_cannot_run_is_one_message(
    capsys: pytest.CaptureFixture[str], arguments: list[str], problem: str
) -> None:
    code, (printed, errors) = lint_files(arguments), capsys.readouterr()
    assert (code, printed, errors) == (1, "", f"error: {problem}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", False, id="an empty file"),
        pytest.param("on: push\njobs: {}\n", False, id="a workflow"),
        pytest.param("spec:\n  Resources:\n    a: b\n", False, id="Resources further below"),
        pytest.param("# Resources:\na: b\n", False, id="a comment"),
        pytest.param('{"a": {"Resources": {}}}', False, id="JSON with Resources further below"),
        pytest.param("[]", False, id="a list"),
        pytest.param("Resources:\n  A: {}\n", True, id="Resources"),
        pytest.param("'Resources' :\n  A: {}\n", True, id="Resources in quotation marks"),
        pytest.param("AWSTemplateFormatVersion: 2010-09-09\n", True, id="a version alone"),
        pytest.param("Resources:\n  - [\n", True, id="a syntax error in YAML"),
        pytest.param('{"Resources": {}}', True, id="JSON"),
        pytest.param('{"Resources": {,}}', True, id="a syntax error in JSON"),
    ],
)
def test_a_file_is_a_template_if_it_has_a_section_of_one(
    folder: Path, text: str, *, expected: bool
) -> None:
    (folder / "file").write_text(text, encoding="utf-8")
    assert is_template(folder / "file") is expected


def test_a_file_that_cannot_be_read_counts_as_a_template(folder: Path) -> None:
    (folder / "file").write_bytes(b"\xff")
    assert (is_template(folder / "file"), is_template(folder / "missing")) == (True, True)
