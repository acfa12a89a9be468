"""
One scan for two catalogs.

In:    the detections of both; a function that collects the hits of detections.
Out:   what it collected, once for each catalog.
Never: an evaluation for each catalog. A pattern that both have is evaluated once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from trailbell.pattern import FilterPattern
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected, Hit

Collect = Callable[[Sequence[ReplayDetection]], Collected]
_Key = tuple[FilterPattern, bool]


def collect_both(
    before: Sequence[ReplayDetection], after: Sequence[ReplayDetection], collect: Collect
) -> tuple[Collected, Collected]:
    """The hits of the detections of both catalogs, with one call of ``collect``."""
    scanned = _distinct(before, after)
    collected = collect(tuple(scanned.values()))
    return _of(before, scanned, collected), _of(after, scanned, collected)


def _distinct(
    before: Sequence[ReplayDetection], after: Sequence[ReplayDetection]
) -> Mapping[_Key, ReplayDetection]:
    """A detection for each pattern. Messages name it, so that it has the ID of the catalog."""
    scanned: dict[_Key, ReplayDetection] = {}
    for detection in after:
        scanned.setdefault(_key(detection), detection)
    names = {detection.id for detection in scanned.values()}
    for detection in before:
        name = f"{detection.id} (before)" if detection.id in names else detection.id
        scanned.setdefault(_key(detection), replace(detection, id=name))
    return scanned


def _key(detection: ReplayDetection) -> _Key:
    """What decides about hits: equal trees, unless the spelling makes one of them uncertain."""
    pattern = detection.filter_pattern
    return pattern, bool(pattern.ambiguities)


def _of(
    detections: Sequence[ReplayDetection],
    scanned: Mapping[_Key, ReplayDetection],
    collected: Collected,
) -> Collected:
    """What was collected for these detections, by their own IDs."""
    names: dict[str, list[str]] = {}
    for detection in detections:
        names.setdefault(scanned[_key(detection)].id, []).append(detection.id)
    uncertain: Counter[str] = Counter()
    for scanned_name, count in collected.uncertain.items():
        for name in names.get(scanned_name, ()):
            uncertain[name] += count
    hits = (_renamed(hit, name) for hit in collected.hits for name in names.get(hit.detection, ()))
    return replace(collected, hits=tuple(hits), uncertain=dict(uncertain))


def _renamed(hit: Hit, name: str) -> Hit:
    return hit if hit.detection == name else replace(hit, detection=name)
