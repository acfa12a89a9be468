"""
Is a detection what it says it is?

In:    a catalogue, and the names of API calls.
Out:   a fault for each detection that cannot be read, has a slip in its pattern, is silent on an
       event it should fire on, fires on one it should not, or is not certain about one.
Never: an alarm deployed unproven. This runs in every build.
"""

import json
from collections.abc import Iterator

from trailbell.detection import Catalogue, Detection, Example
from trailbell.errors import ContentError, PatternError
from trailbell.pattern import Outcome


def faults(catalogue: Catalogue) -> tuple[ContentError, ...]:
    """Everything that is wrong with a catalogue, detection by detection."""
    return tuple(fault for detection in catalogue for fault in _faults(detection))


def _faults(detection: Detection) -> Iterator[ContentError]:
    try:
        detection.filter_pattern  # noqa: B018 - reading it is the first proof
    except PatternError as error:
        yield _fault(detection, f"cannot be read: {error}", "mend the pattern")
        return
    for example in detection.fires:
        yield from _compared(detection, example, Outcome.MATCH, "is silent on")
    for example in detection.silent:
        yield from _compared(detection, example, Outcome.NO_MATCH, "fires on")


def _compared(
    detection: Detection, example: Example, wanted: Outcome, otherwise: str
) -> Iterator[ContentError]:
    explained = detection.filter_pattern.explain(json.dumps(example.event))
    if explained.outcome == wanted:
        return
    does = "is not certain about" if explained.outcome == Outcome.UNCERTAIN else otherwise
    yield _fault(
        detection, f"{does} the event {example.what!r}", f"mend pattern or event\n{explained}"
    )


def _fault(detection: Detection, found: str, expected: str) -> ContentError:
    return ContentError(str(detection.place), f"detection {detection.id} {found}", expected)
