"""One scan for two catalogs."""

from collections.abc import Sequence
from dataclasses import replace

from tests.replay.hits import detection, hit
from trailbell.pattern import FilterPattern, parse
from trailbell.replay.comparison.sides import collect_both
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected

_USER = parse('{ $.eventName = "CreateUser" }')
_USER_OTHERWISE_WRITTEN = parse('{$.eventName="CreateUser"}')
_USER_UNCERTAIN = replace(_USER, ambiguities=(object(),))  # type: ignore[arg-type] # any will do
_ROLE = parse('{ $.eventName = "CreateRole" }')


def _named(name: str, pattern: FilterPattern = _USER) -> ReplayDetection:
    return replace(detection(), id=name, filter_pattern=pattern)


def _collected(*names: str, uncertain: dict[str, int] | None = None) -> Collected:
    return Collected(
        hits=tuple(hit(number, number, detection=name) for number, name in enumerate(names)),
        arrivals={},
        uncertain=uncertain or {},
        left_out_kinds={},
        records=7,
    )


def _scan(
    before: Sequence[ReplayDetection], after: Sequence[ReplayDetection], found: Collected
) -> tuple[list[str], Collected, Collected]:
    """The IDs that are scanned, and what each catalog gets."""
    scanned: list[str] = []

    def collect(detections: Sequence[ReplayDetection]) -> Collected:
        scanned.extend(each.id for each in detections)
        return found

    return scanned, *collect_both(before, after, collect)


def test_a_pattern_of_both_is_evaluated_once() -> None:
    scanned, before, after = _scan(
        [_named("a", _USER_OTHERWISE_WRITTEN)], [_named("a")], _collected("a", "a")
    )
    assert (scanned, before, after) == (["a"], _collected("a", "a"), _collected("a", "a"))


def test_another_pattern_with_the_same_id_is_evaluated_for_its_catalog() -> None:
    scanned, before, after = _scan(
        [_named("a", _ROLE)],
        [_named("a")],
        _collected("a", "a (before)", uncertain={"a (before)": 3}),
    )
    assert scanned == ["a", "a (before)"]
    assert before == replace(_collected(uncertain={"a": 3}), hits=(hit(1, 1, detection="a"),))
    assert after == replace(_collected(), hits=(hit(0, 0, detection="a"),))


def test_a_detection_with_another_id_gets_the_hits_of_its_pattern() -> None:
    scanned, before, after = _scan(
        [_named("former")], [_named("a"), _named("b")], _collected("a", uncertain={"a": 1})
    )
    assert (scanned, before, after) == (
        ["a"],
        _collected("former", uncertain={"former": 1}),
        replace(
            _collected("a", uncertain={"a": 1, "b": 1}),
            hits=(hit(0, 0, detection="a"), hit(0, 0, detection="b")),
        ),
    )


def test_an_uncertain_spelling_is_another_pattern() -> None:
    scanned, *_ = _scan([_named("a", _USER_UNCERTAIN)], [_named("a")], _collected())
    assert scanned == ["a", "a (before)"]


def test_a_removed_detection_is_scanned_by_its_id() -> None:
    scanned, before, after = _scan([_named("a", _ROLE)], [_named("b")], _collected("a", "b"))
    assert scanned == ["b", "a"]
    assert before == replace(_collected(), hits=(hit(0, 0, detection="a"),))
    assert after == replace(_collected(), hits=(hit(1, 1, detection="b"),))
