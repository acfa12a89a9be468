"""What stacks cost each month, and that nothing in them has a price that is not documented."""

import json
from typing import Any

import pytest

from tests import PROJECT
from trailbell.dist import manifest
from trailbell.docs.costs import CENTS, costs_table, fixed_costs

_DOCUMENTS: dict[str, dict[str, Any]] = {
    stack: json.loads((PROJECT / "dist" / entry.json.name).read_bytes())
    for stack, entry in manifest.read(PROJECT / "dist").stacks.items()
}


def _filter(metric: str, namespace: Any = "Trailbell") -> dict[str, Any]:
    transformation = {"MetricNamespace": namespace, "MetricName": metric, "MetricValue": "1"}
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {"MetricTransformations": [transformation]},
    }


def _template(**resources: Any) -> dict[str, Any]:
    return {
        "Parameters": {"Key": {"Type": "String", "Default": "none"}},
        "Conditions": {"MakesKey": {"Fn::Equals": [{"Ref": "Key"}, "create"]}},
        "Resources": resources,
    }


@pytest.mark.parametrize(
    ("template", "counts", "cents"),
    [
        pytest.param(_template(Role={"Type": "AWS::IAM::Role"}), {}, 0, id="nothing has a price"),
        pytest.param(
            _template(Key={"Type": "AWS::KMS::Key", "Condition": "MakesKey"}),
            {},
            0,
            id="a key that is not made by default",
        ),
        pytest.param(
            _template(Pipeline={"Type": "AWS::OSIS::Pipeline", "Properties": {"MinUnits": 2}}),
            {"AWS::OSIS::Pipeline": 2},
            35_040,
            id="a pipeline of two units",
        ),
        pytest.param(
            _template(First=_filter("Root"), Second=_filter("Root")),
            {"metric": 1},
            30,
            id="two filters of one metric",
        ),
        pytest.param(
            _template(
                First=_filter("Root", {"Fn::ImportValue": "namespace"}),
                Second=_filter("Keys", {"Fn::ImportValue": "namespace"}),
                Alarm={"Type": "AWS::CloudWatch::Alarm"},
                Key={"Type": "AWS::KMS::Key"},
                Dashboard={"Type": "AWS::CloudWatch::Dashboard"},
            ),
            {
                "metric": 2,
                "AWS::CloudWatch::Alarm": 1,
                "AWS::KMS::Key": 1,
                "AWS::CloudWatch::Dashboard": 1,
            },
            470,
            id="one of everything, and another metric",
        ),
    ],
)
def test_the_fixed_costs_of_a_stack(
    template: dict[str, Any], counts: dict[str, int], cents: int
) -> None:
    costs = fixed_costs(template)
    assert (costs.counts, costs.cents) == (counts, cents)


def test_the_table_has_the_stacks_with_costs_only() -> None:
    templates = {
        "roles": _template(Role={"Type": "AWS::IAM::Role"}),
        "trail": _template(Key={"Type": "AWS::KMS::Key"}),
        "pack": _template(Root=_filter("Root"), Keys=_filter("Keys"), Users=_filter("Users")),
        "queue": _template(Alarm={"Type": "AWS::CloudWatch::Alarm"}),
    }
    assert costs_table(templates).splitlines()[2:] == [
        "| `trail` |  |  | 1 |  |  | 1.00 |",
        "| `pack` | 3 |  |  |  |  | 0.90 |",
        "| `queue` |  | 1 |  |  |  | 0.10 |",
    ]


_PRICED_BY_USE = {
    "AWS::CloudTrail::Trail": "First copy of management events",
    "AWS::Events::Archive": "`realtime-hub`: the archive",
    "AWS::Events::EventBus": "`realtime-forward`: events sent",
    "AWS::Logs::LogGroup": "| Log group |",
    "AWS::Logs::MetricFilter": "A metric costs",
    "AWS::Logs::QueryDefinition": "Saved queries",
    "AWS::OpenSearchServerless::Collection": "`search`: `DestinationArn=create`",
    "AWS::S3::Bucket": "Log files in the bucket",
    "AWS::SNS::Subscription": "| Notifications |",
    "AWS::SQS::Queue": "requests to SQS",
}
"""Types whose price depends on their use, with words of their row in docs/reference/costs.md."""
_FREE = {
    "AWS::Chatbot::MicrosoftTeamsChannelConfiguration",
    "AWS::Chatbot::SlackChannelConfiguration",
    "AWS::Events::EventBusPolicy",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::Lambda::Permission",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::OpenSearchServerless::AccessPolicy",
    "AWS::OpenSearchServerless::LifecyclePolicy",
    "AWS::OpenSearchServerless::SecurityPolicy",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}


@pytest.mark.parametrize("stack", sorted(_DOCUMENTS))
def test_each_type_of_a_stack_has_a_documented_price_or_none(stack: str) -> None:
    """A new type needs a price in trailbell/docs/costs.py or a row in docs/reference/costs.md."""
    types = {resource["Type"] for resource in _DOCUMENTS[stack]["Resources"].values()}
    assert types - CENTS.keys() - _PRICED_BY_USE.keys() - _FREE == set()


@pytest.mark.parametrize("words", _PRICED_BY_USE.values(), ids=_PRICED_BY_USE)
def test_a_price_that_depends_on_use_is_documented(words: str) -> None:
    assert words in (PROJECT / "docs" / "reference" / "costs.md").read_text("utf-8")


_OPT_INS = (
    *("S3DataEvents", "LambdaDataEvents", "DynamoDBDataEvents", "LogFileDeletionEvents"),
    *("Insights", "AccessLogBucket", "Archive", "ObjectLock", "DeletionRole", "ReaderAccounts"),
    *("LatestEvents", "EncryptionKey"),
)


@pytest.mark.parametrize("parameter", _OPT_INS)
def test_an_opt_in_has_a_row_and_exists(parameter: str) -> None:
    page = (PROJECT / "docs" / "reference" / "costs.md").read_text("utf-8")
    stacks = [s for s, document in _DOCUMENTS.items() if parameter in document["Parameters"]]
    assert (f"`{parameter}" in page, stacks != []) == (True, True)


def test_the_default_of_security_alerts_costs_what_the_readme_says() -> None:
    costs = fixed_costs(_DOCUMENTS["security-alerts"])
    free = sum(min(10, costs.counts[kind]) * CENTS[kind] for kind in _IN_THE_FREE_TIER)
    readme = (PROJECT / "README.md").read_text("utf-8")
    sentence = (
        "The default, `security-alerts`, costs {:.2f} USD for its key in the account that uses the "
        "free tier of its organization (10 metrics and 10 alarms) and {:.2f} USD in any other."
    )
    wanted = sentence.format((costs.cents - free) / 100, costs.cents / 100)
    assert wanted in " ".join(readme.split())


_IN_THE_FREE_TIER = ("metric", "AWS::CloudWatch::Alarm")
