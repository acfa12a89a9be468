"""The text of a comment: the mark first, never too long, and never broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.pull_request.job import Job
from trailbell.pull_request.text import MAX_LENGTH, compose, cut

_JOB = Job(
    api="https://api.github.com",
    token="t",  # noqa: S106 - no token
    repository="example/alarms",
    pull_request=7,
    commit="0123456789abcdef",
    summary_url="https://github.com/example/alarms/actions/runs/1",
    reason_read_only="",
)
_END = "[Summary of the job](https://github.com/example/alarms/actions/runs/1) · Commit 012345678"
_CUT = "**This comment is cut, because it is too long.** The summary of the job has all of it."
_FENCED = "\n".join(("a", "```text", "b" * 10, "c" * 10, "```", "d" * 40))
_FOLDED = "\n".join(("<details><summary>s</summary>", "", "b" * 10, "c" * 40, "</details>"))


def test_a_short_text_is_complete() -> None:
    assert compose("<!-- m -->", "\nNo changes\n\n", _JOB) == f"<!-- m -->\nNo changes\n\n{_END}"


def test_a_long_text_is_cut_where_the_summary_is_named() -> None:
    lines = ["x" * 99] * 1000
    text = compose("<!-- m -->", "\n".join(lines), _JOB)
    kept = text.count("x" * 99)
    assert text == "\n".join(("<!-- m -->", *lines[:kept], "", _CUT, "", _END))
    assert MAX_LENGTH - 100 < len(text) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("markdown", "limit", "expected"),
    [
        pytest.param("a\nb", 3, "a\nb", id="it fits exactly"),
        pytest.param("a\nb\nccccccccc", 9, "a\nb\n\nNOTE", id="whole lines"),
        pytest.param("a" * 20, 10, "NOTE", id="no line fits"),
        pytest.param("\U0001f514" * 4, 7, "NOTE", id="characters that count twice"),
        pytest.param(
            _FENCED, 50, "a\n```text\nbbbbbbbbbb\ncccccccccc\n```\n\nNOTE", id="after a block"
        ),
        pytest.param(_FENCED, 30, "a\n```text\nbbbbbbbbbb\n```\n\nNOTE", id="in a block of code"),
        pytest.param(
            _FOLDED,
            60,
            "<details><summary>s</summary>\n\nbbbbbbbbbb\n\n</details>\n\nNOTE",
            id="in a folded part",
        ),
        pytest.param(
            "````\n```\n</details>\n" + "x" * 40,
            35,
            "````\n```\n</details>\n````\n\nNOTE",
            id="a shorter fence does not close a longer one",
        ),
    ],
)
def test_a_cut_closes_what_is_open(markdown: str, limit: int, expected: str) -> None:
    assert cut(markdown, limit, "NOTE") == expected


_LINES = st.sampled_from(("text", "```", "````py", "~~~", "<details>", "</details>", "", "| a |"))


@given(st.lists(_LINES, max_size=40), st.integers(4, 200))
def test_a_cut_is_no_longer_than_the_limit(lines: list[str], limit: int) -> None:
    assert len(cut("\n".join(lines), limit, "NOTE")) <= limit
