"""Properties of every stack in ``dist/``."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from cfnlint.helpers import REGIONS

from tests import PROJECT
from trailbell.dist import manifest

_DOCUMENTS: dict[str, dict[str, Any]] = {
    stack: json.loads((PROJECT / "dist" / entry.json.name).read_bytes())
    for stack, entry in manifest.read(PROJECT / "dist").stacks.items()
}
_STACK = pytest.mark.parametrize("document", _DOCUMENTS.values(), ids=_DOCUMENTS)


@dataclass(frozen=True)
class _Row:
    """A parameter of a stack."""

    name: str
    parameter: dict[str, Any]
    form: dict[str, Any]


_PARAMETER = pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            _Row(name, parameter, document["Metadata"]["AWS::CloudFormation::Interface"]),
            id=f"{stack} {name}",
        )
        for stack, document in _DOCUMENTS.items()
        for name, parameter in document.get("Parameters", {}).items()
    ],
)


def _of_type(document: dict[str, Any], *kinds: str) -> dict[str, dict[str, Any]]:
    return {k: r for k, r in document["Resources"].items() if r["Type"] in kinds}


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for member in value.values():
                yield from _strings(member)
        case list():
            for member in value:
                yield from _strings(member)


# ------------------------------------------------------------------------------ parameters

_REQUIRED = {
    "LogGroupName": "the log group exists already, under a name of the customer",
    "AdministratorAccountId": "the administrator account differs between customers",
    "ArchiveKeyArn": "log files without a KMS key fail a control, so they are to be a decision",
    "ArchiveBucketName": "the log bucket is created by another stack",
    "DestinationArn": "a domain or collection costs hundreds of dollars a month",
    "OrganizationId": "in stacks that are for organizations only",
    "HubBusArn": "the event bus is in another account",
    "ManagementAccountId": "in the log archive account, which does not own the trail",
}
"""Parameters without a default value, and the reason."""


@_PARAMETER
def test_a_parameter_has_a_default_or_a_reason_for_none(row: _Row) -> None:
    assert "Default" in row.parameter or row.name in _REQUIRED


@_PARAMETER
def test_a_parameter_has_a_description_and_a_constraint(row: _Row) -> None:
    bounds = {"AllowedValues", "AllowedPattern", "MinValue"} & set(row.parameter)
    required = {"Type", "Description", "ConstraintDescription"}
    assert (required - set(row.parameter), bool(bounds)) == (set(), True)


@_PARAMETER
def test_the_texts_of_a_parameter_fit_the_console(row: _Row) -> None:
    """The console shows plain text. CloudFormation appends the constraint to its error message."""
    description = row.parameter["Description"]
    assert re.fullmatch(r"[A-Z][^`*\n]{,198}\.", description)
    assert re.match(r"must (be|have) .*[^.]$", row.parameter["ConstraintDescription"])


@_PARAMETER
def test_a_default_meets_the_constraints(row: _Row) -> None:
    parameter = row.parameter
    if "Default" not in parameter:
        return
    default = parameter["Default"]
    assert re.fullmatch(parameter.get("AllowedPattern", ".*"), str(default))
    assert default in row.parameter.get("AllowedValues", [default])
    assert len(str(default)) >= int(parameter.get("MinLength", 0))
    if parameter["Type"] == "Number":
        assert parameter.get("MinValue", default) <= default <= parameter.get("MaxValue", default)


@_PARAMETER
def test_a_parameter_has_one_group_and_a_label(row: _Row) -> None:
    groups = [g for g in row.form["ParameterGroups"] if row.name in g["Parameters"]]
    assert (len(groups), bool(row.form["ParameterLabels"][row.name]["default"])) == (1, True)


@_STACK
def test_groups_and_labels_name_existing_parameters(document: dict[str, Any]) -> None:
    form = document["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = {name for group in form["ParameterGroups"] for name in group["Parameters"]}
    assert (grouped, set(form["ParameterLabels"])) == (set(document.get("Parameters", {})),) * 2


# ------------------------------------------------------------------------------ names and ARNs

_NAMES = {
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::MetricFilter": "FilterName",
    "AWS::Logs::QueryDefinition": "Name",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
}
_ONCE_IN_AN_ACCOUNT = {
    '{"Ref": "AdministrationRoleName"}',
    '{"Ref": "ExecutionRoleName"}',
    '{"Fn::Sub": "${InstallationName}-role-boundary"}',
}
"""Names in stackset-roles, which is deployed in one Region of an account."""
_GLOBAL_TYPES = {"AWS::CloudWatch::Dashboard", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"}
"""Types whose names are unique in the account, not only in one Region."""


@_STACK
def test_a_name_is_unique_to_the_installation(document: dict[str, Any]) -> None:
    fixed = {}
    for logical_id, resource in _of_type(document, *_NAMES).items():
        name = json.dumps(resource["Properties"].get(_NAMES[resource["Type"]]))
        from_installation = "${InstallationName}" in name
        optional = name.startswith('{"Fn::If"') or name == "null" or name in _ONCE_IN_AN_ACCOUNT
        regional = resource["Type"] not in _GLOBAL_TYPES or "AWS::Region" in name
        if not (optional or (from_installation and regional)):
            fixed[logical_id] = name
    assert fixed == {}


@_STACK
def test_the_name_of_a_multi_region_trail_contains_its_region(document: dict[str, Any]) -> None:
    """A multi-Region trail occupies its name in all Regions, so two trails need two names."""
    for trail in _of_type(document, "AWS::CloudTrail::Trail").values():
        assert trail["Properties"]["TrailName"] == {
            "Fn::Sub": "${InstallationName}-${TrailName}-${AWS::Region}"
        }


@_STACK
def test_a_template_has_no_literal_partition_account_or_region(document: dict[str, Any]) -> None:
    regions = "|".join(sorted(REGIONS, key=len, reverse=True))
    literal = re.compile(rf"\barn:aws|(?<!\d)\d{{12}}(?!\d)|\b({regions})\b|\.amazonaws\.com\.cn")
    sections = (document["Resources"], document.get("Outputs", {}), document.get("Conditions", {}))
    assert [text for text in _strings(list(sections)) if literal.search(text)] == []


# ------------------------------------------------------------------------------ alarms


@_STACK
def test_only_the_heartbeat_notifies_of_missing_data(document: dict[str, Any]) -> None:
    """As a change to INSUFFICIENT_DATA, in which a new alarm is from the beginning."""
    alarms = _of_type(document, "AWS::CloudWatch::Alarm")
    treatments = {name: alarm["Properties"]["TreatMissingData"] for name, alarm in alarms.items()}
    heartbeat = {"HeartbeatAlarm": "missing"} if "HeartbeatAlarm" in alarms else {}
    assert treatments == dict.fromkeys(alarms, "notBreaching") | heartbeat
    notified = {
        name: alarm["Properties"]["InsufficientDataActions"]
        for name, alarm in alarms.items()
        if "InsufficientDataActions" in alarm["Properties"]
    }
    assert notified == {name: [{"Ref": "HighTopic"}] for name in heartbeat}


@_STACK
def test_an_alarm_notifies_a_topic(document: dict[str, Any]) -> None:
    without_action = {
        logical_id
        for logical_id, alarm in _of_type(document, "AWS::CloudWatch::Alarm").items()
        if not alarm["Properties"].get("AlarmActions")
        or alarm["Properties"].get("ActionsEnabled", True) is not True
    }
    assert without_action == set()


@_STACK
def test_each_metric_filter_has_an_alarm_and_each_alarm_has_a_metric_filter(
    document: dict[str, Any],
) -> None:
    published = {
        transformation["MetricName"]
        for metric_filter in _of_type(document, "AWS::Logs::MetricFilter").values()
        for transformation in metric_filter["Properties"]["MetricTransformations"]
    }
    alarmed = {
        alarm["Properties"]["MetricName"]
        for alarm in _of_type(document, "AWS::CloudWatch::Alarm").values()
        if "MetricName" in alarm["Properties"]
        and not str(alarm["Properties"]["Namespace"]).startswith("AWS/")
    }
    assert published == alarmed


@_STACK
def test_a_metric_filter_publishes_1_and_the_default_value_0(document: dict[str, Any]) -> None:
    values = {
        (transformation["MetricValue"], transformation["DefaultValue"])
        for metric_filter in _of_type(document, "AWS::Logs::MetricFilter").values()
        for transformation in metric_filter["Properties"]["MetricTransformations"]
    }
    assert values <= {("1", 0)}


# ------------------------------------------------------------------------------ retention and form


@_STACK
def test_stateful_resources_are_retained(document: dict[str, Any]) -> None:
    kinds = ("AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::KMS::Key")
    for resource in _of_type(document, *kinds).values():
        # CloudFormation could not delete a protected log group after a failed creation.
        protected = resource["Properties"].get("DeletionProtectionEnabled")
        policies = resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")
        assert policies == ("Retain" if protected else "RetainExceptOnCreate", "Retain")


@_STACK
def test_every_condition_and_mapping_is_used(document: dict[str, Any]) -> None:
    text = json.dumps([document["Resources"], document.get("Outputs"), document.get("Conditions")])
    names = [*document.get("Conditions", {}), *document.get("Mappings", {})]
    assert [name for name in names if f'"{name}"' not in text.replace(f'"{name}":', "")] == []


@_STACK
def test_a_description_says_what_a_stack_is_and_where_to_deploy_it(
    document: dict[str, Any],
) -> None:
    description = document["Description"]
    assert re.match(r"Trailbell( pack [a-z]+)?: ", description)
    assert re.search(r"\. Deploy [^.]*\.$", description)
