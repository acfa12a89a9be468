"""How lines look on a terminal of 80 columns, without colors, and in a pipe."""

import io
import re
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import click
import pytest

from trailbell.command import output
from trailbell.command.console import print_rows, wrap
from trailbell.diff import report
from trailbell.diff.model import (
    ChangeAction,
    DeployPlan,
    Impact,
    Notice,
    NoticeLevel,
    PlanBasis,
    PlanFingerprint,
    PropertyChange,
    ResourceChange,
    Risk,
    StackPlan,
    ValueChange,
)
from trailbell.source_location import SourceLocation
from trailbell.styled_text import Line, Span, Style, indented, line, plain_text


class _Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A terminal of 80 columns with 16 colors, whatever runs the tests."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    return monkeypatch


def _on_terminal(show: Callable[[], None]) -> str:
    """What a function shows on a terminal, with the escape sequences of colors as ``<32>``."""
    stream = _Terminal()
    with redirect_stdout(stream), redirect_stderr(stream):
        show()
    return _marked(stream.getvalue())


def _marked(text: str) -> str:
    return re.sub(r"\x1b\[([\d;]+)m", r"<\1>", text)


# ------------------------------------------------------------------------------------ wrapping

_ARN = "arn:aws:iam::123456789012:role/a-role-with-a-name-that-is-longer-than-the-line"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(line(""), [""], id="an empty line stays"),
        pytest.param(line("short enough"), ["short enough"], id="what fits stays"),
        pytest.param(
            line("a row that is  not  wrapped", whole=True),
            ["a row that is  not  wrapped"],
            id="a row of a table stays on one line",
        ),
        pytest.param(line(_ARN), [_ARN], id="a long word is not cut"),
        pytest.param(
            line(f"role {_ARN} ends"), ["role", f"  {_ARN}", "  ends"], id="nor among words"
        ),
        pytest.param(
            line("twenty columns only: words"),
            ["twenty columns only:", "  words"],
            id="a line that is full to its last column",
        ),
        pytest.param(
            line("    indented words go on below"),
            ["    indented words", "      go on below"],
            id="what continues is below the text",
        ),
        pytest.param(
            line("replace  Topic: what is replaced", hanging=9),
            ["replace  Topic: what", "         is replaced"],
            id="or where the line says",
        ),
        pytest.param(
            line('first run "trailbell build --region eu-west-1", then go on'),
            ["first run", '  "trailbell build --region eu-west-1",', "  then go on"],
            id="a command in quotes stays on one line",
        ),
        pytest.param(
            line("Enable it with: aws account enable-region --region-name ap-east-1"),
            ["Enable it with:", "  aws account enable-region --region-name ap-east-1"],
            id="so does a command after a colon",
        ),
        pytest.param(
            line("Do this: trailbell list --json. Then read what it prints."),
            ["Do this:", "  trailbell list --json.", "  Then read what it", "  prints."],
            id="up to the end of its sentence",
        ),
        pytest.param(
            line("  trailbell rollout resume baseline --yes"),
            ["  trailbell rollout resume baseline --yes"],
            id="and one that is the line",
        ),
        pytest.param(
            line("日本語の名前 日本語の名前 x"),
            ["日本語の名前", "  日本語の名前 x"],
            id="wide characters take two columns",
        ),
    ],
)
def test_wrapping_at_twenty_columns(text: Line, expected: list[str]) -> None:
    assert [part.plain for part in wrap(text, 20)] == expected


def test_no_word_is_lost_at_any_width() -> None:
    text = line("  ~ ", Span("Topic", Style.CHANGED), f"  AWS::SNS::Topic  of {_ARN}  a b c d e f")
    for width in range(1, 120):
        parts = [part.plain for part in wrap(text, width)]
        assert " ".join(parts).split() == str(text).split()


# ---------------------------------------------------------------------------------------- plans

