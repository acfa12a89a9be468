"""A comparison as text, Markdown and JSON."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailbell.replay.comparison import compare_json, compare_report
from trailbell.replay.comparison.compare_markdown import to_markdown
from trailbell.replay.comparison.model import (
    Comparison,
    DetectionDifference,
    Events,
    Reporter,
    Sent,
    Total,
)
from trailbell.replay.model import Range, Share
from trailbell.styled_text import plain_text

_NONE = Events(count=0, identities=(), names=())
_ALICE = "arn:aws:iam::111122223333:user/alice"
_SENT = Sent(
    severity="high",
    events=7,
    reported=6,
    notifications=Range(2, 3, 4),
    rule_messages=7,
    seconds_to_notify=(240, 600),
)
_LOST = Events(
    count=9,
    identities=tuple(Share(f"{_ALICE}{number}", 9 - number) for number in range(7)),
    names=(Share("CreateUser", 9),),
)
_NEW = Events(count=1, identities=(Share(_ALICE, 1),), names=(Share("CreateRole", 1),))
_EQUAL = Comparison(
    before="main (0123456ab)",
    after="now",
    records=1200,
    files=1,
    first=1_793_613_600,
    last=1_793_700_000,
    total_before=Total(notifications=Range(2, 3, 4), rule_messages=0),
    total_after=Total(notifications=Range(1, 1, 1), rule_messages=0),
    newly_reported=_NONE,
    no_longer_reported=_NONE,
    lower_severity=_NONE,
    higher_severity=_NONE,
    differences=(),
    without_effect=(),
    equal=98,
)
_CHANGED = DetectionDifference(
    id="new-user",
    title="A user was created",
    before=_SENT,
    after=Sent(
        severity="low",
        events=7,
        reported=0,
        notifications=Range(0, 0, 0),
        rule_messages=None,
        seconds_to_notify=None,
    ),
    newly_reported=_NEW,
    already_reported_by=(Reporter("older", "low", 2),),
    no_longer_reported=_LOST,
    still_reported_by=(Reporter("other", "low", 3), Reporter("third", "high", 1)),
)
_QUIET = replace(_SENT, events=0, reported=0, notifications=Range(0, 0, 0), seconds_to_notify=None)
_REMOVED = replace(
    _CHANGED,
    id="unused",
    title="Never seen",
    before=replace(_QUIET, severity="medium"),
    after=None,
    newly_reported=_NONE,
    already_reported_by=(),
    no_longer_reported=_NONE,
    still_reported_by=(),
)
_ADDED = replace(_REMOVED, id="added", before=None, after=_SENT, newly_reported=_NEW)
_COMPARISON = replace(
    _EQUAL,
    total_before=Total(notifications=Range(2, 3, 4), rule_messages=7),
    newly_reported=_NEW,
    no_longer_reported=_LOST,
    lower_severity=_NEW,
    higher_severity=replace(_NEW, count=2),
    differences=(_CHANGED, _REMOVED, _ADDED),
    without_effect=("slower", "wider"),
    unreadable=tuple(f"{number}.json: no JSON" for number in range(12)),
    remarks=("Something was assumed.",),
)


def _text(comparison: Comparison) -> str:
    return plain_text(compare_report.to_lines(comparison))


def test_without_a_difference_the_text_is_short() -> None:
    assert _text(_EQUAL) == (
        "No difference: both catalogs report the same events, in the same way.\n"
        "  1,200 records in 1 file, 2026-11-02 10:00 to 2026-11-03 10:00 UTC\n"
        "  main (0123456ab): 3 (2 to 4) notifications\n"
        "  now: 1 notification\n"
        "\n"
        "Without a difference: 98 detections"
    )


def test_without_records_there_is_no_time() -> None:
    empty = replace(_EQUAL, records=0, files=0, first=None, last=None)
    assert _text(empty).split("\n")[1] == "  0 records in 0 files"


def test_the_text_says_what_differs() -> None:
    assert _text(_COMPARISON).split("\n")[:4] == [
        "9 events no longer reported, 1 event newly reported; 3 detections differ.",
        "  1,200 records in 1 file, 2026-11-02 10:00 to 2026-11-03 10:00 UTC",
        "  main (0123456ab): 3 (2 to 4) notifications, 7 messages of rules",
        "  now: 1 notification",
    ]
    assert _text(_COMPARISON).split("\n")[4:] == [
        (
            "  Rules are those of the stack realtime. If it is not deployed, set rules = false in "
            "[replay] of the settings."
        ),
        "  Something was assumed.",
        "",
        "No longer reported: 9 events",
        *_LOST_LINES,
        "",
        "Newly reported: 1 event",
        f"  {_ALICE}: 1",
        "  events: CreateRole: 1",
        "",
        "Reported with a lower severity: 1 event",
        f"  {_ALICE}: 1",
        "  events: CreateRole: 1",
        "",
        "Reported with a higher severity: 2 events",
        f"  {_ALICE}: 1",
        "  events: CreateRole: 1",
        "",
        "~ new-user  changed, high → low  A user was created",
        "    reported events: 6 → 0",
        "    notifications: 3 (2 to 4) → 0",
        "    messages of the rule: 7 → no rule",
        "    minutes to notify: 4, at most 10 → none sent",
        "    no longer reported: 9 events",
        *(f"    {line}" for line in _LOST_LINES),
        "    still reported by: other (low): 3, third (high): 1",
        "    newly reported: 1 event",
        f"      {_ALICE}: 1",
        "      events: CreateRole: 1",
        "    was already reported by: older (low): 2",
        "",
        "- unused  removed, medium  Never seen",
        "    no event in these records",
        "",
        "+ added  added, high  Never seen",
        "    events: 7",
        "    reported events: 6",
        "    notifications: 3 (2 to 4)",
        "    messages of the rule: 7",
        "    minutes to notify: 4, at most 10",
        "    newly reported: 1 event",
        f"      {_ALICE}: 1",
        "      events: CreateRole: 1",
        "",
        "Changed, without a difference in these records: slower, wider",
        "",
        "Without a difference: 98 detections",
    ]


_LOST_LINES = [
    *(f"  {_ALICE}{number}: {9 - number}" for number in range(5)),
    "  2 more",
    "  events: CreateUser: 9",
]


def test_only_the_first_unreadable_records_are_named() -> None:
    assert [*compare_report.unreadable_lines(_COMPARISON)] == [
        *(f"{number}.json: no JSON" for number in range(10)),
        "2 more could not be read; --json names all",
    ]


def test_markdown_without_a_difference_is_short() -> None:
    assert to_markdown(_EQUAL) == (
        "### Replay: what would be reported\n"
        "\n"
        "**No difference: both catalogs report the same events, in the same way.**\n"
        "\n"
        "- 1,200 records in 1 file, 2026-11-02 10:00 to 2026-11-03 10:00 UTC\n"
        "- main (0123456ab): 3 (2 to 4) notifications\n"
        "- now: 1 notification\n"
        "\n"
        "Without a difference: 98 detections\n"
    )


def test_markdown_has_a_row_for_each_detection() -> None:
    rows = [line for line in to_markdown(_COMPARISON).split("\n") if line.startswith("| `")]
    assert rows == [
        "| `new-user` | changed | high → low | 3 (2 to 4) → 0 | 7 → no rule | 9 | 1 |",
        "| `unused` | removed | medium | 0 | 7 | 0 | 0 |",
        "| `added` | added | high | 3 (2 to 4) | 7 | 0 | 1 |",
    ]
    assert "- **12 files or records could not be read**" in to_markdown(_COMPARISON).split("\n")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(
            "</details><script>alert(1)</script>",
            "</details><script>alert(1)</script>",
            id="HTML",
        ),
        pytest.param(
            "@security [x](https://example.com) | `code`",
            "@security [x](https://example.com) | 'code'",
            id="Markdown",
        ),
        pytest.param("a\nb\r\u202e\x1b[31m", "a\\nb\\r\\u202e\\x1b[31m", id="control characters"),
    ],
)
def test_the_name_of_a_caller_is_code_in_markdown(value: str, shown: str) -> None:
    events = replace(_NEW, identities=(Share(value, 1),))
    difference = replace(_REMOVED, newly_reported=events)
    lines = to_markdown(replace(_EQUAL, newly_reported=events, differences=(difference,)))
    assert [line for line in lines.split("\n") if shown in line] == [
        f"- `{shown}: 1`",
        f"  - newly reported: 1 event: `{shown}: 1`, `events: CreateRole: 1`",
    ]


@settings(max_examples=25)
@given(st.integers(0, 400), st.integers(1_500, 65_536))
def test_markdown_fits_into_a_comment(number: int, limit: int) -> None:
    differences = tuple(replace(_CHANGED, id=f"detection-{each}") for each in range(number))
    assert len(to_markdown(replace(_COMPARISON, differences=differences), limit)) <= limit


def test_markdown_names_events_of_another_severity() -> None:
    lines = to_markdown(_COMPARISON).split("\n")
    titles = [line for line in lines if line.startswith("**")]
    assert titles == [
        "**9 events no longer reported, 1 event newly reported; 3 detections differ.**",
        "**No longer reported: 9 events**",
        "**Reported with a lower severity: 1 event**",
        "**Newly reported: 1 event**",
        "**Reported with a higher severity: 2 events**",
    ]


def test_json_has_everything() -> None:
    document = json.loads(json.dumps(compare_json.to_json(_COMPARISON)))
    nothing = {"count": 0, "identities": [], "names": []}
    assert document["detections"][1] == {
        "id": "unused",
        "change": "removed",
        "title": "Never seen",
        "before": {
            "severity": "medium",
            "events": 0,
            "reported": 0,
            "notifications": {"low": 0, "typical": 0, "high": 0},
            "rule_messages": 7,
            "seconds_to_notify": None,
        },
        "after": None,
        "newly_reported": nothing,
        "already_reported_by": [],
        "no_longer_reported": nothing,
        "still_reported_by": [],
    }
    assert (document["concerns"], len(document["no_longer_reported"]["identities"])) == (
        ["lower-severity", "no-longer-reported", "removed"],
        7,
    )
    assert (document["first"], document["unreadable"], document["without_effect"]) == (
        "2026-11-02T10:00:00Z",
        [f"{number}.json: no JSON" for number in range(12)],
        ["slower", "wider"],
    )
    assert document["lower_severity"] == {
        "count": 1,
        "identities": [{"value": _ALICE, "hits": 1}],
        "names": [{"value": "CreateRole", "hits": 1}],
    }
    assert document["higher_severity"]["count"] == 2
    assert document["before"] == {
        "name": "main (0123456ab)",
        "notifications": {"low": 2, "typical": 3, "high": 4},
        "rule_messages": 7,
    }
