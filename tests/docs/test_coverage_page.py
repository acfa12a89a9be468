"""The page of techniques: what is counted, and the events that prove it."""

from tests.coverage.frameworks import CATALOG, OF_EACH_STATE
from trailbell.coverage.evaluate import evaluate_framework
from trailbell.docs.coverage_page import coverage_page

_TABLES = """\
| Techniques | Visible | Detected | Low severity only | Opt-in | Not detected | Needs data events | Not visible |
| --- | --- | --- | --- | --- | --- | --- | --- |
| [A Framework](#a-framework) | 4 | 1 | 1 | 1 | 1 | 1 | 1 |

## A Framework

From <https://example.com/>, version 19.2. Of 6 techniques, 4 are visible in management events, and 1 of these is detected.

| Technique | State | Detections that fire, and events | Notes |
| --- | --- | --- | --- |
| [T1 One](https://example.com/T1/) | detected | [`high`](packs/tamper.md#high) (high): `DisableKey`; no detection: `ListKeys` |  |
| [T2 Two](https://example.com/T2/) | low severity only | [`low`](packs/tamper.md#low) (low): `CreateKey` | Harmless. |
| [T3 Three](https://example.com/T3/) | opt-in | [`option`](packs/tamper.md#option) (high, opt-in): `DisableKey` | Noise. |
| [T4 Four](https://example.com/T4/) | not detected | no detection: `ListKeys` | Routine. [`high`](packs/tamper.md#high) detects more. |
| [T5 Five](https://example.com/T5/) | needs data events | [`high`](packs/tamper.md#high) (high, data events): `DisableKey` | Data. |
| [T6 Six](https://example.com/T6/) | not visible |  | Traffic. |

Detections also name techniques of other platforms, which are not counted above:

| Technique | State | Detections that fire, and events | Notes |
| --- | --- | --- | --- |
| [T7 Seven](https://example.com/T7/) | detected | [`medium`](packs/tamper.md#medium) (medium, 5 in 300 s): `DeleteKey` |  |

## Named without a record

Detections name, but no record proves: T9.

## Opt-in detections

Settings must enable them, for the reasons in the last column.

| Detection | Fires if | False positives and limits |
| --- | --- | --- |
| [`option`](packs/tamper.md#option) | Something happened. | Everything. |
"""  # noqa: E501 - the rows of a table are compared as they are


def test_the_page_counts_what_records_prove() -> None:
    covered = evaluate_framework(OF_EACH_STATE, CATALOG)
    page = coverage_page([(OF_EACH_STATE, covered)], ["T9"], CATALOG)
    head, _, tables = page.partition("the permission of The MITRE Corporation")
    assert head.startswith("# Coverage\n\n<!-- Generated from detections/coverage/ by")
    assert tables.partition("\n\n")[2] == _TABLES


def test_nothing_is_named_without_a_record() -> None:
    page = coverage_page([], [], CATALOG)
    assert "Named without a record" not in page
