"""Every name stays within its service's limit at the longest values of all parameters.

Templates are evaluated with the longest value of each parameter, each pseudo parameter and each
import. The table below has every property that names something. A property of this kind that the
table does not have fails the test, so that a new stack adds its row.
"""

import json
import re
from collections.abc import Iterator, Mapping
from re import _constants as constants  # type: ignore[attr-defined]  # private, without types
from re import _parser as parser  # type: ignore[attr-defined]  # private, without types
from typing import Any

import pytest

from tests import PROJECT
from trailbell.template.evaluate import Evaluator, Scope
from trailbell.template.resources import properties, resources, section, type_of

_STACKS = sorted(path.stem for path in (PROJECT / "dist").glob("*.yaml"))

_METRIC = "MetricTransformations.Metric"
_DOCS = "https://docs.aws.amazon.com/"
_TRAIL = f"{_DOCS}awscloudtrail/latest/APIReference/API_CreateTrail.html"
_ALARM = f"{_DOCS}AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html"
_DASHBOARD = f"{_DOCS}AmazonCloudWatch/latest/APIReference/API_PutDashboard.html"
_IAM = f"{_DOCS}IAM/latest/UserGuide/reference_iam-quotas.html"
_LOG_GROUP = f"{_DOCS}AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html"
_FILTER = f"{_DOCS}AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html"
_TRANSFORMATION = f"{_DOCS}AmazonCloudWatchLogs/latest/APIReference/API_MetricTransformation.html"
_QUERY = f"{_DOCS}AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html"
_BUCKET = f"{_DOCS}AmazonS3/latest/userguide/bucketnamingrules.html"
_KEY = f"{_DOCS}AmazonS3/latest/userguide/object-keys.html"
_DOMAIN = f"{_DOCS}opensearch-service/latest/APIReference/API_CreateDomain.html"
_PIPELINE = f"{_DOCS}opensearch-service/latest/APIReference/API_osis_CreatePipeline.html"
_COLLECTION = f"{_DOCS}opensearch-service/latest/ServerlessAPIReference/API_CreateCollection.html"
_EVENT_RULE = f"{_DOCS}eventbridge/latest/APIReference/API_PutRule.html"
_EVENT_BUS = f"{_DOCS}eventbridge/latest/APIReference/API_CreateEventBus.html"
_ARCHIVE = f"{_DOCS}eventbridge/latest/APIReference/API_CreateArchive.html"
_CHANNEL = f"{_DOCS}chatbot/latest/APIReference/API_CreateSlackChannelConfiguration.html"
_TOPIC = f"{_DOCS}sns/latest/api/API_CreateTopic.html"
_QUEUE = f"{_DOCS}AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html"
_NAMED_QUERY = f"{_DOCS}athena/latest/APIReference/API_CreateNamedQuery.html"
_WORK_GROUP = f"{_DOCS}athena/latest/APIReference/API_CreateWorkGroup.html"
_GLUE = f"{_DOCS}glue/latest/webapi/API_TableInput.html"
_COLUMN = f"{_DOCS}glue/latest/webapi/API_Column.html"
_ROWS = (
    ("AWS::Athena::NamedQuery", "Name", 128, _NAMED_QUERY),
    ("AWS::Athena::WorkGroup", "Name", 128, _WORK_GROUP),
    ("AWS::Glue::Database", "DatabaseInput.Name", 255, _GLUE),
    ("AWS::Glue::Table", "DatabaseName", 255, _GLUE),
    ("AWS::Glue::Table", "TableInput.Name", 255, _GLUE),
    ("AWS::Glue::Table", "TableInput.PartitionKeys.Name", 255, _COLUMN),
    ("AWS::Glue::Table", "TableInput.StorageDescriptor.Columns.Name", 255, _COLUMN),
    ("AWS::CloudTrail::Trail", "TrailName", 128, _TRAIL),
    ("AWS::CloudTrail::Trail", "S3BucketName", 63, _BUCKET),
    ("AWS::CloudTrail::Trail", "S3KeyPrefix", 200, _TRAIL),
    ("AWS::CloudWatch::Alarm", "AlarmName", 255, _ALARM),
    ("AWS::CloudWatch::Alarm", "MetricName", 255, _ALARM),
    ("AWS::CloudWatch::Alarm", "Namespace", 255, _ALARM),
    ("AWS::CloudWatch::Alarm", "Dimensions.Name", 255, _ALARM),
    ("AWS::CloudWatch::Dashboard", "DashboardName", 255, _DASHBOARD),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128, _IAM),
    ("AWS::IAM::Policy", "PolicyName", 128, _IAM),
    ("AWS::IAM::Role", "Policies.PolicyName", 128, _IAM),
    ("AWS::IAM::Role", "RoleName", 64, _IAM),
    ("AWS::Logs::LogGroup", "LogGroupName", 512, _LOG_GROUP),
    ("AWS::Logs::MetricFilter", "FilterName", 512, _FILTER),
    ("AWS::Logs::MetricFilter", "LogGroupName", 512, _FILTER),
    ("AWS::Logs::MetricFilter", f"{_METRIC}Name", 255, _TRANSFORMATION),
    ("AWS::Logs::MetricFilter", f"{_METRIC}Namespace", 255, _TRANSFORMATION),
    ("AWS::Logs::QueryDefinition", "LogGroupNames", 512, _QUERY),
    ("AWS::Logs::QueryDefinition", "Name", 255, _QUERY),
    ("AWS::Chatbot::MicrosoftTeamsChannelConfiguration", "ConfigurationName", 128, _CHANNEL),
    ("AWS::Chatbot::SlackChannelConfiguration", "ConfigurationName", 128, _CHANNEL),
    ("AWS::CloudWatch::Alarm", "Metrics.MetricStat.Metric.Dimensions.Name", 255, _ALARM),
    ("AWS::CloudWatch::Alarm", "Metrics.MetricStat.Metric.MetricName", 255, _ALARM),
    ("AWS::CloudWatch::Alarm", "Metrics.MetricStat.Metric.Namespace", 255, _ALARM),
    ("AWS::Events::Archive", "ArchiveName", 48, _ARCHIVE),
    ("AWS::Events::EventBus", "Name", 256, _EVENT_BUS),
    ("AWS::Events::EventBusPolicy", "EventBusName", 256, _EVENT_BUS),
    ("AWS::Events::Rule", "EventBusName", 256, _EVENT_BUS),
    ("AWS::Events::Rule", "Name", 64, _EVENT_RULE),
    ("AWS::OSIS::Pipeline", "PipelineName", 28, _PIPELINE),
    ("AWS::OpenSearchService::Domain", "DomainName", 28, _DOMAIN),
    ("AWS::OpenSearchServerless::AccessPolicy", "Name", 32, _COLLECTION),
    ("AWS::OpenSearchServerless::Collection", "Name", 32, _COLLECTION),
    ("AWS::OpenSearchServerless::LifecyclePolicy", "Name", 32, _COLLECTION),
    ("AWS::OpenSearchServerless::SecurityPolicy", "Name", 32, _COLLECTION),
    ("AWS::S3::Bucket", "BucketName", 63, _BUCKET),
    ("AWS::S3::Bucket", "LoggingConfiguration.DestinationBucketName", 63, _BUCKET),
    ("AWS::S3::Bucket", "LoggingConfiguration.LogFilePrefix", 800, _KEY),
    ("AWS::SNS::Topic", "DisplayName", 100, _TOPIC),
    ("AWS::SNS::Topic", "TopicName", 256, _TOPIC),
    ("AWS::SQS::Queue", "QueueName", 80, _QUEUE),
)
"""Type, property without the indices of lists, maximum number of characters, and the page of it.

A key of Amazon S3 has at most 1,024 bytes, of which access logs need the end. No page says how long
the name of an export can be; 255 is the limit of names of outputs.
"""
_LIMITS = {(type_, name): limit for type_, name, limit, _ in _ROWS}
_REFERENCES = {("AWS::Lambda::Permission", "FunctionName")}
"""Properties that have the ARN of something that exists, in place of a name."""
_EXPORT = 255
_NAMES_NOTHING = ("AssumeRolePolicyDocument", "EventPattern", "KeyPolicy", "PolicyDocument")

