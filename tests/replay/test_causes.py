"""The loudest causes, each with its exclusion and what else that silences."""

from collections.abc import Iterable
from datetime import timedelta

from tests.replay.tuning.records import (
    ADMINISTRATOR,
    DEPLOYER,
    MONDAY,
    catalog,
    create_user,
    daily,
    deploy,
    detection,
    hits_of,
    month,
)
from trailbell.catalog.detection import Detection
from trailbell.replay.causes import loudest_causes
from trailbell.replay.hit import Collected
from trailbell.replay.model import Cause, Range
from trailbell.samples import Event


def _causes(
    events: Iterable[Event], *detections: Detection, settings: str = "", number: int = 5
) -> tuple[Cause, ...]:
    deployed, deployment = deploy(catalog(*detections), settings)
    collected = Collected(
        hits=tuple(hits_of(deployed, events)), arrivals={}, uncertain={}, left_out_kinds={}
    )
    return loudest_causes(deployed, deployment, collected, per_account=True, number=number)


def test_nothing_fires() -> None:
    assert _causes([], detection()) == ()


def test_each_cause_with_what_is_left() -> None:
    deployer, *others = _causes(month(), detection())
    assert deployer == Cause(
        detection="users",
        key="roles",
        value="arn:aws:iam::111122223333:role/cicd/Deployer",
        hits=60,
        notifications=Range(69, 69, 69),
        with_exclusion=Range(9, 9, 9),
        toml=(
            "[catalog.detection.users]\n"
            'exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer"] }'
        ),
        also_silences=("1 event: CreateUser (60)", "1 address: 192.0.2.44 (60)"),
    )
    assert [(cause.key, cause.value, cause.hits) for cause in others] == [
        ("principal_arns", "arn:aws:iam::111122223333:user/mallory", 5),
        ("roles", "arn:aws:iam::111122223333:role/Administrator", 4),
    ]


def test_the_only_event_of_a_detection_is_no_cause() -> None:
    """Without it, nothing of the detection is left."""
    both = [
        create_user(by, MONDAY + timedelta(days=day, hours=9, minutes=minute), address)
        for day in range(3)
        for by, minute, address in ((DEPLOYER, 0, "192.0.2.44"), (ADMINISTRATOR, 1, "192.0.2.10"))
    ]
    assert _causes(both, detection()) == ()


def test_only_the_loudest_are_named() -> None:
    assert [cause.hits for cause in _causes(month(), detection(), number=1)] == [60]


def test_several_identities_behind_one_address() -> None:
    both = [*daily(DEPLOYER, (9,), range(3)), *daily(ADMINISTRATOR, (9.01,), range(3))]
    (address,) = _causes(both, detection())
    assert (address.key, address.value, address.with_exclusion, address.also_silences) == (
        "source_ips",
        "192.0.2.44",
        Range(0, 0, 0),
        (
            "1 event: CreateUser (6)",
            (
                "2 identities: arn:aws:iam::111122223333:role/Administrator (3), "
                "arn:aws:iam::111122223333:role/cicd/Deployer (3)"
            ),
            "2 identities used this address.",
        ),
    )


def test_a_detection_that_guards_the_alarms_is_not_to_be_excluded_from() -> None:
    guard = detection("guard", packs=("guards",))
    (cause,) = _causes(daily(DEPLOYER, (9,), range(3)), guard)
    assert cause.refused == "it guards the alarms or reports leaked credentials"


def test_nothing_is_excluded_from_a_pattern_that_scanners_compare() -> None:
    assert _causes(daily(DEPLOYER, (9,), range(3)), detection(verbatim=True)) == ()


def test_what_would_hide_a_sample_event_is_refused() -> None:
    sample = detection().fires[0].event
    again = {**sample, "eventTime": f"{MONDAY:%Y-%m-%dT%H:%M:%SZ}"}
    (cause,) = _causes([again], detection())
    assert cause.refused == 'it would hide the sample event "by a user"'


def test_what_the_settings_exclude_already_is_no_cause() -> None:
    settings = '[catalog.exclude]\nroles = ["Deployer"]'
    assert [cause.hits for cause in _causes(month(), detection(), settings=settings)] == [5, 4]
