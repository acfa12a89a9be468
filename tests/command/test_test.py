"""``trailbell test``: what it prints, and its exit codes."""

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

import trailbell.command.test as module
from tests.cloudtrail.test_scan import ROOT, STOP, event, lines
from trailbell.command.placeholder_values import note_missing_placeholders
from trailbell.command.project import load_catalog
from trailbell.errors import PatternError, UnknownNameError
from trailbell.pattern import FilterPattern

RECORD = {
    "eventVersion": "1.11",
    "eventTime": "2026-01-15T12:34:56Z",
    "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "StopLogging",
    "sourceIPAddress": "192.0.2.44",
    "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice"},
    "eventID": "e-1",
}
LINE = (
    "2026-01-15T12:34:56Z  {id}  StopLogging  by arn:aws:iam::111122223333:user/alice  "
    "from 192.0.2.44  id e-1  {file}, record 1"
)


@dataclass(frozen=True)
class Plain:
    """A detection that names nothing of what is deployed."""

    id: str
    pattern: FilterPattern
    placeholders: tuple[str, ...] = ()

    def resolve(self, names: dict[str, str]) -> FilterPattern:
        assert names == {}
        return self.pattern


@pytest.fixture(autouse=True)
def _catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    found = tuple(Plain(one.id, one.filter_pattern) for one in (STOP, ROOT))
    monkeypatch.setattr(module, "load_catalog", lambda: found)


@pytest.fixture
def record(tmp_path: Path) -> str:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(RECORD))
    return str(path)


def run(*arguments: str, given: str | None = None) -> tuple[object, str, str]:
    """What the command returns, and its two outputs."""
    result = CliRunner().invoke(
        module.command, arguments, input=given, standalone_mode=False, catch_exceptions=False
    )
    return result.return_value, result.stdout, result.stderr


def test_hits_and_a_summary(record: str) -> None:
    assert run(record) == (
        0,
        (
            f"{LINE.format(id='stop', file=record)}\n"
            "1 record in 1 file: 1 match, 0 undetermined, 0 errors\n"
            "        1  stop\n"
        ),
        "",
    )


def test_which_clause_decided(record: str) -> None:
    assert run("--why", record) == (
        0,
        (
            f"{LINE.format(id='stop', file=record)}\n"
            '    MATCH     $.eventName = "StopLogging"   found "StopLogging"\n'
            "1 record in 1 file: 1 match, 0 undetermined, 0 errors\n"
            "        1  stop\n"
        ),
        "",
    )


def test_what_is_unreadable_is_named_and_the_rest_goes_on() -> None:
    given = "{oops\n" + lines(event(1)).decode()
    code, out, err = run("-", given=given)
    assert (code, err) == (1, "error: standard input, record 1: not valid JSON\n")
    assert out.endswith(
        "id 1  standard input, record 2\n"
        "1 record in 1 file: 1 match, 0 undetermined, 1 error\n"
        "        1  stop\n"
    )


def test_for_machines(record: str) -> None:
    code, out, _ = run("--json", "--why", record)
    assert code == 0
    assert json.loads(out) == {
        "hits": [
            {
                "detection": "stop",
                "outcome": "MATCH",
                "file": record,
                "record": 1,
                "eventID": "e-1",
                "eventTime": "2026-01-15T12:34:56Z",
                "eventName": "StopLogging",
                "eventSource": "cloudtrail.amazonaws.com",
                "sourceIPAddress": "192.0.2.44",
                "who": "arn:aws:iam::111122223333:user/alice",
                "why": ['MATCH     $.eventName = "StopLogging"   found "StopLogging"'],
            }
        ],
        "unreadable": [],
        "summary": {
            "files": 1,
            "records": 1,
            "hits": 1,
            "uncertain": 0,
            "problems": 0,
            "left_out": 0,
            "left_out_kinds": {},
        },
    }


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        pytest.param("{ $.eventName = x }", [], id="no match"),
        pytest.param(
            '{ ($.eventName = "Stop*") && ($.errorCode NOT EXISTS) }',
            [
                {
                    "eventNumber": 1,
                    "eventMessage": json.dumps(RECORD),
                    "extractedValues": {"$.eventName": "StopLogging"},
                }
            ],
            id="a match, with the members it asks for",
        ),
        pytest.param(
            "StopLogging",
            [{"eventNumber": 1, "eventMessage": json.dumps(RECORD), "extractedValues": {}}],
            id="a term",
        ),
    ],
)
def test_one_pattern_and_one_record_are_answered_as_by_aws(
    record: str, pattern: str, matches: object
) -> None:
    code, out, _ = run("--pattern", pattern, record)
    assert (code, json.loads(out)) == (0, {"matches": matches})


def test_why_a_pattern_stays_silent(record: str) -> None:
    assert run("--why", "--pattern", '{ $.eventName = "x" }', record) == (
        0,
        (
            f"{LINE.format(id='pattern', file=record)}  (no match)\n"
            'NO_MATCH  $.eventName = "x"   found "StopLogging"\n'
        ),
        "",
    )


