"""What is proposed for noisy detections, what is held back, and that all figures are exact."""

from datetime import timedelta

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replay.tuning.records import (
    ADMINISTRATOR,
    DEPLOYER,
    MALLORY,
    MONDAY,
    catalog,
    counting,
    create_user,
    daily,
    deploy,
    detection,
    hits_of,
    in_account,
    month,
    night,
    role,
    tune,
)
from trailbell.catalog.detection import Detection, Severity
from trailbell.replay.alarm.clock import count, ring_all
from trailbell.replay.alarm.delivery import TYPICAL
from trailbell.replay.catalog import replay_detection
from trailbell.replay.model import Range, Share
from trailbell.replay.tuning.change import Count, Exclusion, with_changes
from trailbell.replay.tuning.model import HeldBack, Limits, Proposal, TunedDetection, Tuning
from trailbell.samples import Event, Identity, identity_center_user

_DEPLOYER_ARN = "arn:aws:iam::111122223333:role/cicd/Deployer"
_ADMINISTRATOR_ARN = "arn:aws:iam::111122223333:role/Administrator"
_MALLORY_ARN = "arn:aws:iam::111122223333:user/mallory"
_DEPLOYER = Exclusion("roles", _DEPLOYER_ARN)
_ADMINISTRATOR = Exclusion("roles", _ADMINISTRATOR_ARN)
_BURST = (
    "it has events on 1 day only (2026-11-14), fewer than 3; a burst may be an attack, so look at "
    "it first"
)
_VERBATIM = (
    "compliance scanners compare its pattern verbatim, so nothing can be excluded; its tuned twin, "
    "if it has one, can have exclusions"
)
_GUARD = (
    "it guards the alarms or reports leaked credentials, so nothing is excluded unless "
    "--include-guards is given"
)
_HIGH = (
    "its severity is high: a threshold above 1 would miss a single event, and a longer period the "
    "second attacker"
)
_NO_COUNT = "no threshold and period that were tried are enough without losing an identity"
_ADDRESS = (
    "an address is no identity, and this one is not in trusted_addresses; stolen credentials could "
    "be used from it"
)
_STOLEN = (
    "events of it come from 203.0.113.9 on fewer than 3 days, unlike all others; its credentials "
    "may be stolen"
)
_MALLORY = HeldBack(
    change=Exclusion("principal_arns", _MALLORY_ARN),
    silenced=5,
    notifications=Range(64, 64, 64),
    reason=_BURST,
)


def _only(tuning: Tuning) -> TunedDetection:
    (tuned,) = tuning.detections
    return tuned


def _changes(tuning: Tuning) -> list[str]:
    return [str(change) for _, change in tuning.proposals]


def _reasons(tuning: Tuning) -> list[tuple[str, str]]:
    return [
        (str(held_back.change or ""), held_back.reason)
        for tuned in tuning.detections
        for held_back in tuned.held_back
    ]


def test_a_quiet_detection_is_not_tuned() -> None:
    tuning = tune(catalog(detection()), daily(DEPLOYER, (9,), range(0, 28, 7)))
    assert (tuning.detections, tuning.quiet) == ((), 1)


def test_a_month_with_a_pipeline_a_person_and_an_attack() -> None:
    tuning = tune(catalog(detection()), month(), limits=Limits(per_week=2))
    working_days = [MONDAY + timedelta(days=day) for day in range(28) if day % 7 < 5]
    assert _only(tuning) == TunedDetection(
        detection=replay_detection(detection(), {}),
        hits=69,
        before=Range(69, 69, 69),
        after=Range(5, 5, 5),
        proposals=(
            Proposal(
                change=_DEPLOYER,
                notifications=Range(9, 9, 9),
                silenced=60,
                events=(Share("CreateUser", 60),),
                unreported=(Share(_DEPLOYER_ARN, 60),),
                days=tuple(f"{day:%Y-%m-%d}" for day in working_days),
                notes=(),
            ),
            Proposal(
                change=_ADMINISTRATOR,
                notifications=Range(5, 5, 5),
                silenced=4,
                events=(Share("CreateUser", 4),),
                unreported=(Share(_ADMINISTRATOR_ARN, 4),),
                days=("2026-11-04", "2026-11-11", "2026-11-18", "2026-11-25"),
                notes=(),
            ),
        ),
        held_back=(_MALLORY,),
        is_within_limit=True,
    )


