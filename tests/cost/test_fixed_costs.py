"""What stacks cost each month, and that nothing in them has a price that is not documented."""

from decimal import Decimal

import pytest

from tests import PROJECT
from tests.cost.templates import (
    ALARM,
    KEY,
    STACKS,
    Template,
    document,
    metric_filter,
    resource,
    template,
)
from trailbell.cost.fixed_costs import FixedCosts, fixed_costs
from trailbell.cost.prices import PRICES

_PIPELINE, _COLLECTION = "AWS::OSIS::Pipeline", "AWS::OpenSearchServerless::Collection"
_STAT = {"Id": "a", "MetricStat": {"Metric": {}}}


@pytest.mark.parametrize(
    ("document", "costs", "usd"),
    [
        pytest.param(
            template(Role=resource("AWS::IAM::Role")), FixedCosts(), "0", id="nothing has a price"
        ),
        pytest.param(
            template(Key=resource("AWS::KMS::Key", "MakesKey")),
            FixedCosts(),
            "0",
            id="a key that is not made by default",
        ),
        pytest.param(
            template(Key=resource("AWS::KMS::Key", "IsNeeded")),
            FixedCosts(
                unknown=("Key: whether it is created depends on values that are not known",)
            ),
            "0",
            id="a key that a parameter without a default decides is not known",
        ),
        pytest.param(
            template(Topic=resource("AWS::SNS::Topic", "IsNeeded")),
            FixedCosts(),
            "0",
            id="whether something free exists does not matter",
        ),
        pytest.param(
            template(Server=resource("AWS::EC2::Instance")),
            FixedCosts(unknown=("Server: the price of AWS::EC2::Instance",)),
            "0",
            id="a type without a known price",
        ),
        pytest.param(
            template(Filter=metric_filter("Root", DefaultValue=0) | {"Condition": "IsNeeded"}),
            FixedCosts(
                unknown=("Filter: whether it is created depends on values that are not known",)
            ),
            "0",
            id="a metric that a parameter without a default decides",
        ),
        pytest.param(
            template(**{"Fn::ForEach::Alarms": ["X", ["a"], {"${X}": ALARM}]}),
            FixedCosts(hidden=("resources that a macro creates",)),
            "0",
            id="a loop",
        ),
        pytest.param(
            template(Nested=resource("AWS::CloudFormation::Stack")),
            FixedCosts(hidden=("Nested: what the nested stack has",)),
            "0",
            id="a nested stack",
        ),
        pytest.param(
            template(Pipeline=resource(_PIPELINE, MinUnits={"Ref": "Needed"})),
            FixedCosts(
                unknown=("Pipeline: its number of units depends on values that are not known",)
            ),
            "0",
            id="a pipeline whose units are not known",
        ),
        pytest.param(
            template(Pipeline=resource(_PIPELINE, MinUnits="2")),
            FixedCosts(counts={"pipeline_unit": 2}),
            "350.40",
            id="a pipeline of two units",
        ),
        pytest.param(
            template(
                Redundant=resource(_COLLECTION),
                Single=resource(_COLLECTION, StandbyReplicas="DISABLED"),
            ),
            FixedCosts(counts={"collection_unit": 3}),
            "525.60",
            id="a collection with standby replicas, and one without",
        ),
        pytest.param(
            template(First=metric_filter("Root"), Second=metric_filter("Root")),
            FixedCosts(on_match=frozenset({"Root"})),
            "0",
            id="a metric without a default value has no price for a month",
        ),
        pytest.param(
            template(First=metric_filter("Root", DefaultValue=0), Second=metric_filter("Root")),
            FixedCosts(counts={"metric": 1}),
            "0.30",
            id="two filters of one metric, of which one publishes always",
        ),
        pytest.param(
            template(Alarm=resource("AWS::CloudWatch::Alarm", Metrics=[_STAT, _STAT, {"Id": "e"}])),
            FixedCosts(counts={"alarm": 2}),
            "0.20",
            id="an alarm on an expression of two metrics",
        ),
        pytest.param(
            template(
                Fast=resource("AWS::CloudWatch::Alarm", Period=10),
                Usual=resource("AWS::CloudWatch::Alarm", Period=60),
            ),
            FixedCosts(counts={"fast_alarm": 1, "alarm": 1}),
            "0.40",
            id="an alarm with a period of seconds",
        ),
        pytest.param(
            template(
                First=metric_filter("Root", {"Fn::ImportValue": "namespace"}, DefaultValue=0),
                Second=metric_filter("Keys", {"Fn::ImportValue": "namespace"}, DefaultValue=0),
                Alarm=ALARM,
                LogAlarm=resource("AWS::CloudWatch::LogAlarm"),
                Both=resource("AWS::CloudWatch::CompositeAlarm"),
                Key=KEY,
                Dashboard=resource("AWS::CloudWatch::Dashboard"),
            ),
            FixedCosts(
                counts={
                    "metric": 2,
                    "alarm": 1,
                    "log_alarm": 1,
                    "composite_alarm": 1,
                    "key": 1,
                    "dashboard": 1,
                }
            ),
            "5.30",
            id="one of everything, and another metric",
        ),
    ],
)
def test_the_fixed_costs_of_a_stack(document: Template, costs: FixedCosts, usd: str) -> None:
    found = fixed_costs(document)
    assert (found, found.usd) == (costs, Decimal(usd))


def test_parameters_decide_what_a_stack_costs() -> None:
    with_key = template(Key=resource("AWS::KMS::Key", "MakesKey"))
    assert fixed_costs(with_key, {"Key": "create"}) == FixedCosts(counts={"key": 1})


_PRICED_BY_USE = {
    "AWS::Athena::WorkGroup": "| `hunt`: each query |",
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


@pytest.mark.parametrize("stack", STACKS)
def test_each_type_of_a_stack_has_a_documented_price_or_none(stack: str) -> None:
    """A new type needs a price in prices.toml, and a row in docs/reference/costs.md."""
    types = {each["Type"] for each in document(stack)["Resources"].values()}
    documented = PRICES.fixed.keys() | _PRICED_BY_USE.keys() | PRICES.free
    assert types - documented == set()


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
    stacks = [stack for stack in STACKS if parameter in document(stack)["Parameters"]]
    assert (f"`{parameter}" in page, stacks != []) == (True, True)


def test_the_default_of_security_alerts_costs_what_the_readme_says() -> None:
    costs = fixed_costs(document("security-alerts"))
    free = sum(min(10, costs.counts[key]) * PRICES[key].each for key in ("metric", "alarm"))
    readme = (PROJECT / "README.md").read_text("utf-8")
    sentence = (
        "The default, `security-alerts`, costs {:.2f} USD for its key in the account that uses the "
        "free tier of its organization (10 metrics and 10 alarms) and {:.2f} USD in any other."
    )
    wanted = sentence.format(costs.usd - free, costs.usd)
    assert wanted in " ".join(readme.split())
