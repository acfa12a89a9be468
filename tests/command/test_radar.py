"""``trailbell radar``: operations of the SDK that nothing detects, for people and machines."""

import json

import pytest

from tests.command.conftest import Project

pytestmark = pytest.mark.slow
_MEMBERS = ["botocore", "operations", "new_services", "wrong_decisions"]
_DISMISSAL = """
[[dismiss]]
service = "guardduty"
operations = ["StopMonitoringMembers"]
reason = "A test."
date = 2026-11-26
"""


def test_an_operation_that_is_detected_is_shown_with_its_event(pristine: Project) -> None:
    done = pristine.run("radar", "guardduty:StopMonitoringMembers")
    assert (done.code, done.err) == (0, "")
    head, state, title, *event = done.out.splitlines()
    assert [head, state, title] == [
        "guardduty:StopMonitoringMembers (stop, guards)",
        "  detected by threat-detection-disabled",
        "  An event that fires it:",
    ]
    record = json.loads("\n".join(event))
    assert (record["eventName"], record["requestParameters"]) == (
        "StopMonitoringMembers",
        {"detectorId": "example", "accountIds": ["example"]},
    )


def test_for_machines(pristine: Project) -> None:
    done = pristine.run("radar", "guardduty:DeleteDetector", "kms:DisableKey", "--json")
    result = json.loads(done.out)
    assert (done.code, done.err, [*result]) == (0, "", _MEMBERS)
    services = {operation["service"] for operation in result["operations"]}
    assert services == {"guardduty", "kms"}
    last = result["operations"][-1]
    event = last.pop("event")
    assert last == {
        "service": "kms",
        "operation": "DisableKey",
        "effect": "disable",
        "purpose": "shares",
        "state": "detected",
        "detection": "kms-key-disabled-or-deleted",
    }
    assert event["requestParameters"] == {"keyId": "example"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param(
            "guardduti",
            'unknown watched service "guardduti"; did you mean "guardduty"?',
            id="a service",
        ),
        pytest.param(
            "guardduty:DeleteDetectors",
            'unknown watched operation "DeleteDetectors"; did you mean "DeleteDetector"?',
            id="an operation",
        ),
    ],
)
def test_an_unknown_name_is_an_error(pristine: Project, name: str, message: str) -> None:
    done = pristine.run("radar", name)
    assert (done.code, done.out, done.err) == (2, "", f"error: {message}\n")


def test_only_detections_that_are_deployed_count_if_asked(pristine: Project) -> None:
    """The project deploys the essentials alone."""
    done = pristine.run("radar", "guardduty:StopMonitoringMembers", "--deployed")
    assert (done.code, done.out.splitlines()[1]) == (1, "  neither detected nor dismissed")


def test_dismissals_of_the_project_must_be_true(project: Project) -> None:
    project.write("radar.toml", _DISMISSAL)
    done = project.run("radar")
    problem = (
        'radar.toml:2: "StopMonitoringMembers" of guardduty matches an operation that a detection '
        "covers: StopMonitoringMembers (threat-detection-disabled); remove it, or add the "
        "operation to without"
    )
    assert (done.code, done.err) == (1, "")
    assert problem in done.out.splitlines()


def test_a_wrong_dismissal_costs_no_other(project: Project) -> None:
    project.write("radar.toml", f"{_DISMISSAL}{_DISMISSAL.replace('date', 'day')}")
    done = project.run("radar")
    known = "known: date, operations, reason, service, without"
    error = f'error: radar.toml:8: has the unknown key "day"; {known}\n'
    assert (done.code, done.err) == (2, error)
    assert "radar.toml:2" in done.out