@pytest.mark.parametrize(
    ("written", "reasons"),
    [
        pytest.param(
            detection(verbatim=True),
            [
                _VERBATIM,
                _NO_COUNT,
            ],
            id="from a pattern that scanners compare",
        ),
        pytest.param(
            detection(packs=("guards",)),
            [
                _GUARD,
                _NO_COUNT,
            ],
            id="from a detection that guards the alarms",
        ),
        pytest.param(
            detection(reports_leaked_credentials=True, severity=Severity.HIGH),
            [
                _GUARD,
                _HIGH,
            ],
            id="from one that reports leaked credentials, nor is it counted if severity is high",
        ),
    ],
)
def test_nothing_is_excluded(written: Detection, reasons: list[str]) -> None:
    tuning = tune(catalog(written), month())
    assert (_changes(tuning), _reasons(tuning)) == ([], [("", reason) for reason in reasons])
    assert not _only(tuning).is_within_limit


def test_guards_are_tuned_on_request() -> None:
    limits = Limits(per_week=3, include_guards=True)
    tuning = tune(catalog(detection(packs=("guards",))), month(), limits=limits)
    assert _changes(tuning) == [str(_DEPLOYER)]


@pytest.mark.parametrize(
    ("events", "held_back"),
    [
        pytest.param(
            night(MALLORY, 12),
            [(f'exclude = {{ principal_arns = ["{_MALLORY_ARN}"] }}', _BURST)],
            id="a burst of one night",
        ),
        pytest.param(
            [*daily(ADMINISTRATOR, (9, 15)), *night(ADMINISTRATOR)],
            [
                (
                    str(_ADMINISTRATOR),
                    _STOLEN,
                ),
            ],
            id="routine whose credentials were used from another address in one night",
        ),
        pytest.param(
            [*daily({"type": "Unknown"}, (9, 15)), *night({"type": "Unknown"})],
            [
                (
                    'exclude = { source_ips = ["192.0.2.44"] }',
                    _ADDRESS,
                ),
                ('exclude = { source_ips = ["203.0.113.9"] }', _BURST),
            ],
            id="callers without a name, from addresses that are not known",
        ),
        pytest.param(
            daily(role("cicd/Deployer-2"), (9, 15)),
            [
                (
                    'exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer-2"] }',
                    'it would hide the sample event "by a role"',
                )
            ],
            id="the role of a sample event",
        ),
    ],
)
def test_what_is_held_back(events: list[Event], held_back: list[tuple[str, str]]) -> None:
    tuning = tune(catalog(detection(severity=Severity.HIGH)), events)
    reasons = [each for each in _reasons(tuning) if each[0]]
    assert reasons == held_back
    assert not any(change in _changes(tuning) for change, _ in held_back)


def test_a_broad_exclusion_does_not_hide_the_burst_of_someone_else() -> None:
    """The address is trusted and its events recur, but an attack also came from it."""
    events = [*daily({"type": "Unknown"}, (9, 15)), *night(MALLORY)]
    at_office = [{**event, "sourceIPAddress": "192.0.2.44"} for event in events]
    settings = '[catalog]\ntrusted_addresses = ["192.0.2.*"]'
    tuning = tune(catalog(detection(severity=Severity.HIGH)), at_office, settings)
    assert _changes(tuning) == []
    assert dict(_reasons(tuning))['exclude = { source_ips = ["192.0.2.44"] }'] == (
        f"it would also silence {_MALLORY_ARN}, with events on fewer than 3 days, which may be an "
        "attack"
    )


