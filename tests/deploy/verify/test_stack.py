"""What is said about a stack as a whole: status, template, parameters, protection, drift."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from tests.deploy.conftest import Deployer, source
from tests.deploy.fake import Fault
from tests.deploy.verify.conftest import Watched
from tests.deploy.verify.watched_stack import HEALTHY, TEMPLATE
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.verify.discrepancy import Discrepancy
from trailbell.deploy.verify.read_actions import read_actions
from trailbell.deploy.verify.read_back import readable_types
from trailbell.deploy.verify.stack import verify
from trailbell.diff.judgment.read_back import FindingKind
from trailbell.errors import CredentialsError


def changed(logical_id: str, **properties: Any) -> dict[str, Any]:
    """The template with other properties of one resource."""
    template: dict[str, Any] = json.loads(json.dumps(TEMPLATE))
    template["Resources"][logical_id]["Properties"] |= properties
    return template


def test_a_stack_that_does_not_exist_is_a_fault(deployer: Deployer) -> None:
    target = StackToDeploy(source=source(), options=StackSettings(stack_name="alerts"))
    assert verify(deployer.session, target) == (
        Discrepancy(text="Stack alerts is not deployed in us-east-1."),
    )


def test_missing_credentials_are_an_error(watched: Watched) -> None:
    watched.deployer.fake.fault("DescribeStacks", Fault.EXPIRED)
    with pytest.raises(CredentialsError):
        watched.verify()


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        pytest.param(
            "DescribeStacks",
            "Could not be read: DescribeStacks: User is not authorized to perform it",
            id="the stack",
        ),
        pytest.param(
            "GetTemplate",
            "The deployed template could not be read: GetTemplate returned nothing, or the "
            "permission cloudformation:GetTemplate is missing. Resources are compared with dist/.",
            id="the template",
        ),
        pytest.param(
            "ListStackResources",
            "Could not be read: ListStackResources: User is not authorized to perform it",
            id="the resources",
        ),
        pytest.param(
            "DetectStackDrift",
            "Drift could not be detected: DetectStackDrift: User is not authorized to perform it",
            id="drift",
        ),
    ],
)
def test_what_cannot_be_read_of_a_stack_is_a_fault(
    watched: Watched, operation: str, expected: str
) -> None:
    watched.deployer.fake.fault(operation, Fault.DENIED)
    assert watched.problems(drift=True) == [("", expected)]


@pytest.mark.parametrize("operation", sorted({operation for operation, _ in HEALTHY}))
def test_what_cannot_be_read_of_a_resource_is_a_fault(watched: Watched, operation: str) -> None:
    watched.account.deny(operation)
    text = f"Could not be read: {operation}: User is not authorized to perform it"
    problems = watched.problems()
    assert problems
    assert {problem for _, problem in problems} == {text}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps(TEMPLATE, indent=4), id="as JSON"),
        pytest.param(yaml.safe_dump(json.loads(json.dumps(TEMPLATE))), id="as YAML"),
    ],
)
def test_a_template_is_compared_by_meaning(watched: Watched, text: str) -> None:
    watched.stack.template = text
    assert watched.problems() == []


@pytest.mark.parametrize(
    "dump",
    [pytest.param(json.dumps, id="as JSON"), pytest.param(yaml.safe_dump, id="as YAML")],
)
def test_a_template_that_differs_names_the_resources(watched: Watched, dump: Any) -> None:
    watched.stack.template = dump(changed("Alarm", Threshold=1000))
    watched.account.change("DescribeAlarms", "watch-iam", "MetricAlarms.0.Threshold", 1000.0)
    assert watched.problems() == [
        ("", "The deployed template differs from dist/ in Alarm. Deploy the stack.")
    ]


def test_the_order_of_a_list_in_a_template_matters(watched: Watched) -> None:
    """The branches of Fn::If are exchanged."""
    branches = [TEMPLATE["Resources"]["Alarm"]["Properties"]["Threshold"], 9]
    watched.stack.template = changed("Alarm", Threshold={"Fn::If": ["HasEmail", *branches]})
    exchanged = changed("Alarm", Threshold={"Fn::If": ["HasEmail", *branches[::-1]]})
    assert watched.problems(document=exchanged) == [
        ("", "The deployed template differs from dist/ in Alarm. Deploy the stack.")
    ]


def test_an_operation_that_aws_does_not_have_is_a_remark(watched: Watched) -> None:
    """There can be no mute rules in a Region without ListAlarmMuteRules."""
    watched.account.errors["ListAlarmMuteRules"] = "InvalidAction"
    assert watched.problems() == []
    text = "Could not be read: ListAlarmMuteRules: InvalidAction"
    assert ("remark", "Alarm", text) in watched.verify()


def test_a_template_that_cannot_be_parsed_is_a_fault(watched: Watched) -> None:
    watched.stack.template = "Resources: ["
    [(logical_id, text)] = watched.problems()
    assert (logical_id, text[:42]) == ("", "The deployed template could not be read: t")


def test_resources_are_compared_with_the_deployed_parameters(watched: Watched) -> None:
    watched.stack.parameters["Threshold"] = "1000"
    assert watched.problems() == [("Alarm", 'Threshold is 5, not "1000".')]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({"Threshold": "5"}, [], id="the same"),
        pytest.param(
            {"Threshold": "1"},
            [("", 'Parameter Threshold is "5"; in the settings, it is "1".')],
            id="another value",
        ),
    ],
)
def test_parameters_are_compared_with_the_settings(
    watched: Watched, settings: Mapping[str, str], expected: list[tuple[str, str]]
) -> None:
    assert watched.problems(parameters=settings) == expected


def test_termination_protection_that_is_off_is_to_do(watched: Watched) -> None:
    watched.stack.protected = False
    text = (
        "Termination protection is off: deploy the stack with Trailbell, or run aws cloudformation "
        "update-termination-protection --enable-termination-protection --stack-name watch."
    )
    assert [entry for entry in watched.verify() if entry[0] != "remark"] == [("to do", "", text)]
    assert watched.problems(termination_protection=None) == []
    assert watched.problems(termination_protection=False) == []


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        pytest.param('{ "Statement": [] }', [], id="the same with other spaces"),
        pytest.param(
            "", [("", "The stack policy of the settings is not set.")], id="there is none"
        ),
        pytest.param(
            '{"Statement": [{"Effect": "Allow"}]}',
            [("", "The stack policy differs from that of the settings.")],
            id="another one",
        ),
    ],
)
def test_the_stack_policy_is_compared_with_the_settings(
    watched: Watched, actual: str, expected: list[tuple[str, str]]
) -> None:
    watched.stack.policy = actual
    assert watched.problems(stack_policy='{"Statement":[]}') == expected


def test_a_stack_that_was_rolled_back_is_a_fault(watched: Watched) -> None:
    watched.stack.state = "UPDATE_ROLLBACK_COMPLETE"
    assert watched.problems() == [
        ("", "Stack status is UPDATE_ROLLBACK_COMPLETE: the last update was rolled back.")
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(
            "DELETE_COMPLETE", "The resource is in the template but not deployed.", id="gone"
        ),
        pytest.param("UPDATE_FAILED", "The resource status is UPDATE_FAILED.", id="failed"),
    ],
)
def test_a_resource_of_any_type_must_be_deployed(
    watched: Watched, status: str, expected: str
) -> None:
    template = json.loads(json.dumps(TEMPLATE))
    template["Resources"]["Setting"] = {"Type": "AWS::SSM::Parameter"}
    watched.stack.template = template
    watched.stack.resources.append(("Setting", "AWS::SSM::Parameter", status))
    assert watched.problems(document=template) == [("Setting", expected)]


def test_a_type_that_is_not_read_back_is_a_remark(watched: Watched) -> None:
    template = json.loads(json.dumps(TEMPLATE))
    template["Resources"]["Setting"] = {"Type": "AWS::SSM::Parameter"}
    watched.stack.template = template
    watched.stack.resources.append(("Setting", "AWS::SSM::Parameter", "CREATE_COMPLETE"))
    text = "AWS::SSM::Parameter is not read back; drift detection compares it: Setting."
    assert ("remark", "", text) in watched.verify(document=template)


def test_a_resource_whose_condition_does_not_hold_is_not_missing(watched: Watched) -> None:
    watched.stack.parameters["Email"] = ""
    watched.stack.resources = [entry for entry in watched.stack.resources if entry[0] != "Mail"]
    subscriptions = watched.account.answers["ListSubscriptionsByTopic", _topic()]["Subscriptions"]
    del subscriptions[0]
    assert watched.problems() == []


def _topic() -> str:
    return next(name for operation, name in HEALTHY if operation == "ListSubscriptionsByTopic")


def test_drift_names_what_was_changed_and_repeats_nothing(watched: Watched) -> None:
    watched.account.remove("DescribeAlarms", "watch-iam")
    watched.deployer.fake.drift = [
        _drift("Alarm", "DELETED"),
        _drift(
            "Query",
            "MODIFIED",
            PropertyDifferences=[
                {
                    "PropertyPath": "/Tags/0/Value",
                    "ExpectedValue": "x",
                    "ActualValue": "y",
                    "DifferenceType": "NOT_EQUAL",
                }
            ],
        ),
    ]
    assert watched.problems(drift=True) == [
        ("Alarm", "The resource was deleted outside CloudFormation."),
        ("Query", "The resource was changed outside CloudFormation: Tags.0.Value is y, not x"),
    ]


def _drift(name: str, status: str, **more: Any) -> dict[str, Any]:
    return {
        "StackId": "arn:stack",
        "LogicalResourceId": name,
        "ResourceType": "AWS::SSM::Parameter",
        "StackResourceDriftStatus": status,
        "Timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        **more,
    }


def test_each_call_is_made_once(watched: Watched) -> None:
    watched.verify()
    calls = [(operation, json.dumps(request)) for operation, request in watched.account.requests]
    assert len(calls) == len(set(calls))


def test_filters_are_read_from_their_log_group(watched: Watched) -> None:
    """Without logGroupName, the prefix is not used, and 50 filters of any group are returned.

    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html
    """
    watched.verify()
    [request] = [r for name, r in watched.account.requests if name == "DescribeMetricFilters"]
    assert request == {"logGroupName": "watch-group", "filterNamePrefix": "watch-iam"}


def test_all_pages_are_read(watched: Watched) -> None:
    answers = watched.account.answers
    filters = answers["DescribeMetricFilters", "watch-group"]
    others = [{"filterName": f"watch-iam-{n}", "logGroupName": "watch-group"} for n in range(50)]
    pages = [{"metricFilters": others, "nextToken": "2"}, filters]
    watched.account.pages["DescribeMetricFilters", "watch-group"] = pages
    assert watched.problems() == []


def test_the_actions_are_those_of_the_declared_reads(watched: Watched) -> None:
    """Every operation that is called is declared, under the service that is called."""
    watched.verify()
    declared = {
        operation.name for module in readable_types().values() for operation in module.READS
    }
    assert {operation for operation, _ in watched.account.requests} <= declared
    assert read_actions(["AWS::S3::BucketPolicy", "AWS::Lambda::Permission"]) == (
        "lambda:GetPolicy",
        "s3:GetBucketPolicy",
    )


def test_only_remarks_are_no_problem() -> None:
    kinds = {kind: Discrepancy(text="x", kind=kind).is_problem for kind in FindingKind}
    assert kinds == {FindingKind.FAULT: True, FindingKind.TO_DO: True, FindingKind.REMARK: False}