_CHANGES = (
    ResourceChange(
        logical_id="HighTopic",
        type="AWS::SNS::Topic",
        action=ChangeAction.ADD,
        source_location=SourceLocation("stacks/pieces/topics.py", 101),
    ),
    ResourceChange(
        logical_id="RootUseAlarm",
        type="AWS::CloudWatch::Alarm",
        action=ChangeAction.MODIFY,
        properties=(PropertyChange(path="Threshold", before="1", after="5"),),
    ),
    ResourceChange(
        logical_id="OldFilter", type="AWS::Logs::MetricFilter", action=ChangeAction.REMOVE
    ),
)
_PLAN = DeployPlan(
    (
        StackPlan(
            stack="tamper",
            name="tamper",
            region="eu-central-1",
            created=False,
            based_on=PlanFingerprint(template=""),
            basis=PlanBasis.OFFLINE,
            compared_with="main (810fdf9ff)",
            resource_changes=_CHANGES,
            notices=(
                Notice(level=NoticeLevel.WARNING, logical_id="HighTopic", text="no endpoint"),
            ),
            parameters=(
                ValueChange(name="Protocol", before="email", after="sqs", source="default"),
            ),
            impacts=(
                Impact(
                    risk=Risk.DETECTION_GAP,
                    logical_id="OldFilter",
                    text="Nothing counts events until the alarm has another filter.",
                ),
            ),
        ),
    )
)

_PLAIN = """\
tamper (eu-central-1), against main (810fdf9ff)
  1 to add, 1 to change, 1 to remove
  warning: HighTopic: no endpoint
  + HighTopic  AWS::SNS::Topic  add  stacks/pieces/topics.py:101
  ~ RootUseAlarm  AWS::CloudWatch::Alarm  change
      Threshold: 1 → 5
  - OldFilter  AWS::Logs::MetricFilter  remove
  parameter Protocol: email → sqs  (default)
  risks
    detection-gap  OldFilter: Nothing counts events until the alarm has another filter.
"""

_WRAPPED = _PLAIN.replace("another filter", "another\n                   filter")

_COLORED = """\
<1>tamper (eu-central-1), against main (810fdf9ff)<0>
  1 to add, 1 to change, 1 to remove
  <33>warning<0>: HighTopic: no endpoint
  <32>+ HighTopic<0>  AWS::SNS::Topic  <32>add<0><2>  stacks/pieces/topics.py:101<0>
  <33>~ RootUseAlarm<0>  AWS::CloudWatch::Alarm  <33>change<0>
      Threshold: <31>1<0> → <32>5<0>
  <31>- OldFilter<0>  AWS::Logs::MetricFilter  <31>remove<0>
  parameter Protocol: <31>email<0> → <32>sqs<0><2>  (default)<0>
  <1;31>risks<0>
    <1;31>detection-gap  <0>OldFilter: Nothing counts events until the alarm has another
                   filter.
"""


@pytest.mark.usefixtures("environment")
def test_a_plan_on_a_terminal() -> None:
    assert _on_terminal(lambda: output.print_lines(report.to_lines(_PLAN))) == _COLORED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("NO_COLOR", "1", id="NO_COLOR is set"),
        pytest.param("TERM", "dumb", id="the terminal has no colors"),
    ],
)
def test_a_plan_on_a_terminal_without_colors(
    name: str, value: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv(name, value)
    assert _on_terminal(lambda: output.print_lines(report.to_lines(_PLAN))) == _WRAPPED


@pytest.mark.usefixtures("environment")
def test_a_plan_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_lines(report.to_lines(_PLAN))
    assert capsys.readouterr().out == _PLAIN == report.to_text(_PLAN) + "\n"


def test_colors_that_are_forced_in_a_pipe_do_not_wrap(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("FORCE_COLOR", "1")
    output.print_lines(report.to_lines(_PLAN))
    text = _COLORED.replace("another\n                   filter", "another filter")
    assert _marked(capsys.readouterr().out) == text


# ------------------------------------------------------------------------------------- messages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("no such file", "<1;31>error<0>: no such file\n", id="one line"),
        pytest.param(
            "tamper: cannot be updated while another operation on the stack is in progress\n"
            "  Wait until it ends: trailbell follow tamper --region eu-central-1 --profile prod",
            "<1;31>error<0>: tamper: cannot be updated while another operation on the stack is in\n"
            "  progress\n"
            "  Wait until it ends:\n"
            "    trailbell follow tamper --region eu-central-1 --profile prod\n",
            id="a hint with a command",
        ),
        pytest.param(
            "unexpected &\n" + "  { ($.a = 1) && " * 8 + "&\n" + " " * 128 + "^",
            "<1;31>error<0>: unexpected &\n" + "  { ($.a = 1) && " * 8 + "&\n" + " " * 128 + "^\n",
            id="a position in a pattern stays where it is",
        ),
    ],
)
@pytest.mark.usefixtures("environment")
def test_errors(text: str, expected: str) -> None:
    assert _on_terminal(lambda: output.print_error(text)) == expected


