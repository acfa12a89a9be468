"""What a change makes of a detection, and when it is refused."""

import pytest

from tests.replay.tuning.records import (
    ADMINISTRATOR,
    DEPLOYER,
    MONDAY,
    catalog,
    create_user,
    deploy,
    detection,
)
from trailbell.catalog.detection import Example
from trailbell.pattern import Outcome
from trailbell.replay.tuning.change import Change, Count, Exclusion, Refusal, refusal, with_changes

_DEPLOYER = Exclusion("roles", "/cicd/Deployer")


def _refusal(changes: list[Change], settings: str = "") -> Refusal | None:
    deployed, deployment = deploy(catalog(detection(), detection("others")), settings)
    return refusal(deployed.get("users"), deployment, changes)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            Exclusion("roles", "/cicd/Deployer-2"),
            Refusal('it would hide the sample event "by a role"'),
            id="a role in a sample event",
        ),
        pytest.param(
            Exclusion("roles", "Deploy*"),
            Refusal('it would hide the sample event "by a role"'),
            id="a beginning of it",
        ),
        pytest.param(
            Exclusion("source_ips", "192.0.2.1"),
            Refusal('it would hide the sample event "by a user"'),
            id="the address of a sample event",
        ),
        pytest.param(
            Exclusion("events", "CreateUser"),
            Refusal('the settings refuse it: the exclusions exclude every event of "users"'),
            id="all that it fires on",
        ),
        pytest.param(
            Exclusion("events", "CreateRole"),
            Refusal(
                "the settings refuse it: ($.eventName NOT EXISTS) || ($.eventName IS NULL) || "
                '($.eventName != "CreateRole") excludes nothing that this detection matches'
            ),
            id="an event on which it does not fire",
        ),
        pytest.param(
            Exclusion("services", "autoscaling"),
            Refusal('the settings refuse it: invalid value "autoscaling"'),
            id="what no record can hold",
        ),
        pytest.param(_DEPLOYER, None, id="a role in no sample event"),
        pytest.param(Count(5, 600), None, id="a threshold, which is no matter of one event"),
    ],
)
def test_what_is_refused(change: Change, expected: Refusal | None) -> None:
    assert _refusal([change]) == expected


def test_a_pattern_that_is_too_long_is_refused_for_good() -> None:
    changes: list[Change] = [Exclusion("roles", f"/ops/{'x' * 60}{n}") for n in range(10, 20)]
    refused = _refusal(changes)
    assert refused is not None
    assert refused.is_full
    assert refused.reason.startswith(
        "with it, detection users has a pattern that is not valid: the pattern has 1,"
    )


def test_a_sample_that_the_settings_exclude_already_is_not_hidden_again() -> None:
    settings = '[catalog.detection.users]\nexclude = { roles = ["/cicd/Deployer-2"] }'
    assert _refusal([Exclusion("roles", "/cicd/Deployer*")], settings) is None


def test_changes_are_added_to_the_settings_in_use() -> None:
    settings = """
        [catalog]
        exclude = { source_ips = ["192.0.2.9"] }
        [catalog.detection.users]
        exclude = { roles = ["/cicd/Builder"], services = ["ssm.amazonaws.com"] }
        period = 600
    """
    _, deployment = deploy(catalog(detection()), settings)
    changes: list[Change] = [_DEPLOYER, Exclusion("roles", "Administrator"), Count(threshold=5)]
    written = with_changes(settings, [("users", change) for change in changes], "trailbell.toml")
    (expected,) = deploy(catalog(detection()), written)[0]
    tuned = deployment.tune("users", changes)
    assert (tuned.pattern, tuned.timing) == (expected.pattern, expected.timing)
    assert (tuned.timing.threshold, tuned.timing.period) == (5, 600)


def test_a_log_alarm_stays_one() -> None:
    _, deployment = deploy(
        catalog(detection(), detection("others")), '[catalog]\nlog_alarms = ["others", "medium"]'
    )
    assert deployment.tune("users", [_DEPLOYER]).log_alarm


def test_other_callers_still_count() -> None:
    _, deployment = deploy(catalog(detection()), "")
    pattern = deployment.tune("users", [_DEPLOYER]).filter_pattern
    assert [pattern.test_record(create_user(by, MONDAY)) for by in (DEPLOYER, ADMINISTRATOR)] == [
        Outcome.NO_MATCH,
        Outcome.MATCH,
    ]


def test_the_description_of_a_sample_event_is_as_it_is_written() -> None:
    samples = (Example("by the pipeline", create_user(DEPLOYER, MONDAY)), *detection().fires)
    deployed, deployment = deploy(catalog(detection(fires=samples)), "")
    assert refusal(deployed.get("users"), deployment, [_DEPLOYER]) == Refusal(
        'it would hide the sample event "by the pipeline"'
    )