_NAME = re.compile(r".*(Names?|Namespace|Prefix)$")
_LONGEST_PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::Partition": "aws-us-gov",
    "AWS::Region": "ap-southeast-99",
    "AWS::StackId": "arn:aws-us-gov:cloudformation:ap-southeast-99:111122223333:stack/"
    f"{'s' * 128}/{'0' * 36}",
    "AWS::StackName": "s" * 128,
    "AWS::URLSuffix": "amazonaws.com.cn",
}


def longest_value(parameter: Mapping[str, Any]) -> str:
    """The longest value that a parameter accepts; of no limit, 4,096 characters."""
    if "AllowedValues" in parameter:
        return max(map(str, parameter["AllowedValues"]), key=len)
    if parameter["Type"] == "Number":
        return str(parameter["MaxValue"])
    most = int(parameter.get("MaxLength", 4_096))
    return "x" * min(most, _longest(parser.parse(parameter["AllowedPattern"])))


def _longest(parts: Any) -> int:
    """The length of the longest text that a parsed pattern matches."""
    return sum(_longest_part(name, argument) for name, argument in parts)


def _longest_part(name: Any, argument: Any) -> int:
    if name is constants.BRANCH:
        return max(map(_longest, argument[1]))
    if name is constants.SUBPATTERN:
        return _longest(argument[-1])
    if name in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        _, most, inner = argument
        return min(int(most), 4_096) * _longest(inner)
    return 0 if name in (constants.AT, constants.ASSERT_NOT) else 1


