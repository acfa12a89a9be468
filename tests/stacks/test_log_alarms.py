"""Stacks with log alarms, which the default settings do not have."""

import json
from types import ModuleType
from typing import Any

import pytest

from stacks import (
    alerts,
    cis,
    dashboard,
    essentials_queries,
    exposure,
    security_alerts,
    stackset_roles,
    tamper,
)
from trailbell.build.project import load_project
from trailbell.catalog.detection import Catalog
from trailbell.catalog.log_alarm import log_alarm
from trailbell.compiler.compile import compile_stack
from trailbell.settings import parse
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.policy_evaluation import (
    PolicyRequest,
    PolicyStatement,
    list_statements,
    refusal,
)

_SETTINGS = '[catalog]\nlog_alarms = ["high", "medium", "low"]'


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_project(parse(_SETTINGS)).catalog


def _document(stack: ModuleType, catalog: Catalog) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(stack.STACK.template(catalog).to_dict()))
    return document


def _of_type(document: dict[str, Any], kind: str) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in document["Resources"].items()
        if resource["Type"] == kind
    }


def _import(name: str) -> dict[str, Any]:
    return {"Fn::ImportValue": {"Fn::Sub": f"${{InstallationName}}-{name}"}}


def test_a_log_alarm_with_a_threshold(catalog: Catalog) -> None:
    alarm = _of_type(_document(cis, catalog), "AWS::CloudWatch::LogAlarm")[
        "UnauthorizedApiCallsLogAlarm"
    ]
    assert alarm == {
        "AlarmName": {"Fn::Sub": "${InstallationName}-unauthorized-api-calls-log"},
        "AlarmDescription": alarm["AlarmDescription"],
        "ScheduledQueryConfiguration": {
            "QueryString": log_alarm(catalog.get("unauthorized-api-calls")).query,
            "AggregationExpression": "count(*) by who | sort desc",
            "LogGroupIdentifiers": [_import("LogGroupName")],
            "ScheduleConfiguration": {
                "ScheduleExpression": "rate(5 minutes)",
                "StartTimeOffset": 900,
                "EndTimeOffset": 600,
            },
            "ScheduledQueryRoleARN": {"Fn::GetAtt": ["LogAlarmRole", "Arn"]},
        },
        "QueryResultsToEvaluate": 1,
        "QueryResultsToAlarm": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 5,
        "TreatMissingData": "notBreaching",
        "ActionLogLineCount": 50,
        "ActionLogLineRoleArn": {"Fn::GetAtt": ["LogAlarmRole", "Arn"]},
        "AlarmActions": [_import("MediumTopicArn")],
    }


def test_placeholders_and_conditions_are_those_of_the_metric_alarm(catalog: Catalog) -> None:
    resource = _document(tamper, catalog)["Resources"]["LogFileDeletionLogAlarm"]
    query = resource["Properties"]["ScheduledQueryConfiguration"]["QueryString"]["Fn::Sub"]
    assert (resource["Condition"], query[0][-71:], [*query[1]]) == (
        "GuardsBucket",
        '"PutObjectRetention"] and record.requestParameters.bucketName = "${LogBucketName}")'[-71:],
        ["LogBucketName"],
    )


@pytest.mark.parametrize(
    "stack", [security_alerts, alerts, cis, tamper], ids=lambda stack: stack.STACK.name
)
def test_a_detection_has_one_alarm_of_either_form(stack: ModuleType, catalog: Catalog) -> None:
    document = _document(stack, catalog)
    detections = catalog.in_pack(stack.STACK.pack.name)
    log_alarms = _of_type(document, "AWS::CloudWatch::LogAlarm")
    metric_alarms = _of_type(document, "AWS::CloudWatch::Alarm")
    filters = _of_type(document, "AWS::Logs::MetricFilter")
    with_log_alarm = [d.logical_id for d in detections if d.log_alarm]
    without = [d.logical_id for d in detections if not d.log_alarm]
    assert with_log_alarm != []
    assert [*log_alarms] == [f"{name}LogAlarm" for name in with_log_alarm]
    assert [*filters] == [f"{name}Filter" for name in without]
    assert [n for n in without if f"{n}Alarm" not in metric_alarms] == []
    assert [n for n in with_log_alarm if f"{n}Alarm" in metric_alarms] == []


