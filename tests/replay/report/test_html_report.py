"""The page of a replay: what it shows of hostile text, how large it is, how a browser shows it."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html import escape
from pathlib import Path

import pytest

from tests.html_pages import CHROMIUM, Tags, browser_facts, low_contrast
from tests.replay.reports import (
    CAUSE,
    EMPTY,
    HOSTILE,
    SMALL,
    detection,
    hostile,
    large,
    report,
    result,
)
from trailbell.html_elements import html
from trailbell.replay.model import ReplayReport, Share
from trailbell.replay.report.html_causes import causes_section
from trailbell.replay.report.html_report import GENERATOR, to_html

_PAGE = to_html(SMALL)
_TAGS = Tags(_PAGE)
_EVERY = [
    pytest.param(EMPTY, id="no event"),
    pytest.param(report(records=0, first=None, last=None), id="no record"),
    pytest.param(report(result(detection("a"), hits=1)), id="no notification"),
    pytest.param(SMALL, id="each kind of result"),
    pytest.param(hostile(), id="hostile text"),
]


# ----------------------------------------------------------------------------------- what is safe


@pytest.mark.parametrize("of", _EVERY)
def test_nothing_is_loaded(of: ReplayReport) -> None:
    page = to_html(of)
    loaded = {
        value
        for _, attributes in Tags(page).tags
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "data") and not (value or "").startswith("#")
    }
    names = {tag for tag, _ in Tags(page).tags}
    assert (loaded, names & {"img", "iframe", "object", "base", "embed"}) == ({"data:,"}, set())
    assert re.findall(r"url\(|@import|https?:|import\(|fetch", page) == []


@pytest.mark.parametrize("of", _EVERY)
def test_no_attribute_is_a_style_or_a_handler(of: ReplayReport) -> None:
    """The policy forbids both, so that they would not work."""
    names = [name for _, attributes in Tags(to_html(of)).tags for name in attributes]
    assert [name for name in names if name.startswith("on") or name == "style"] == []


@pytest.mark.parametrize("of", _EVERY)
def test_the_policy_runs_one_script_and_one_style(of: ReplayReport) -> None:
    page = to_html(of)
    inside = {
        name: re.findall(rf"<{name}[^>]*>(.*?)</{name}>", page, re.S)
        for name in ("style", "script")
    }
    (style,), (script,) = inside.values()
    hashes = [b64encode(sha256(each.encode()).digest()).decode() for each in (style, script)]
    (policy,) = re.findall('http-equiv="Content-Security-Policy" content="(.*?)"', page)
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_hostile_text_is_shown_as_it_is_in_each_place() -> None:
    """In a name of an account and its filter, five breakdowns and the masked identities, a row of
    each of two notifications, a cause with its lines and what it silences, and a problem.
    """
    page, visible = to_html(hostile()), html(HOSTILE)
    assert page.count(visible) == sum(
        text.count("</script><img src=x onerror=alert(1)>'\"&\\u202egnp\\u001b[2J\\u0000|`*_[x](y)")
        for text in Tags(page).texts
    )
    assert page.count(visible) == 15
    assert HOSTILE not in page
    assert all(character.isprintable() or character == "\n" for character in page)


# -------------------------------------------------------------------------------- what is on it


def test_a_page_is_recognized_by_its_generator() -> None:
    assert GENERATOR in _PAGE


def _sections(of: ReplayReport) -> list[str]:
    return [str(a["aria-labelledby"]) for tag, a in Tags(to_html(of)).tags if tag == "section"]


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(report(), ["made"], id="no detection at all"),
        pytest.param(EMPTY, ["quiet", "made"], id="no event"),
        pytest.param(
            report(result(detection("a"), hits=1)),
            ["detections", "details", "made"],
            id="no notification",
        ),
        pytest.param(
            SMALL,
            [
                *("timeline", "detections", "causes", "notifications", "details", "quiet"),
                *("unread", "made"),
            ],
            id="all",
        ),
    ],
)
def test_the_sections(of: ReplayReport, expected: list[str]) -> None:
    assert _sections(of) == expected


def test_the_head_has_the_answer_and_the_figures() -> None:
    texts = [text.strip() for text in _TAGS.texts if text.strip()]
    start = texts.index("What you would have been notified of")
    assert texts[start : start + 18] == [
        "What you would have been notified of",
        (
            "3 notifications in 4 weeks (3 to 4, depending on delivery), from 12 hits in 33,377 "
            "records."
        ),
        (
            "2026-11-02 00:00 to 2026-11-29 23:59 UTC; 12 files; 3 duplicate hits left out; 1 "
            "problem while reading."
        ),
        *("Notifications", "3", "1 of high severity"),
        *("A week", "0.8", "in 4 weeks"),
        *("Detections that notify", "2", "of 4; 3 fire"),
        *("Time to notify", "7 min", "at most 15 min"),
        *("Masked identities", "1", "in no notification of a detection"),
    ]


def test_the_end_says_what_was_not_read_and_how_it_was_made() -> None:
    texts = [text.strip() for text in _TAGS.texts if text.strip()]
    assert texts[texts.index("Quiet detections") :] == [
        *("Quiet detections", "1 detection without a hit"),
        *("low", "Mfa disabled", "mfa-disabled"),
        "What could not be read or decided",
        "2 records of CloudTrail Insights were left out.",
        "logs/a.json.gz is truncated after 5 records",
        "key-disabled: 1 evaluation without a certain result",
        "How this was calculated",
        "Events are delivered 5 minutes after they happen, or 2 to 10 for the range.",
        "Each account has its own installation.",
        *("Written by", "trailbell replay", "."),
    ]


def test_problems_that_are_not_listed_are_counted() -> None:
    page = to_html(report(unreadable=tuple(f"file {n} is truncated" for n in range(203))))
    assert re.findall("<li>(file 199.*?|file 200.*?|and .*?)</li>", page) == [
        "file 199 is truncated",
        "and 3 more",
    ]


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        pytest.param(
            replace(CAUSE, refused="it would silence a sample event.", also_silences=()),
            [
                *("The role ", "deploy", "key-disabled"),
                *(": 6 hits. With the exclusion, ", "0 (0 to 1)", " of ", "2 (2 to 3)"),
                *(" notifications remain.", "Do not exclude it: "),
                "it would silence a sample event.",
            ],
            id="no lines for what must not be excluded",
        ),
        pytest.param(
            CAUSE,
            [
                *("The role ", "deploy", "key-disabled"),
                *(": 6 hits. With the exclusion, ", "0 (0 to 1)", " of ", "2 (2 to 3)"),
                " notifications remain.",
                '[catalog.detection.key-disabled]\nexclude = { roles = ["deploy"] }',
                "This also silences:",
                "Every role with the name deploy, on any path and in any account",
            ],
            id="lines to copy",
        ),
    ],
)
def test_a_cause(cause: object, expected: list[str]) -> None:
    page = causes_section([cause])  # type: ignore[list-item] # a cause
    assert Tags(page[page.index("<h3>") :]).texts == expected


def test_the_filters_need_the_script_and_are_hidden_without_it() -> None:
    hidden = [(tag, a.get("class")) for tag, a in _TAGS.tags if "hidden" in a]
    assert hidden == [("button", "scheme"), ("form", "filters"), ("p", "readout")]
    options = [a["value"] for tag, a in _TAGS.tags if tag == "option"]
    assert options == ["", "high", "medium", "low", "", "0"]


# ------------------------------------------------------------------------------------ its markup


@pytest.mark.parametrize("of", _EVERY)
def test_headings_follow_each_other_and_what_is_named_exists(of: ReplayReport) -> None:
    tags = Tags(to_html(of)).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    ids = [str(attributes["id"]) for _, attributes in tags if "id" in attributes]
    named = {f"#{a['aria-labelledby']}" for tag, a in tags if tag == "section"}
    links = {str(a["href"]) for tag, a in tags if tag == "a"}
    assert sorted(ids) == sorted(set(ids))
    assert named | links <= {f"#{each}" for each in ids}


def test_the_page_has_a_language_and_landmarks() -> None:
    tags = dict(reversed(_TAGS.tags))
    assert (tags["html"], {"header", "main", "footer"} <= set(tags)) == ({"lang": "en"}, True)


_COLORS = re.findall(r"--([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", _PAGE)
_PAIRS = [
    *((text, ground) for text in ("text", "quiet") for ground in ("page", "card", "code")),
    *(
        (text, ground)
        for text in ("link", "high", "medium", "low", "masked")
        for ground in ("page", "card")
    ),
    ("high", "code"),
]


@pytest.mark.parametrize("scheme", [pytest.param(0, id="light"), pytest.param(1, id="dark")])
def test_text_has_enough_contrast(scheme: int) -> None:
    colors = {name: both[scheme] for name, *both in _COLORS}
    assert low_contrast(colors, _PAIRS) == []


def test_every_color_is_used_and_every_used_color_exists() -> None:
    used = set(re.findall(r"var\(--([a-z]+)\)", _PAGE))
    assert used == {name for name, *_ in _COLORS}


# -------------------------------------------------------------------------------------- its size


def test_a_large_report_is_less_than_two_megabytes() -> None:
    page = to_html(large())
    assert len(page.encode()) < 2_000_000
    assert re.findall(">(and [0-9,]+ more[^<]* detection[^<]*)<", page) == [
        "and 55 more detections with fewer notifications, in the table below",
        "and 4,517 more: of each detection, at most the latest 6 notifications are listed",
    ]


# -------------------------------------------------------------------------------------- a browser


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.parametrize(
    "of",
    [
        pytest.param(EMPTY, id="no event"),
        pytest.param(hostile(), id="hostile text"),
        pytest.param(large(300, 30, 100), id="many"),
    ],
)
@pytest.mark.parametrize(
    ("width", "dark", "ground"),
    [
        pytest.param(390, False, "rgb(244, 245, 247)", id="a light phone"),
        pytest.param(1280, True, "rgb(17, 21, 26)", id="a dark desk"),
    ],
)
def test_a_browser_shows_all_of_the_page(
    of: ReplayReport, *, width: int, dark: bool, ground: str, tmp_path: Path
) -> None:
    facts, console = browser_facts(to_html(of), tmp_path, width, dark=dark)
    assert facts == {"viewport": width, "scroll": width, "wide": [], "ground": ground}
    assert console == []


def test_long_values_are_in_the_page_once_for_each_place() -> None:
    value = "a" * 10_000
    shares = (Share(value, 1),)
    page = to_html(report(result(detection("a"), hits=1, identities=shares)))
    assert page.count(escape(value)) == 1
