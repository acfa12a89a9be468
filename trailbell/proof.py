"""
Is a detection what it says it is?

In:    a catalogue, and the names of API calls.
Out:   a fault for each detection that cannot be read, has a slip in its pattern, is silent on an
       event it should fire on, fires on one it should not, or is not certain about one.
Never: an alarm deployed unproven. This runs in every build.
"""

import json
from collections.abc import Iterator

from trailbell import late
from trailbell.detection import Catalogue, Detection, Example
from trailbell.errors import ContentError, PatternError
from trailbell.pattern import Outcome
from trailbell.pattern.lint import Services, lint
from trailbell.validate import cache


def faults(catalogue: Catalogue, *, use_cache: bool = True) -> tuple[ContentError, ...]:
    """Everything that is wrong with a catalogue, detection by detection.

    A catalogue in which nothing is wrong is not proven again until something of it changes.
    """
    name = cache.key(map(_identity, catalogue), ["proof"])
    if use_cache and cache.load(name) == ():
        return ()
    services: Services = late.module("trailbell.service").ServiceModels()
    found = tuple(fault for detection in catalogue for fault in _faults(detection, services))
    if not found:
        cache.save(name, ())
    return found


def _identity(detection: Detection) -> str:
    """All of a detection that its proof depends on."""
    examples = [[vars(example) for example in each] for each in (detection.fires, detection.silent)]
    accepts, threshold = sorted(detection.accepts), detection.timing.threshold
    return json.dumps([detection.id, detection.text, accepts, threshold, examples])


def divisible(catalogue: Catalogue) -> tuple[ContentError, ...]:
    """What is wrong with detections that were tuned: longer patterns, higher thresholds.

    A tuned pattern is the proven one with more conditions, so it is silent where that is silent.
    """
    return tuple(fault for detection in catalogue for fault in _unusable(detection))


def _unusable(detection: Detection) -> Iterator[ContentError]:
    try:
        detection.filter_pattern  # noqa: B018 - it is read to see whether it can be
        parts = detection.parts
    except PatternError as error:
        yield _fault(detection, f"has a pattern that is not usable: {error}", "mend it")
        return
    if detection.timing.threshold > 1 and not parts.disjoint:
        yield _fault(
            detection,
            "is so long that it takes several filters, and an event may match two of them",
            "ring at one event (threshold = 1), or leave conditions out",
        )


def _faults(detection: Detection, services: Services) -> Iterator[ContentError]:
    unusable = [*_unusable(detection)]
    yield from unusable
    if unusable:
        return
    pattern = detection.filter_pattern
    for finding in lint(pattern, services):
        if finding.id != "too-long" and finding.id not in detection.accepts:
            yield _fault(
                detection,
                f"has a slip in its pattern, {finding.id}, at character {finding.start + 1}: "
                f"{finding.reason}",
                f"{finding.fix}; or say in accepts why it is right here",
            )
    for unknown in set(detection.accepts) - {finding.id for finding in lint(pattern, services)}:
        yield _fault(detection, f"accepts {unknown}, which is not found", "leave it out")
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
