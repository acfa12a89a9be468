"""What could be excluded, and that it silences exactly the events that the settings exclude."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.replay.tuning.records import (
    ADMINISTRATOR,
    DEPLOYER,
    MALLORY,
    MONDAY,
    catalog,
    create_user,
    deploy,
    detection,
    hits_of,
    role,
)
from trailbell.errors import SettingsError
from trailbell.pattern import Outcome
from trailbell.replay.tuning.candidate import Candidate, find_candidates, silenced_by
from trailbell.replay.tuning.change import Exclusion
from trailbell.samples import (
    Event,
    Identity,
    aws_service,
    federated_user,
    identity_center_user,
    root,
    service_linked_role,
)

_CALLERS: tuple[Identity, ...] = (
    *(DEPLOYER, ADMINISTRATOR, MALLORY, root(), federated_user("alice")),
    *(role("ops/Deployer"), role("cicd/Deployer", account="123456789012")),
    *(aws_service("ssm.amazonaws.com"), service_linked_role("AWSServiceRoleForSSO", "sso")),
    *(identity_center_user("carol"), {"type": "Unknown"}, {"arn": "", "type": "IAMUser"}),
)
_ADDRESSES = ("192.0.2.44", "198.51.100.7", "2001:db8::1", "cloudformation.amazonaws.com")
_EXCLUSIONS = (
    *(Exclusion("roles", value) for value in ("Deployer", "/cicd/Deployer", "/ops/*", "D*")),
    Exclusion("roles", "arn:aws:iam::111122223333:role/cicd/Deployer"),
    Exclusion("roles", "arn:aws:iam::111122223333:role/*"),
    *(
        Exclusion("principal_arns", f"arn:aws:{value}")
        for value in ("iam::111122223333:user/mallory", "sts::111122223333:assumed-role/Deployer/*")
    ),
    *(Exclusion("services", value) for value in ("ssm.amazonaws.com", "AWS Internal", "s*")),
    *(Exclusion("source_ips", value) for value in (*_ADDRESSES, "192.0.2.*", "2001:*")),
)


@given(
    events=st.lists(
        st.builds(
            create_user,
            st.sampled_from(_CALLERS),
            st.just(MONDAY),
            st.sampled_from(_ADDRESSES),
        ),
        max_size=8,
    ),
    exclusion=st.sampled_from(_EXCLUSIONS),
)
def test_hits_are_silenced_exactly_if_the_tuned_pattern_does_not_match(
    events: list[Event], exclusion: Exclusion
) -> None:
    deployed, deployment = deploy(catalog(detection()), "")
    hits = list(hits_of(deployed, events))
    pattern = deployment.tune("users", [exclusion]).filter_pattern
    assert silenced_by("users", exclusion, hits) == {
        position
        for position, event in enumerate(events)
        if pattern.test_record(event) is Outcome.NO_MATCH
    }


def _candidates(*events: Event) -> list[tuple[int, str, list[int]]]:
    hits = list(hits_of(catalog(detection()), events))
    return [
        (each.breadth, str(each.exclusion), sorted(each.silenced))
        for each in find_candidates("users", hits)
    ]


_SESSIONS = '"arn:aws:sts::111122223333:assumed-role/Deployer/*"'


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        pytest.param(root(), [], id="the root user is no candidate"),
        pytest.param(federated_user("alice"), [], id="nor is a name that the caller chose"),
        pytest.param({"type": "AWSAccount"}, [], id="nor is a caller without a name"),
        pytest.param(
            DEPLOYER,
            [
                (0, 'exclude = { roles = ["arn:aws:iam::111122223333:role/cicd/Deployer"] }', [0]),
                (1, 'exclude = { roles = ["/cicd/Deployer"] }', [0]),
                (2, 'exclude = { roles = ["Deployer"] }', [0]),
            ],
            id="a role: by its ARN, its path, its name",
        ),
        pytest.param(
            MALLORY,
            [(3, 'exclude = { principal_arns = ["arn:aws:iam::111122223333:user/mallory"] }', [0])],
            id="a user",
        ),
        pytest.param(
            {"arn": "arn:aws:sts::111122223333:assumed-role/Deployer/chosen"},
            [
                (
                    3,
                    f"exclude = {{ principal_arns = [{_SESSIONS}] }}",
                    [0],
                )
            ],
            id="a session without its role: all sessions of the role",
        ),
        pytest.param(
            aws_service("ssm.amazonaws.com"),
            [(4, 'exclude = { services = ["ssm.amazonaws.com"] }', [0])],
            id="a service",
        ),
    ],
)
def test_the_candidates_of_a_caller(
    caller: Identity, expected: list[tuple[int, str, list[int]]]
) -> None:
    of_every_event = [
        (5, 'exclude = { source_ips = ["192.0.2.44"] }', [0]),
        (6, 'exclude = { events = ["CreateUser"] }', [0]),
    ]
    assert _candidates(create_user(caller, MONDAY)) == [*expected, *of_every_event]


def test_a_value_that_settings_refuse_is_no_candidate() -> None:
    caller = role("ops/two words")
    kinds = {key for _, key, _ in _candidates(create_user(caller, MONDAY, "not an address"))}
    assert kinds == {'exclude = { events = ["CreateUser"] }'}


def test_days_are_those_of_the_events() -> None:
    events = [create_user(DEPLOYER, MONDAY.replace(day=day, hour=23)) for day in (4, 2, 4)]
    hits = list(hits_of(catalog(detection()), events))
    (first, *_) = find_candidates("users", hits)
    assert first == Candidate(
        Exclusion("roles", "arn:aws:iam::111122223333:role/cicd/Deployer"),
        0,
        frozenset({0, 1, 2}),
        ("2026-11-02", "2026-11-04"),
    )


def test_an_exclusion_that_settings_refuse_silences_nothing() -> None:
    hits = list(hits_of(catalog(detection()), [create_user(DEPLOYER, MONDAY)]))
    assert silenced_by("users", Exclusion("roles", "two words"), hits) == frozenset()
    with pytest.raises(SettingsError):
        deploy(catalog(detection()), "")[1].tune("users", [Exclusion("roles", "two words")])