def _document(stack: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads((PROJECT / "dist" / f"{stack}.json").read_bytes())
    return document


def _evaluator(stack: str, exports: Mapping[str, str]) -> Evaluator:
    """An evaluator with the longest values. A resource has the name that its stack can give it."""
    template = _document(stack)
    values = {name: longest_value(p) for name, p in template["Parameters"].items()}
    names = {name: _generated_name(name, each) for name, each in resources(template).items()}
    scope = Scope(parameters=values, pseudo=_LONGEST_PSEUDO, physical_ids=names, exports=exports)
    return Evaluator(template, scope)


def _generated_name(logical_id: str, resource: Mapping[str, Any]) -> str:
    """``<stack>-<logical id>-<12 characters>``; CloudFormation shortens that of a bucket to 63."""
    name = f"{_LONGEST_PSEUDO['AWS::StackName']}-{logical_id}-{'r' * 12}"
    return name[:63] if type_of(resource) == "AWS::S3::Bucket" else name


def _every_value(evaluator: Evaluator, value: Any) -> Iterator[Any]:
    """The values of a property, in every branch of every Fn::If."""
    match value:
        case {"Fn::If": [_, yes, no]}:
            yield from _every_value(evaluator, yes)
            yield from _every_value(evaluator, no)
        case {"Ref": "AWS::NoValue"}:
            return
        case _:
            yield evaluator.value(value)


def _named(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The members that name something, with their paths without the indices of lists."""
    match value:
        case {"Fn::If": [_, *branches]}:
            for branch in branches:
                yield from _named(branch, path)
        case dict() if not any(name.startswith("Fn::") or name == "Ref" for name in value):
            for name, member in value.items():
                if name in _NAMES_NOTHING:
                    continue
                if _NAME.fullmatch(name) and not isinstance(member, list):
                    yield (*path, name), member
                else:
                    yield from _named(member, (*path, name))
        case list():
            for member in value:
                if path and _NAME.fullmatch(path[-1]):
                    yield path, member
                else:
                    yield from _named(member, path)


def _names_in(template: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str], Any]]:
    """Each name in a template: the logical ID, type and property, and the value."""
    for logical_id, resource in resources(template).items():
        for path, value in _named(dict(properties(resource))):
            row = (type_of(resource), ".".join(path))
            if row not in _REFERENCES:
                yield logical_id, row, value


def _exports() -> dict[str, str]:
    """What the base stacks export, with the longest values."""
    exports: dict[str, str] = {}
    for stack in _STACKS:
        evaluator = _evaluator(stack, {})
        for output in section(evaluator.template, "Outputs").values():
            name = evaluator.text(section(output, "Export").get("Name"))
            for value in _every_value(evaluator, output["Value"]):
                if name and isinstance(value, str) and len(value) >= len(exports.get(name, "")):
                    exports[name] = value
    return exports


_EXPORTS = _exports()


@pytest.mark.parametrize("stack", _STACKS)
def test_each_name_has_a_row(stack: str) -> None:
    assert {row for _, row, _ in _names_in(_document(stack))} - _LIMITS.keys() == set()


@pytest.mark.parametrize("stack", _STACKS)
def test_names_of_resources(stack: str) -> None:
    evaluator = _evaluator(stack, _EXPORTS)
    texts = [
        (logical_id, row, text)
        for logical_id, row, value in _names_in(evaluator.template)
        for text in _every_value(evaluator, value)
    ]
    assert [
        (logical_id, row, text)
        for logical_id, row, text in texts
        if not isinstance(text, str) or not 0 < len(text) <= _LIMITS.get(row, 0)
    ] == []


@pytest.mark.parametrize("stack", _STACKS)
def test_names_of_exports(stack: str) -> None:
    evaluator = _evaluator(stack, _EXPORTS)
    outputs = section(evaluator.template, "Outputs")
    names = [section(output, "Export").get("Name") for output in outputs.values()]
    texts = [evaluator.text(name) or "" for name in names if name]
    assert [text for text in texts if not 0 < len(text) <= _EXPORT] == []


@pytest.mark.parametrize(
    ("parameter", "length"),
    [
        pytest.param({"Type": "String", "AllowedValues": ["a", "bcd"]}, 3, id="allowed values"),
        pytest.param({"Type": "Number", "MaxValue": 36500}, 5, id="a number"),
        pytest.param({"Type": "String", "AllowedPattern": "^$|^o-[a-z]{10,32}$"}, 34, id="bounds"),
        pytest.param({"Type": "String", "AllowedPattern": "^x+$"}, 4_096, id="no bounds"),
        pytest.param(
            {"Type": "String", "AllowedPattern": "^a(?:[._-]?b)*$", "MaxLength": 60},
            60,
            id="a maximum length",
        ),
        pytest.param(
            {"Type": "String", "AllowedPattern": "^(?!AWS)[A-Z][a-z]{0,200}$"}, 201, id="lookahead"
        ),
    ],
)
def test_the_longest_value_of_a_parameter(parameter: dict[str, Any], length: int) -> None:
    assert len(longest_value(parameter)) == length