def test_an_uncertain_answer_says_so() -> None:
    given = json.dumps({**RECORD, "readOnly": True})
    code, out, _ = run("--pattern", "{ $.readOnly = true }", "-", given=given)
    assert code == 0
    assert out.splitlines() == [
        LINE.format(id="pattern", file="standard input") + "  (uncertain: AWS does not "
        "document how a boolean compares with text; use IS TRUE or IS FALSE)",
        "1 record in 1 file: 0 matches, 1 undetermined, 0 errors",
        "        1  pattern",
    ]


def test_one_pattern_and_several_records() -> None:
    given = lines(event(1), event(2, "x"), event(3)).decode()
    code, out, _ = run("--pattern", "{ $.eventName = StopLogging }", "-", given=given)
    assert code == 0
    assert out.splitlines()[2:] == [
        "3 records in 1 file: 2 matches, 0 undetermined, 0 errors",
        "        2  pattern",
    ]


def test_a_record_cannot_steer_the_terminal() -> None:
    given = json.dumps({**RECORD, "eventName": "StopLogging", "sourceIPAddress": "\x1b[2J"})
    _, out, _ = run("-", given=given)
    assert "from \\x1b[2J  id e-1" in out


NUMBER = '{"eventName":"StopLogging","eventID":1e999,"x":-1e400}'
HALF_PAIR = '{"eventName":"StopLogging","eventID":"\\ud800"}'


@pytest.mark.parametrize(
    ("given", "code", "shown", "messages"),
    [
        pytest.param(NUMBER, 0, "1e999", "1e999", id="a number out of range"),
        pytest.param(HALF_PAIR, 1, "\\ud800", "\ud800", id="half a surrogate pair"),
    ],
)
def test_a_hit_on_an_unsound_record_is_told(
    given: str, code: int, shown: str, messages: str
) -> None:
    """In both forms, and also the records after it."""
    more = given + "\n" + lines(event(1)).decode()
    found, out, _ = run("-", given=more)
    ends = [f"id {shown}  standard input, record 1", "id 1  standard input, record 2"]
    assert found == code
    assert [line[-len(end) :] for line, end in zip(out.splitlines()[:2], ends, strict=True)] == ends
    found, out, _ = run("--json", "-", given=more)
    assert (found, [hit["eventID"] for hit in json.loads(out)["hits"]]) == (code, [messages, "1"])


def test_one_pattern_and_one_record_with_a_number_out_of_range() -> None:
    code, out, _ = run("--pattern", "{ $.x < 5 }", "-", given=NUMBER)
    assert (code, json.loads(out)) == (
        0,
        {
            "matches": [
                {"eventNumber": 1, "eventMessage": NUMBER, "extractedValues": {"$.x": "-1e400"}}
            ]
        },
    )


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no records")
    (tmp_path / "digest.json").write_text('{"digestStartTime": "t"}')
    assert run(str(tmp_path)) == (
        1,
        (
            "0 records in 0 files: 0 matches, 0 undetermined, 1 error, "
            "2 other files skipped (CloudTrail digest file: 1)\n"
        ),
        f"error: {tmp_path}: no CloudTrail files in this folder\n",
    )


def test_a_pattern_that_cannot_be_read(record: str) -> None:
    with pytest.raises(PatternError):
        run("--pattern", "{ $.a = ", record)


def test_a_file_that_is_not_there() -> None:
    result = CliRunner().invoke(module.command, ["nowhere.json"])
    assert result.exit_code == 2
    assert "'nowhere.json' does not exist" in result.stderr


def test_a_name_that_nothing_deployed_has(record: str) -> None:
    with pytest.raises(UnknownNameError, match='did you mean "LogGroupName"'):
        run("--name", "LogGroup=x", record)


def test_of_many_detections_without_names_some_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    note_missing_placeholders(load_catalog(), {})
    note = capsys.readouterr().err
    assert re.fullmatch(
        r"note: log-group-tampering(, [a-z-]+){2} and \d+ more match sample names only\. For the "
        r"names of your resources, use --placeholder for AlarmPrefix, [A-Za-z, ]+\.\n",
        note,
    )


def test_names_of_what_is_deployed_are_put_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = [one for one in load_catalog() if one.id == "log-group-tampering"]
    monkeypatch.setattr(module, "load_catalog", lambda: guarded)
    path = tmp_path / "deleted.json"
    deleted = {"logGroupName": "mine"}
    path.write_text(
        json.dumps(
            RECORD
            | {
                "eventSource": "logs.amazonaws.com",
                "eventName": "DeleteLogGroup",
                "requestParameters": deleted,
            }
        )
    )
    code, out, err = run(str(path))
    assert (code, "0 matches" in out, "use --placeholder for" in err) == (0, True, True)
    code, out, err = run(
        "--placeholder", "LogGroupName=mine", "--name", "AlarmPrefix=mine", str(path)
    )
    assert (code, "1 match," in out, err) == (0, True, "")


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("matches", "output", "expected"),
    [
        pytest.param(1_000, _Terminal(), False, id="as many as a person may read"),
        pytest.param(1_001, io.StringIO(), False, id="more, for a program"),
        pytest.param(1_001, _Terminal(), True, id="more, on a terminal"),
    ],
)
def test_replay_is_named_after_more_matches_than_anybody_reads(
    matches: int, output: io.StringIO, *, expected: bool
) -> None:
    assert module.is_too_long(matches, output) is expected
