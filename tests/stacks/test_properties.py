"""What holds of every stack that is deployed, whoever adds one."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from cfnlint.helpers import REGIONS

from trailbell import dist
from trailbell.place import PROJECT

_DOCUMENTS: dict[str, dict[str, Any]] = {
    stack: json.loads((PROJECT / "dist" / entry.json.name).read_bytes())
    for stack, entry in dist.read(PROJECT / "dist").stacks.items()
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
    "LogGroupName": "the log group to watch exists already, and nobody can guess its name",
    "AdministratorAccountId": "which account administers stack sets, nobody can guess",
    "ArchiveBucketName": "the log bucket of an organization exists already",
    "OrganizationId": "in a stack for organizations alone",
    "ManagementAccountId": "where another account keeps the log files of its trail",
}
"""Parameters without default, and why."""


@_PARAMETER
def test_a_parameter_has_a_default_or_a_reason_for_none(row: _Row) -> None:
    assert "Default" in row.parameter or row.name in _REQUIRED


@_PARAMETER
def test_a_parameter_says_what_it_is_and_what_it_may_be(row: _Row) -> None:
    bounds = {"AllowedValues", "AllowedPattern", "MinValue"} & set(row.parameter)
    told = [
        bool(row.parameter.get(key)) for key in ("Type", "Description", "ConstraintDescription")
    ]
    assert (told, bool(bounds)) == ([True] * 3, True)


@_PARAMETER
def test_the_texts_of_a_parameter_fit_the_console(row: _Row) -> None:
    """The console shows plain text. CloudFormation appends the constraint to its error message."""
    description = row.parameter["Description"]
    assert re.fullmatch(r"[A-Z][^`*\n]{,198}\.", description)
    assert re.match(r"must (be|have) .*[^.]$", row.parameter["ConstraintDescription"])


@_PARAMETER
def test_a_default_is_allowed(row: _Row) -> None:
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
def test_the_console_shows_a_parameter_in_one_group_and_with_a_label(row: _Row) -> None:
    groups = [g for g in row.form["ParameterGroups"] if row.name in g["Parameters"]]
    assert (len(groups), bool(row.form["ParameterLabels"][row.name]["default"])) == (1, True)


@_STACK
def test_the_console_shows_no_parameter_that_is_not_there(document: dict[str, Any]) -> None:
    form = document["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = {name for group in form["ParameterGroups"] for name in group["Parameters"]}
    assert (grouped, set(form["ParameterLabels"])) == (set(document.get("Parameters", {})),) * 2


# ------------------------------------------------------------------------------ names and places

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
}
_NAMED_BY_AWS = {
    "AWSCloudFormationStackSetAdministrationRole",
    "AWSCloudFormationStackSetExecutionRole",
}
"""Names without which StackSets does not find a role; one of each stands in an account."""
_OF_THE_ACCOUNT = {"AWS::CloudWatch::Dashboard", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"}
"""Types whose names are not of one Region but of the whole account."""


@_STACK
def test_a_name_is_that_of_this_stack_and_cannot_be_taken(document: dict[str, Any]) -> None:
    fixed = {}
    for logical_id, resource in _of_type(document, *_NAMES).items():
        name = json.dumps(resource["Properties"].get(_NAMES[resource["Type"]]))
        own = any(word in name for word in ("AWS::StackName", "BaseStackName", "TrailName"))
        chosen = name.startswith('{"Fn::If"') or name == "null" or name.strip('"') in _NAMED_BY_AWS
        regional = resource["Type"] not in _OF_THE_ACCOUNT or "AWS::Region" in name
        if not (chosen or (own and regional)):
            fixed[logical_id] = name
    assert fixed == {}


@_STACK
def test_the_name_of_a_multi_region_trail_names_its_region(document: dict[str, Any]) -> None:
    """Trails are unique in the account's home Region; a second one must not meet the first."""
    for trail in _of_type(document, "AWS::CloudTrail::Trail").values():
        assert trail["Properties"]["TrailName"] == {
            "Fn::Sub": "${AWS::StackName}-${TrailName}-${AWS::Region}"
        }


@_STACK
def test_no_partition_account_or_region_is_written_into_it(document: dict[str, Any]) -> None:
    regions = "|".join(sorted(REGIONS, key=len, reverse=True))
    place = re.compile(rf"\barn:aws|(?<!\d)\d{{12}}(?!\d)|\b({regions})\b|\.amazonaws\.com\.cn")
    read = (document["Resources"], document.get("Outputs", {}), document.get("Conditions", {}))
    assert [text for text in _strings(list(read)) if place.search(text)] == []


# ------------------------------------------------------------------------------ alarms


@_STACK
def test_an_alarm_is_quiet_without_data_unless_silence_is_what_it_watches(
    document: dict[str, Any],
) -> None:
    loud = {
        logical_id
        for logical_id, alarm in _of_type(document, "AWS::CloudWatch::Alarm").items()
        if alarm["Properties"]["TreatMissingData"] != "notBreaching"
    }
    assert loud <= {"HeartbeatAlarm"}


@_STACK
def test_an_alarm_rings_a_topic(document: dict[str, Any]) -> None:
    mute = {
        logical_id
        for logical_id, alarm in _of_type(document, "AWS::CloudWatch::Alarm").items()
        if not alarm["Properties"].get("AlarmActions")
        or alarm["Properties"].get("ActionsEnabled", True) is not True
    }
    assert mute == set()


@_STACK
def test_each_filter_has_its_alarm_and_each_alarm_its_filter(document: dict[str, Any]) -> None:
    produced = {
        transformation["MetricName"]
        for each in _of_type(document, "AWS::Logs::MetricFilter").values()
        for transformation in each["Properties"]["MetricTransformations"]
    }
    watched = {
        alarm["Properties"]["MetricName"]
        for alarm in _of_type(document, "AWS::CloudWatch::Alarm").values()
        if not str(alarm["Properties"].get("Namespace")).startswith("AWS/")
    }
    assert produced == watched


@_STACK
def test_a_filter_counts_from_zero(document: dict[str, Any]) -> None:
    counts = {
        (transformation["MetricValue"], transformation["DefaultValue"])
        for each in _of_type(document, "AWS::Logs::MetricFilter").values()
        for transformation in each["Properties"]["MetricTransformations"]
    }
    assert counts <= {("1", 0)}


# ------------------------------------------------------------------------------ what stays


@_STACK
def test_what_holds_data_is_kept(document: dict[str, Any]) -> None:
    kinds = ("AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::KMS::Key")
    kept = {
        logical_id: (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        for logical_id, resource in _of_type(document, *kinds).items()
    }
    assert set(kept.values()) <= {("RetainExceptOnCreate", "Retain")}


@_STACK
def test_every_condition_and_mapping_is_used(document: dict[str, Any]) -> None:
    text = json.dumps([document["Resources"], document.get("Outputs"), document.get("Conditions")])
    names = [*document.get("Conditions", {}), *document.get("Mappings", {})]
    assert [name for name in names if f'"{name}"' not in text.replace(f'"{name}":', "")] == []


@_STACK
def test_a_description_says_whose_it_is_what_it_is_and_where_it_belongs(
    document: dict[str, Any],
) -> None:
    description = document["Description"]
    assert re.match(r"Trailbell( pack [a-z]+)?: ", description)
    assert re.search(r"\. Deploy [^.]*\.$", description)