def test_a_trusted_address_is_proposed() -> None:
    settings = '[catalog]\ntrusted_addresses = ["192.0.2.*"]'
    tuning = tune(catalog(detection()), daily({"type": "Unknown"}, (9, 15)), settings)
    assert _changes(tuning) == ['exclude = { source_ips = ["192.0.2.44"] }']


_ACCOUNTS = tuple(f"{number + 100000000000}" for number in range(10))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(
            daily(DEPLOYER, (9,)),
            ['exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer"] }'],
            id="a role of one account by its ARN, not by its name",
        ),
        pytest.param(
            [e for each in _ACCOUNTS for e in in_account(daily(DEPLOYER, (9,)), each)],
            ['exclude = { roles = ["/cicd/Deployer"] }'],
            id="the same role in many accounts by its path",
        ),
        pytest.param(
            [
                e
                for number, each in enumerate(_ACCOUNTS)
                for e in in_account(daily(role(f"unit-{number}/Deployer"), (9,)), each)
            ],
            ['exclude = { roles = ["Deployer"] }'],
            id="a name on many paths by the name",
        ),
        pytest.param(
            [*daily(role("A"), (9,)), *daily(role("B"), (9,))],
            [
                'exclude = { roles = ["arn:aws:iam::111122223333:role/A"] }',
                'exclude = { roles = ["arn:aws:iam::111122223333:role/B"] }',
            ],
            id="two roles in the same minutes, each of which alone removes nothing",
        ),
        pytest.param(
            [e for n in range(12) for e in daily(role(f"R{n}"), (n,), range(28))],
            [],
            id="of many small causes none, if the limit is not reached",
        ),
    ],
)
def test_the_narrowest_few_exclusions_are_proposed(
    events: list[Event], expected: list[str]
) -> None:
    assert _changes(tune(catalog(detection(severity=Severity.HIGH)), events)) == expected


@pytest.mark.parametrize(
    ("written", "events", "expected"),
    [
        pytest.param(
            detection(severity=Severity.HIGH), night(MALLORY, 12), [], id="high severity: nothing"
        ),
        pytest.param(
            detection(),
            [*night(MALLORY, 12), *night(role("Other"), 4, 50)[1:3]],
            [],
            id="a longer period that would hide the burst of another: nothing",
        ),
        pytest.param(
            detection(), night(MALLORY, 12), ["period = 3600"], id="a burst of one identity"
        ),
        pytest.param(
            counting(3),
            [
                create_user(MALLORY, MONDAY + timedelta(minutes=10 * number, seconds=seconds))
                for number in range(24)
                for seconds in (0, 20, 40)
            ],
            ["period = 900"],
            id="a counting detection: a longer period first",
        ),
    ],
)
def test_what_a_burst_changes(written: Detection, events: list[Event], expected: list[str]) -> None:
    assert _changes(tune(catalog(written), events)) == expected


