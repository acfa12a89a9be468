"""The report of a replay as Markdown."""

from dataclasses import replace

import pytest

from tests.replay.reports import CAUSE, EMPTY, HOSTILE, SMALL, detection, hostile, large, report
from tests.replay.reports import result as result_of
from trailbell.markdown import MAX_COMMENT, code
from trailbell.replay.model import ReplayReport
from trailbell.replay.report.markdown_report import to_markdown

_HEAD = """\
| Severity | Detection | Notifications | A week | Hits | Time to notify | Masked identities |
| --- | --- | --- | --- | --- | --- | --- |
"""


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(
            report(records=0, files=0, first=None, last=None),
            "**No record was read, so there is nothing to say about notifications.**\n\n0 files.\n",
            id="no record",
        ),
        pytest.param(
            EMPTY,
            "**No notification in 4 weeks: no detection fires on any of 33,377 records.**\n\n"
            "2026-11-02 00:00 to 2026-11-29 23:59 UTC; 12 files; 2 detections without a hit.\n",
            id="no event",
        ),
        pytest.param(
            report(result_of(detection("a_b", "low"), hits=1), delivery="", installations=""),
            "**No notification in 4 weeks, from 1 hit in 33,377 records.**\n\n"
            "2026-11-02 00:00 to 2026-11-29 23:59 UTC; 12 files.\n\n"
            + _HEAD
            + "| low | A\\_b <code>a&#95;b</code> | 0 | 0 | 1 | none | 0 |\n",
            id="no notification",
        ),
        pytest.param(
            SMALL,
            "**3 notifications in 4 weeks (3 to 4, depending on delivery), from 12 hits in "
            "33,377 records.**\n\n"
            "2026-11-02 00:00 to 2026-11-29 23:59 UTC; 12 files; 3 duplicate hits left out; "
            "1 detection without a hit.\n\n"
            "Events are delivered 5 minutes after they happen, or 2 to 10 for the range. "
            "Each account has its own installation.\n\n"
            + _HEAD
            + """\
| medium | Key disabled <code>key-disabled</code> | 2 (2 to 3) | 0.5 | 8 | 7 min, up to 15 min | 1 |
| high | Trail stopped <code>trail-stopped</code> | 1 | 0.2 | 3 | 7 min, up to 15 min | 0 |
| low | Sign in failures <code>sign-in-failures</code> | 0 | 0 | 1 | none | 0 |

Masked identities have events only while an alarm was in ALARM already, or below its threshold, \
so that no notification is about them.

### Loudest causes

An exclusion also silences an attacker who uses what it names. "trailbell tune" proposes \
exclusions, and holds back what may be an attack.

1\\. The role <code>deploy</code> for <code>key-disabled</code>: 6 hits. With the exclusion, \
0 (0 to 1) of 2 (2 to 3) notifications remain.

```toml
[catalog.detection.key-disabled]
exclude = { roles = ["deploy"] }
```

- also silences: <code>Every role with the name deploy, on any path and in any account</code>

### Not read or not decided

- <code>2 records of CloudTrail Insights were left out.</code>
- <code>logs/a.json.gz is truncated after 5 records</code>
- <code>key-disabled: 1 evaluation without a certain result</code>
""",
            id="each kind of result",
        ),
    ],
)
def test_a_report(of: ReplayReport, expected: str) -> None:
    assert to_markdown(of) == expected


def test_what_must_not_be_excluded_has_no_lines() -> None:
    refused = replace(CAUSE, refused="it would silence a <sample> event.")
    text = to_markdown(report(*SMALL.detections, causes=(refused,)))
    assert text.endswith(
        "notifications remain. Do not exclude it: <code>it would silence a &#60;sample&#62; "
        "event.</code>\n"
    )
    assert "```" not in text


def test_what_is_left_out_is_counted() -> None:
    results = [result_of(detection(f"d-{number}"), hits=1) for number in range(33)]
    text = to_markdown(
        report(*results, causes=(CAUSE,) * 7, unreadable=tuple(f"file {n}" for n in range(8)))
    )
    assert [line for line in text.splitlines() if "more" in line] == [
        "and 3 more detections with fewer notifications",
        "and 2 more",
        "- and 3 more that could not be read",
    ]


def test_hostile_text_is_code_or_a_block() -> None:
    text = to_markdown(hostile())
    block = HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\u001b").replace("\0", "\\u0000")
    assert text.count(code(HOSTILE)) == 3
    assert text.replace(code(HOSTILE), "").count("img src") == text.count(block) == 1
    assert all(character.isprintable() or character == "\n" for character in text)


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(large(), id="many detections"),
        pytest.param(report(unreadable=("a" * 70_000,) * 3), id="long problems"),
        pytest.param(
            report(*SMALL.detections, causes=(replace(CAUSE, value="a" * 70_000),) * 5),
            id="long values",
        ),
    ],
)
def test_it_fits_into_a_comment(of: ReplayReport) -> None:
    text = to_markdown(of)
    assert len(text) <= MAX_COMMENT + 1
    assert text.count("```") % 2 == 0
