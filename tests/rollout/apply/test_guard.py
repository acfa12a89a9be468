"""A run stops when another process changes the StackSet."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_stack_sets import Cloud, FakeOperation
from tests.rollout.scenario import (
    CANARY,
    COMMANDS,
    NEXT_COMMANDS,
    REGIONS,
    A,
    B,
    C,
    D,
    E,
    Recorder,
    after,
    all_current,
    apply_rollout,
    before,
    built_template,
    current_stacks,
    deployed_cloud,
    make_plan,
    sessions,
)
from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.aws.stack_set import AccountRegion, StackSetDefinition
from trailbell.rollout.apply import apply
from trailbell.rollout.apply.definition_guard import definition_after, definition_differences
from trailbell.rollout.apply.result import RolloutResult, StageStatus
from trailbell.rollout.apply.stack_set_guard import read_known_operations
from trailbell.rollout.configuration.config import REST


def definition(cloud: Cloud) -> dict[str, Any]:
    assert cloud.definition is not None
    return cloud.definition


def foreign_operation(cloud: Cloud, action: str) -> None:
    cloud.operations.append(FakeOperation("theirs", action, [], {}, status="SUCCEEDED"))


def _other_template(cloud: Cloud) -> None:
    definition(cloud)["TemplateBody"] = built_template(7).text


def _other_parameter(cloud: Cloud) -> None:
    definition(cloud)["Parameters"] = [{"ParameterKey": "Email", "ParameterValue": "x@y.example"}]


def _another_tag(cloud: Cloud) -> None:
    definition(cloud)["Tags"] = [{"Key": "owner", "Value": "them"}]


def _auto_deployment(cloud: Cloud) -> None:
    definition(cloud)["AutoDeployment"] = {"Enabled": True, "RetainStacksOnAccountRemoval": True}


def _managed_execution(cloud: Cloud) -> None:
    definition(cloud)["ManagedExecution"] = {"Active": True}


def _deleted(cloud: Cloud) -> None:
    cloud.definition = None


CHANGES = [
    pytest.param(_other_template, "its template is another one", id="a template"),
    pytest.param(
        _other_parameter, 'parameter Email is "x@y.example" instead of ""', id="a parameter"
    ),
    pytest.param(_another_tag, 'tag owner is "them" instead of missing', id="a tag"),
    pytest.param(
        _auto_deployment, "its automatic deployment has other settings", id="automatic deployment"
    ),
    pytest.param(_managed_execution, "managed execution is on", id="managed execution"),
    pytest.param(_deleted, "it was deleted", id="deletion"),
    pytest.param(
        lambda cloud: foreign_operation(cloud, "DELETE"),
        "DELETE operation theirs is SUCCEEDED",
        id="an operation that leaves the definition as it is",
    ),
]


@pytest.mark.parametrize(("change", "text"), CHANGES)
@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("UpdateStackSet", id="at once after our request"),
        pytest.param("ListStackSetOperationResults", id="at the end of the first wave"),
    ],
)
def test_a_change_between_two_waves(
    operation: str, change: Callable[[Cloud], None], text: str
) -> None:
    if operation == "UpdateStackSet" and change is _deleted:
        return  # AWS rejects the deletion while the operation is running
    cloud = deployed_cloud(CANARY)
    after(cloud, operation, lambda _: change(cloud))
    run = apply_rollout(cloud, CANARY, built_template(2))
    assert [(s.name, s.status) for s in run.stages] == [
        ("canary", StageStatus.DONE),
        (REST, StageStatus.FAILED),
    ]
    assert run.stages[1].message == (
        'StackSet baseline: the plan for "baseline" is out of date: another process changed the '
        f"StackSet: {text}\n  Create a new plan."
    )
    assert cloud.requests("UpdateStackInstances") == []


def applied_after(
    change: Callable[[Cloud], None], text: str = CANARY
) -> tuple[RolloutResult, Cloud]:
    """Apply a plan that was shown before the change."""
    cloud = deployed_cloud(text)
    opened = sessions(cloud, text)
    known = read_known_operations(opened, Recorder())
    plan = make_plan(cloud, text, built_template(2))
    change(cloud)
    cloud.record.clear()
    run = apply.apply_plan(opened, plan, Recorder(), COMMANDS, known)
    return run, cloud


@pytest.mark.parametrize(("change", "text"), CHANGES)
def test_a_change_while_a_person_reads_the_plan(change: Callable[[Cloud], None], text: str) -> None:
    run, cloud = applied_after(change)
    assert [s.status for s in run.stages] == [StageStatus.FAILED, StageStatus.NOT_STARTED]
    assert text in run.stages[0].message
    written = cloud.requests("UpdateStackSet", "UpdateStackInstances", "CreateStackInstances")
    assert (written, run.next_commands) == ([], NEXT_COMMANDS)


def test_drift_detection_of_another_process_does_not_stop() -> None:
    run, _ = applied_after(lambda cloud: foreign_operation(cloud, "DETECT_DRIFT"))
    assert run.succeeded


def test_operations_of_automatic_deployment_do_not_stop() -> None:
    text = CANARY.replace("failure_tolerance", "auto_deployment = true\nfailure_tolerance")
    run, _ = applied_after(lambda cloud: foreign_operation(cloud, "CREATE"), text)
    assert run.succeeded


def test_the_list_of_operations_is_only_an_addition() -> None:
    cloud = deployed_cloud(CANARY)
    opened = sessions(cloud, CANARY)
    plan = make_plan(cloud, CANARY, built_template(2))
    known = read_known_operations(opened, Recorder())
    denied = ApiError("AccessDenied", "not authorized to perform ListStackSetOperations", 403)
    # The third reading is that of the guard, after two of running operations.
    after(
        cloud,
        "DescribeStackSet",
        lambda _: cloud.refusals.append(("ListStackSetOperations", denied)),
    )
    assert apply.apply_plan(opened, plan, Recorder(), None, known).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_a_running_operation_is_waited_for_and_its_change_stops_the_run() -> None:
    """It starts between our reading and our request, so AWS rejects the request."""
    cloud = deployed_cloud(CANARY)

    def colleague(_: dict[str, Any]) -> None:
        location = AccountRegion(B, REGIONS[0])
        operation = FakeOperation("theirs", "UPDATE", [location], {"OperationId": "theirs"})
        operation.results = {location: ("PENDING", "")}
        cloud.operations.append(operation)
        _other_template(cloud)

    before(cloud, "UpdateStackSet", colleague)
    run = apply_rollout(cloud, CANARY, built_template(2))
    assert (run.stages[0].status, "its template is another one" in run.stages[0].message) == (
        StageStatus.FAILED,
        True,
    )
    assert [operation.id for operation in cloud.operations][-1] == "theirs"


# ------------------------------------------------------------------------------- the comparison

BEFORE = StackSetDefinition(
    id="baseline:1",
    arn="",
    template=built_template().text,
    model="SERVICE_MANAGED",
    parameters={"Email": ""},
)
SECRET = built_template(1, Token={"Type": "String", "NoEcho": True}).text


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        pytest.param(BEFORE, BEFORE, id="the same"),
        pytest.param(
            BEFORE,
            StackSetDefinition(
                id="baseline:1",
                arn="arn",
                template=built_template().text.replace("\n", " "),
                model="SERVICE_MANAGED",
                units=("ou-ab12-00000001",),
                administration_role="arn:aws:iam::111122223333:role/aws-service-role/x",
            ),
            id="another layout, a default that is left out, and what AWS adds",
        ),
        pytest.param(
            StackSetDefinition(id="", arn="", template=SECRET, model="", parameters={"Token": "a"}),
            StackSetDefinition(
                id="new:1", arn="", template=SECRET, model="", parameters={"Token": "****"}
            ),
            id="the mask of a NoEcho parameter",
        ),
    ],
)
def test_what_is_no_difference(expected: StackSetDefinition, actual: StackSetDefinition) -> None:
    assert definition_differences(expected, actual) == ()


def test_a_stack_set_that_was_created_again_is_another_one() -> None:
    again = StackSetDefinition(id="baseline:2", arn="", template=BEFORE.template, model="")
    assert definition_differences(BEFORE, again) == ("it was deleted and created again",)


def test_roles_that_a_request_named_are_compared() -> None:
    sent = definition_after(
        BEFORE,
        {"AdministrationRoleARN": "arn:aws:iam::111122223333:role/A", "ExecutionRoleName": "E"},
        "",
    )
    other = definition_after(sent, {"ExecutionRoleName": "F"}, "")
    assert definition_differences(sent, other) == ('execution role is "F" instead of "E"',)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param({"OperationPreferences": {}}, BEFORE, id="nothing"),
        pytest.param(
            {
                "TemplateURL": "https://s3.invalid/b/k",
                "Parameters": [
                    {"ParameterKey": "Email", "UsePreviousValue": True},
                    {"ParameterKey": "Name", "ParameterValue": "n"},
                ],
                "Tags": [{"Key": "owner", "Value": "us"}],
                "ManagedExecution": {"Active": True},
                "AutoDeployment": {"Enabled": True, "RetainStacksOnAccountRemoval": True},
            },
            StackSetDefinition(
                id="baseline:1",
                arn="",
                template="the text",
                model="SERVICE_MANAGED",
                parameters={"Email": "", "Name": "n"},
                tags={"owner": "us"},
                managed_execution=True,
                automatic=AutoDeployment(enabled=True, retain=True),
            ),
            id="every member",
        ),
    ],
)
def test_the_definition_after_a_request(
    request_: dict[str, Any], expected: StackSetDefinition
) -> None:
    assert definition_after(BEFORE, request_, "the text") == expected