def _pairs(by: Identity, hours: int) -> list[Event]:
    """Every so many hours two events in a minute, on each day."""
    times = (MONDAY + timedelta(hours=hours * number) for number in range(28 * 24 // hours))
    return [create_user(by, time + timedelta(seconds=s)) for time in times for s in (0, 20)]


def test_a_counting_detection_gets_a_higher_threshold() -> None:
    """Callers without a name cannot be excluded, and their pairs are hours apart."""
    tuning = tune(catalog(counting(2)), _pairs({"type": "Unknown"}, 6))
    assert [change for _, change in tuning.proposals] == [Count(threshold=4)]
    (proposal,) = _only(tuning).proposals
    assert proposal.unreported == (Share("Unknown", 224),)


def test_a_threshold_does_not_hide_a_burst_of_one_day() -> None:
    at_four = [MONDAY + timedelta(hours=4, seconds=seconds) for seconds in (0, 20)]
    attack = [create_user(MALLORY, time) for time in at_four]
    events = [*_pairs({"type": "Unknown"}, 6), *attack]
    tuning = tune(catalog(counting(2)), events)
    assert _changes(tuning) == []
    assert dict(_reasons(tuning))[""] == (
        f"a higher threshold could hide {_MALLORY_ARN}, with events on fewer than 3 days, and no "
        "longer period is enough"
    )


def test_a_threshold_is_not_learned_from_an_attack() -> None:
    """Larger thresholds would still report it, once."""
    hours = [MONDAY + timedelta(days=12, hours=hour) for hour in range(0, 24, 2)]
    bursts = (range(20 if number == 5 else 2) for number in range(12))
    events = [
        create_user(MALLORY, hour + timedelta(seconds=second))
        for hour, burst in zip(hours, bursts, strict=True)
        for second in burst
    ]
    assert _changes(tune(catalog(counting(2)), events)) == []
    assert _changes(tune(catalog(counting(2)), events, limits=Limits(recurring=1))) != []


@pytest.mark.parametrize(
    ("caller", "note"),
    [
        pytest.param(DEPLOYER, (), id="none on a pipeline"),
        pytest.param(
            MALLORY,
            ("This is a user: with its access key, or its password, anyone can act as it.",),
            id="a user",
        ),
        pytest.param(
            identity_center_user("carol"),
            ("This is a role of people, who sign in with IAM Identity Center.",),
            id="a role of people",
        ),
        pytest.param(
            role("Partner", account="123456789012"),
            ("It is in 123456789012, which is not in own_accounts.",),
            id="a role of an account that is not known",
        ),
    ],
)
def test_what_to_look_at(caller: Identity, note: tuple[str, ...]) -> None:
    (proposal,) = _only(tune(catalog(detection()), daily(caller, (9,)))).proposals
    assert proposal.notes == note


def test_what_else_the_identity_does_and_from_where() -> None:
    events = [
        create_user(DEPLOYER, MONDAY + timedelta(days=day), f"192.0.2.{day}") for day in range(28)
    ]
    written = catalog(detection(), detection("hijacks", severity=Severity.HIGH))
    first = tune(written, events).detections[-1]
    assert first.detection.id == "users"
    assert [proposal.notes for proposal in first.proposals] == [
        (
            "The same identity also fires hijacks (high).",
            "Its events come from 28 addresses.",
        )
    ]


@hypothesis.settings(max_examples=40)
@given(
    events=st.lists(
        st.builds(
            create_user,
            st.sampled_from((DEPLOYER, ADMINISTRATOR, MALLORY)),
            st.integers(0, 28 * 24 * 12 - 1).map(lambda n: MONDAY + timedelta(minutes=5 * n)),
        ),
        min_size=1,
        max_size=30,
        unique_by=lambda event: event["eventID"],
    ),
    threshold=st.sampled_from((1, 2)),
    recurring=st.sampled_from((1, 3)),
)
def test_settings_with_the_proposals_give_the_figures_that_were_announced(
    events: list[Event], threshold: int, recurring: int
) -> None:
    written = catalog(counting(threshold))
    tuning = tune(written, events, limits=Limits(per_week=0.5, recurring=recurring))
    settings = with_changes("# Ours.\n", tuning.proposals, "trailbell.toml")
    deployed, _ = deploy(written, settings)
    (again,) = deployed
    hits, alarm = list(hits_of(deployed, events)), replay_detection(again, {})
    _, figures = ring_all(alarm, hits, {}, per_account=True)
    assert count(alarm, hits, {}, TYPICAL, per_account=True) == figures.typical
    announced = [tuned.after for tuned in tuning.detections]
    assert announced in ([figures], [])
    for tuned in tuning.detections:
        assert tuned.after.typical <= tuned.before.typical
