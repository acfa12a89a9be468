"""The script of the HTML report: what it sorts, filters and shows, in Node.js and in a browser."""

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.html_pages import CHROMIUM, ask_browser
from tests.replay.reports import SMALL
from trailbell.replay.report.html_report import to_html

_SCRIPT = files("trailbell.replay.report").joinpath("html_report.js").read_text(encoding="utf-8")
_NODE = shutil.which("node")

needs_node = pytest.mark.skipif(_NODE is None, reason="Node.js is not installed")


def _evaluate(expression: str) -> Any:  # a value of JavaScript
    """What an expression gives that uses the functions of the script, in strict mode."""
    assert _NODE
    done = subprocess.run(
        [_NODE, "--input-type=module", "-"],
        input=f"{_SCRIPT}\nconsole.log(JSON.stringify({expression}));",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


@needs_node
def test_it_does_nothing_without_a_page() -> None:
    assert _evaluate("typeof document") == "undefined"


@needs_node
@pytest.mark.parametrize(
    ("keys", "direction", "expected"),
    [
        pytest.param([], "ascending", [], id="nothing"),
        pytest.param(["", "0", "-1"], "ascending", [0, 2, 1], id="an empty text is no number"),
        pytest.param(["1", "1", "1"], "descending", [0, 1, 2], id="equal rows keep their order"),
        pytest.param(["9", "10", "-1"], "ascending", [2, 0, 1], id="numbers by their size"),
        pytest.param(["9", "10", "-1"], "descending", [1, 0, 2], id="the largest number first"),
        pytest.param(["b", "a", "B", "A"], "ascending", [1, 3, 0, 2], id="capitals are alike"),
        pytest.param(["d-10", "d-9"], "ascending", [1, 0], id="numbers in texts by their size"),
    ],
)
def test_the_order_of_rows(keys: list[str], direction: str, expected: list[int]) -> None:
    assert _evaluate(f"sortedOrder({json.dumps(keys)}, {json.dumps(direction)})") == expected


@needs_node
@settings(max_examples=5, deadline=None)
@given(st.lists(st.lists(st.integers(-(10**6), 10**6).map(str), max_size=20), max_size=20))
def test_numbers_are_sorted_as_python_sorts_them(columns: list[list[str]]) -> None:
    found = _evaluate(f'{json.dumps(columns)}.map((keys) => sortedOrder(keys, "descending"))')
    assert found == [
        sorted(range(len(keys)), key=[-int(key) for key in keys].__getitem__) for keys in columns
    ]


@needs_node
@pytest.mark.parametrize(
    ("now", "first", "expected"),
    [
        pytest.param(None, "descending", "descending", id="another column begins as it says"),
        pytest.param("descending", "descending", "ascending", id="the same column turns"),
        pytest.param("ascending", "descending", "descending", id="and turns again"),
    ],
)
def test_the_direction_after_a_click(now: str | None, first: str, expected: str) -> None:
    assert _evaluate(f"nextDirection({json.dumps(now)}, {json.dumps(first)})") == expected


@needs_node
@pytest.mark.parametrize(
    ("text", "severity", "account", "expected"),
    [
        pytest.param("bob", "", "", False, id="a word that it does not have"),
        pytest.param("alice bob", "", "", False, id="one of two words"),
        pytest.param("", "low", "", False, id="another severity"),
        pytest.param("", "", "1", False, id="an account whose number only begins so"),
        pytest.param("alice", "low", "12", False, id="one of three does not fit"),
        pytest.param("", "", "", True, id="no filter"),
        pytest.param("  ALICE  key ", "", "", True, id="words in any order and case"),
        pytest.param("alice", "high", "12", True, id="all that there is"),
    ],
)
def test_what_is_shown(text: str, severity: str, account: str, *, expected: bool) -> None:
    item = {"severity": "high", "accounts": "0 12", "text": "key disabled\nalice\n"}
    wanted = {"text": text, "severity": severity, "account": account}
    assert _evaluate(f"isShown({json.dumps(item)}, {json.dumps(wanted)})") is expected


# -------------------------------------------------------------------------------------- a browser

_ASK = """
const $ = (selector) => inside.querySelector(selector);
const rows = () => [...inside.querySelectorAll(".detections tbody tr")]
  .filter((row) => !row.hidden).map((row) => row.dataset.item);
const sorted = () => [...inside.querySelectorAll(".detections th")]
  .map((head) => head.getAttribute("aria-sort"));
const change = (name, value) => {
  $(`[name=${name}]`).value = value;
  $(".filters").dispatchEvent(new Event("input"));
};
const press = (element, key) =>
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const facts = { start: rows() };

$(".detections th:nth-child(1) button").click();
facts.severe = [rows(), sorted()];
$(".detections th:nth-child(1) button").click();
facts.turned = [rows(), sorted()[0]];

change("text", "alice");
facts.found = rows();
facts.status = $(".shown").textContent;
facts.lines = [...inside.querySelectorAll(".lines li")].map((line) => line.hidden);
facts.details = [...inside.querySelectorAll(".detection")].map((each) => each.hidden);
change("text", "");
change("severity", "low");
facts.low = rows();
change("severity", "");
facts.all = rows();

press($(".lines svg"), "ArrowRight");
press($(".lines svg"), "ArrowRight");
press($(".lines svg"), "ArrowRight");
facts.bar = $(".readout").textContent;
press($(".lines svg"), "Home");
facts.first = $(".readout").textContent;

$(".scheme").click();
facts.scheme = inside.documentElement.dataset.scheme;
facts.buttons = [...inside.querySelectorAll(".copy-button")].map((each) => each.textContent);
return facts;
"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_sorts_filters_and_shows_bars(tmp_path: Path) -> None:
    key, trail, sign_in = "key-disabled", "trail-stopped", "sign-in-failures"
    facts, console = ask_browser(to_html(SMALL), tmp_path, _ASK, 1280, dark=True)
    none = [None] * 6
    assert facts == {
        "start": [key, trail, sign_in],
        "severe": [[trail, key, sign_in], ["descending", *none]],
        "turned": [[sign_in, key, trail], "ascending"],
        "found": [key],
        "status": "1 of 3 detections and 2 of 3 listed notifications are shown. The figures of a "
        "detection are those of all its hits.",
        "lines": [False, True],
        "details": [False, True, True],
        "low": [sign_in],
        "all": [sign_in, key, trail],
        "bar": "Wed 2026-11-11: 1 notification",
        "first": "Tue 2026-11-03: 1 notification; 1 masked identity",
        "scheme": "light",
        "buttons": ["Copy the lines"],
    }
    assert console == []
