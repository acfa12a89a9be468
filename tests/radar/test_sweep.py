"""Every operation with an effect is detected, dismissed, or a finding."""

import pytest

from trailbell.radar.effects import Effect
from trailbell.radar.services import effects_of_service
from trailbell.radar.sweep import (
    Dismissal,
    DismissalFinding,
    Fault,
    Sweep,
    Target,
    sweep,
    targets_of,
)


def _dismissal(*operations: str, **fields: object) -> Dismissal:
    facts = {"reason": "It is harmless.", "date": "2026-11-26", "location": "radar.toml:1"}
    return Dismissal("guardduty", operations, **{**facts, **fields})  # type: ignore[arg-type] # of any type


_DELETE = Target("guardduty", "DeleteDetector", Effect.DELETE)
_FILTER = Target("guardduty", "DeleteFilter", Effect.DELETE)
_OPERATIONS = {"guardduty": ["ListFilters", "DeleteFilter", "DeleteDetector"]}


def _detected(target: Target) -> str | None:
    return "threat-detection-disabled" if target == _DELETE else None


@pytest.mark.parametrize(
    ("service", "of_catalog", "effects"),
    [
        pytest.param("polly", (), set(), id="a service that is not watched has none"),
        pytest.param(
            "ram",
            (),
            {Effect.SHARE, Effect.GRANT, Effect.EXPORT},
            id="of one that shares, what gives something away",
        ),
        pytest.param(
            "ram", ("ram",), {*Effect} - {Effect.SUPPRESS, Effect.CHANGE}, id="and what ends it"
        ),
        pytest.param(
            "polly",
            ("polly",),
            {*Effect} - {Effect.SUPPRESS, Effect.CHANGE},
            id="of one that the catalog names, all but changes",
        ),
        pytest.param("guardduty", (), {*Effect}, id="of one that guards, all"),
        pytest.param("logs", ("logs",), {*Effect}, id="of one that records, all"),
    ],
)
def test_the_effects_that_count(
    service: str, of_catalog: tuple[str, ...], effects: set[Effect]
) -> None:
    assert effects_of_service(service, of_catalog) == effects


def test_an_effect_that_does_not_count_gives_way_to_one_that_does() -> None:
    operations = {"kms": ["CreateTrustedEntitySet", "UpdateAlias", "CreateKey"]}
    assert [*targets_of(operations, ("kms",))] == [
        Target("kms", "CreateTrustedEntitySet", Effect.GRANT)
    ]


def test_an_operation_is_detected_dismissed_or_a_finding() -> None:
    dismissal = _dismissal("DeleteFilter")
    operations = {**_OPERATIONS, "shield": ["DeleteProtection"], "polly": ["DeleteLexicon"]}
    assert sweep(operations, (), _detected, [dismissal]) == Sweep(
        covered={_DELETE: "threat-detection-disabled"},
        dismissed={_FILTER: dismissal},
        unknown=(Target("shield", "DeleteProtection", Effect.DELETE),),
        dismissal_findings=(),
    )


@pytest.mark.parametrize(
    ("dismissals", "findings"),
    [
        pytest.param([_dismissal("DeleteF*")], [], id="a pattern that is true"),
        pytest.param(
            [_dismissal("Delete*", without=("DeleteDetector",))], [], id="without what is detected"
        ),
        pytest.param(
            [_dismissal("DeleteFilter"), _dismissal("*", is_shipped=True)],
            [],
            id="those of Trailbell are not for this project to correct",
        ),
        pytest.param(
            [_dismissal("DeleteFilters")],
            [("DeleteFilters", Fault.NO_OPERATION, ())],
            id="no such operation",
        ),
        pytest.param(
            [_dismissal("DeleteFilter", "ListFilters")],
            [("ListFilters", Fault.NO_OPERATION, ())],
            id="an operation without an effect",
        ),
        pytest.param(
            [_dismissal("DeleteFilter", without=("DeleteIPSet",))],
            [("DeleteIPSet", Fault.NO_OPERATION, ())],
            id="without an operation that there is not",
        ),
        pytest.param(
            [_dismissal("Delete*")],
            [("Delete*", Fault.COVERED, ("DeleteDetector (threat-detection-disabled)",))],
            id="a pattern that matches a detected operation",
        ),
        pytest.param(
            [_dismissal("DeleteFilter", "DeleteDetector")],
            [("DeleteDetector", Fault.COVERED, ("DeleteDetector (threat-detection-disabled)",))],
            id="an operation that is detected by now",
        ),
        pytest.param(
            [_dismissal("DeleteFilter"), _dismissal("DeleteFil*")],
            [("DeleteFil*", Fault.TWICE, ("DeleteFilter",))],
            id="dismissed twice",
        ),
    ],
)
def test_a_dismissal_must_be_true(
    dismissals: list[Dismissal], findings: list[tuple[str, Fault, tuple[str, ...]]]
) -> None:
    swept = sweep(_OPERATIONS, (), _detected, dismissals)
    assert swept.dismissal_findings == tuple(
        DismissalFinding(dismissals[-1], name, fault, related) for name, fault, related in findings
    )
    assert swept.has_findings is bool(findings)


def test_what_a_dismissal_leaves_out_is_not_dismissed() -> None:
    dismissal = _dismissal("Delete*", without=("DeleteFilter",))
    swept = sweep(_OPERATIONS, (), lambda _: None, [dismissal])
    assert (swept.dismissed, swept.unknown) == ({_DELETE: dismissal}, (_FILTER,))


def test_a_dismissal_of_another_service_dismisses_nothing() -> None:
    swept = sweep({"shield": ["DeleteFilter"]}, (), _detected, [_dismissal("DeleteFilter")])
    assert (swept.unknown, [finding.fault for finding in swept.dismissal_findings]) == (
        (Target("shield", "DeleteFilter", Effect.DELETE),),
        [Fault.NO_OPERATION],
    )