@pytest.mark.parametrize(
    ("stack", "log_group", "group"),
    [
        pytest.param(cis, _import("LogGroupName"), "Alerts", id="imported"),
        pytest.param(alerts, {"Ref": "LogGroupName"}, "Alerts", id="of the parameter"),
        pytest.param(security_alerts, {"Ref": "LogGroup"}, "Trail", id="of the stack"),
    ],
)
def test_the_role_is_for_the_log_group_and_has_a_boundary(
    stack: ModuleType, log_group: dict[str, Any], group: str, catalog: Catalog
) -> None:
    document = _document(stack, catalog)
    role = _of_type(document, "AWS::IAM::Role")["LogAlarmRole"]
    resources = [
        statement["Resource"]
        for policy in role["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${LogGroup}:*"
    assert resources == [[{"Fn::Sub": [arn, {"LogGroup": log_group}]}], ["*"]]
    assert role["PermissionsBoundary"]["Fn::If"][0] == "HasBoundary"
    form = document["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    groups = [
        each["Label"]["default"] for each in form if "PermissionsBoundary" in each["Parameters"]
    ]
    assert groups == [group]


def test_the_dashboard_shows_log_alarms_and_no_metric_of_theirs(catalog: Catalog) -> None:
    text = json.dumps(_document(dashboard, catalog))
    assert ("${Alarm}iam-changes-log" in text, "${Alarm}iam-changes\\" in text) == (True, False)
    assert ('\\"IamChanges\\"' in text.replace("\\\\", "\\"), "RootAccountUse" in text) == (
        False,
        True,
    )


def test_the_dashboard_of_log_alarms_only_has_no_counts(catalog: Catalog) -> None:
    only = Catalog(tuple(d for d in catalog if d.log_alarm), catalog.packs)
    text = json.dumps(_document(dashboard, only))
    assert "Events of pack" not in text


def test_saved_queries_stay(catalog: Catalog) -> None:
    """A person who investigates searches longer than a log alarm does."""
    written = load_project(parse("")).catalog
    assert _document(essentials_queries, catalog) == _document(essentials_queries, written)


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param('log_alarms = ["high", "medium", "low"]', id="all severities"),
        pytest.param(
            'log_alarms = ["high", "medium", "low"]\nexclude = { roles = ["Deployer"] }',
            id="all severities, and a role is excluded",
        ),
        pytest.param(
            'log_alarms = ["high"]\n'
            'exclude = { roles = ["Deployer", "terraform-*", "AnotherAutomation"] }',
            id="one severity, and three roles are excluded",
        ),
    ],
)
@pytest.mark.parametrize(
    "stack", [security_alerts, alerts, exposure, tamper], ids=lambda stack: stack.STACK.name
)
def test_a_template_with_log_alarms_needs_no_bucket(stack: ModuleType, settings: str) -> None:
    compiled = compile_stack(stack.STACK, load_project(parse(f"[catalog]\n{settings}")).catalog)
    assert max(len(compiled.json.encode()), len(compiled.yaml.encode())) <= 51_200


_ACCOUNT = "111122223333"
_PLACE = f"us-east-1:{_ACCOUNT}"
_ROLE = f"arn:aws:iam::{_ACCOUNT}:role/StackSet-trailbell-cis-0a1b-LogAlarmRole-1ABC"
_OTHER_GROUP = f"arn:aws:logs:{_PLACE}:log-group:existing-trail:*"


def _statements(catalog: Catalog, logical_id: str) -> list[PolicyStatement]:
    document = _document(stackset_roles, catalog)
    scope = Scope(
        parameters={"AdministratorAccountId": _ACCOUNT, "LogGroupArns": _OTHER_GROUP},
        pseudo={"AWS::AccountId": _ACCOUNT, "AWS::Partition": "aws"},
    )
    properties = Evaluator(document, scope).value(document["Resources"][logical_id]["Properties"])
    return [*list_statements(properties["PolicyDocument"])]


@pytest.mark.parametrize(
    ("action", "resource", "service", "allowed"),
    [
        pytest.param(
            "cloudwatch:PutLogAlarm",
            f"arn:aws:cloudwatch:{_PLACE}:alarm:payroll",
            None,
            False,
            id="another alarm",
        ),
        pytest.param("iam:PassRole", _ROLE, "lambda.amazonaws.com", False, id="another service"),
        pytest.param(
            "cloudwatch:PutLogAlarm",
            f"arn:aws:cloudwatch:{_PLACE}:alarm:security-alerts-iam-changes-log",
            None,
            True,
            id="a log alarm of the installation",
        ),
        pytest.param("iam:PassRole", _ROLE, "logs.amazonaws.com", True, id="CloudWatch Logs"),
        pytest.param("iam:PassRole", _ROLE, "cloudwatch.amazonaws.com", True, id="CloudWatch"),
        pytest.param(
            "logs:CreateScheduledQuery",
            f"arn:aws:logs:{_PLACE}:scheduled-query:0a1b",
            None,
            True,
            id="a scheduled query",
        ),
    ],
)
def test_stack_sets_can_deploy_log_alarms(
    catalog: Catalog, action: str, resource: str, service: str | None, *, allowed: bool
) -> None:
    request = PolicyRequest(
        action=action, resource=resource, context={"iam:passedtoservice": service}
    )
    assert (refusal(_statements(catalog, "LogAlarmsPolicy"), request) == "") is allowed


@pytest.mark.parametrize(
    ("action", "resource", "allowed"),
    [
        pytest.param(
            "logs:StartQuery",
            f"arn:aws:logs:{_PLACE}:log-group:payroll:*",
            False,
            id="another group",
        ),
        pytest.param(
            "logs:StartQuery",
            f"arn:aws:logs:{_PLACE}:log-group:StackSet-trailbell-trail-0a1b-LogGroup-1:*",
            True,
            id="the log group of a stack",
        ),
        pytest.param("logs:GetQueryResults", _OTHER_GROUP, True, id="the log group of a parameter"),
        pytest.param("logs:StopQuery", "*", True, id="stop a query"),
    ],
)
def test_the_boundary_of_roles_allows_queries(
    catalog: Catalog, action: str, resource: str, *, allowed: bool
) -> None:
    request = PolicyRequest(action=action, resource=resource, context={})
    assert (refusal(_statements(catalog, "RoleBoundary"), request) == "") is allowed


def test_without_log_alarms_stack_sets_have_no_permission_for_them() -> None:
    text = json.dumps(_document(stackset_roles, load_project(parse("")).catalog))
    assert [word for word in ("LogAlarm", "StartQuery", "ScheduledQuery") if word in text] == []