@pytest.mark.usefixtures("environment")
def test_an_error_of_a_command_line() -> None:
    error = click.UsageError("No such option '--nope'.")
    text = _on_terminal(lambda: output.print_usage_error(error))
    assert text == "<1;31>Error<0>: No such option '--nope'.\n"


@pytest.mark.usefixtures("environment")
def test_a_message_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_error("a: b\n  c")
    output.print_note("d" * 100)
    assert capsys.readouterr() == ("", "error: a: b\n  c\nnote: " + "d" * 100 + "\n")


# ----------------------------------------------------------------------------------- the lines


def test_text_of_others_cannot_control_the_terminal() -> None:
    assert str(line("\x1b[2J", Span("a\rb", Style.NOTE))) == "\\x1b[2Ja\\rb"


def test_blank_lines_are_not_indented() -> None:
    assert plain_text(indented([line("a"), line(""), line("b")], 3)) == "   a\n\n   b"


# --------------------------------------------------------------------------------------- tables

_HEAD = ("detection", "pack", "title")
_ROWS = [
    ("root-account-use", "essentials", "The root user was used"),
    ("kms-key-disabled-or-deleted", "cis", "A KMS key was disabled or scheduled for deletion"),
]


def _rows_at(width: int, environment: pytest.MonkeyPatch) -> str:
    environment.setenv("COLUMNS", str(width))
    text = _on_terminal(lambda: print_rows(_HEAD, _ROWS))
    return "\n".join(part.rstrip() for part in re.sub(r"<[\d;]+>", "", text).split("\n"))


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        pytest.param(
            80,
            "detection                    pack        title\n"
            "root-account-use             essentials  The root user was used\n"
            "kms-key-disabled-or-deleted  cis         A KMS key was disabled or scheduled for\n"
            "                                         deletion\n",
            id="sentences are wrapped in their column",
        ),
        pytest.param(
            50,
            "detection                    pack\n"
            "root-account-use             essentials\n"
            "    The root user was used\n"
            "kms-key-disabled-or-deleted  cis\n"
            "    A KMS key was disabled or scheduled for\n"
            "    deletion\n",
            id="or are below their rows, where the column would be narrow",
        ),
        pytest.param(
            20,
            "detection                    pack\n"
            "root-account-use             essentials\n"
            "    The root user\n"
            "    was used\n"
            "kms-key-disabled-or-deleted  cis\n"
            "    A KMS key was\n"
            "    disabled or\n"
            "    scheduled for\n"
            "    deletion\n",
            id="IDs are not cut on the narrowest terminal",
        ),
    ],
)
def test_a_table_on_a_terminal(width: int, expected: str, environment: pytest.MonkeyPatch) -> None:
    assert _rows_at(width, environment) == expected


@pytest.mark.usefixtures("environment")
def test_a_table_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(_HEAD, _ROWS)
    assert capsys.readouterr().out.splitlines() == [
        "detection                    pack        title",
        "root-account-use             essentials  The root user was used",
        "kms-key-disabled-or-deleted  cis         A KMS key was disabled or scheduled for deletion",
    ]
