"""What stacks use, for which AWS bills."""

from decimal import Decimal

import pytest

from tests.cost.templates import Template, document, metric_filter, resource, template
from trailbell.cost.fixed_costs import evaluator
from trailbell.cost.template_use import DashboardUse, Scan, TemplateUse, use_of

_LOG_ALARM = "AWS::CloudWatch::LogAlarm"
_WRITES = {"Statement": [{"Principal": {"Service": "cloudtrail.amazonaws.com"}}]}


def _scheduled(expression: str, **offsets: int) -> Template:
    schedule = {"ScheduleExpression": expression, **offsets}
    return resource(_LOG_ALARM, ScheduledQueryConfiguration={"ScheduleConfiguration": schedule})


def _dashboard(body: str) -> Template:
    return template(Board=resource("AWS::CloudWatch::Dashboard", DashboardBody=body))


@pytest.mark.parametrize(
    ("document", "use"),
    [
        pytest.param(template(), TemplateUse(), id="nothing"),
        pytest.param(
            template(Group=resource("AWS::Logs::LogGroup", RetentionInDays=365)),
            TemplateUse(),
            id="a log group that no trail writes to",
        ),
        pytest.param(
            template(Trail=resource("AWS::CloudTrail::Trail", CloudWatchLogsLogGroupArn="arn")),
            TemplateUse(trails=1),
            id="a trail that writes to a log group of another stack",
        ),
        pytest.param(
            template(
                Trail=resource("AWS::CloudTrail::Trail", CloudWatchLogsLogGroupArn="arn"),
                Group=resource("AWS::Logs::LogGroup"),
            ),
            TemplateUse(trails=1, log_group_days=3_650),
            id="a log group without retention keeps its events",
        ),
        pytest.param(
            template(
                Bucket=resource("AWS::S3::Bucket"),
                Policy=resource(
                    "AWS::S3::BucketPolicy", Bucket={"Ref": "Bucket"}, PolicyDocument=_WRITES
                ),
            ),
            TemplateUse(),
            id="a bucket that CloudTrail may only read",
        ),
        pytest.param(
            template(
                Filter=metric_filter("Root"),
                Heartbeat=resource("AWS::CloudWatch::Alarm", MetricName="IncomingLogEvents"),
                Alarm=resource("AWS::CloudWatch::Alarm", MetricName="Root"),
                KeysLogAlarm=_scheduled("rate(5 minutes)", StartTimeOffset=900),
            ),
            TemplateUse(alarms=("Root", "Keys"), scans=(Scan(detection="Keys", times=Decimal(3)),)),
            id="alarms of detections, and one that has none",
        ),
        pytest.param(
            template(
                CountLogAlarm=_scheduled("rate(5 minutes)", StartTimeOffset=900, EndTimeOffset=600),
                HourLogAlarm=_scheduled("rate(1 hour)", StartTimeOffset=7_200),
                OtherLogAlarm=_scheduled("cron(0 * * * ? *)", StartTimeOffset=600),
            ),
            TemplateUse(
                alarms=("Count", "Hour", "Other"),
                scans=(
                    Scan(detection="Count", times=Decimal(1)),
                    Scan(detection="Hour", times=Decimal(2)),
                    Scan(detection="Other", times=Decimal(2)),
                ),
            ),
            id="queries of log alarms, by their schedules",
        ),
        pytest.param(
            template(
                RootRule=resource(
                    "AWS::Events::Rule", Targets=[{"Id": "text", "InputTransformer": {}}]
                ),
                RootChatRule=resource(
                    "AWS::Events::Rule", Targets=[{"Id": "chat", "InputTransformer": {}}]
                ),
                ForwardRule=resource("AWS::Events::Rule", Targets=[{"Id": "hub", "RoleArn": "r"}]),
            ),
            TemplateUse(messages=("Root",), forwards=("ForwardRule",)),
            id="rules: for people, for chat, and to a hub",
        ),
        pytest.param(
            template(
                Trail=resource(
                    "AWS::CloudTrail::Trail",
                    AdvancedEventSelectors=[
                        {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
                    ],
                    InsightSelectors=[{"InsightType": "ApiCallRateInsight"}],
                )
            ),
            TemplateUse(trails=1, events=("data events", "Insights")),
            id="events with a price",
        ),
        pytest.param(
            template(Group=resource("AWS::Athena::WorkGroup")),
            TemplateUse(athena=True),
            id="Athena",
        ),
        pytest.param(
            _dashboard("no JSON"),
            TemplateUse(dashboards=(DashboardUse(metrics=51, queries=1, hours=Decimal(3)),)),
            id="a dashboard that cannot be read counts as a large one",
        ),
        pytest.param(
            _dashboard('{"start": "-PT12H", "widgets": [{"type": "log"}, {"type": "text"}]}'),
            TemplateUse(dashboards=(DashboardUse(metrics=0, queries=1, hours=Decimal(12)),)),
            id="a dashboard of twelve hours",
        ),
    ],
)
def test_what_a_template_uses(document: Template, use: TemplateUse) -> None:
    assert use_of(evaluator(document, {})) == use


@pytest.mark.parametrize(
    ("stack", "parameters", "use"),
    [
        pytest.param(
            "organization-trail",
            {"RetentionInDays": "30"},
            TemplateUse(trails=1, log_group_days=30),
            id="a trail whose bucket is elsewhere",
        ),
        pytest.param("log-archive", {}, TemplateUse(bucket_days=2_555), id="the bucket of it"),
        pytest.param(
            "log-archive",
            {"Archive": "GLACIER_IR"},
            TemplateUse(bucket_days=2_555, archives_files=True),
            id="log files that are moved",
        ),
        pytest.param(
            "log-archive",
            {"LogBucketEvents": "true"},
            TemplateUse(bucket_days=2_555, bucket_events=True),
            id="a bucket whose log files are events",
        ),
        pytest.param(
            "trail",
            {"S3DataEvents": "arn:aws:s3:::b/", "Insights": "both"},
            TemplateUse(
                trails=1,
                log_group_days=365,
                bucket_days=2_555,
                events=("data events", "Insights"),
            ),
            id="a trail with data events and Insights",
        ),
        pytest.param(
            "dashboard",
            {},
            TemplateUse(dashboards=(DashboardUse(metrics=9, queries=1, hours=Decimal(3)),)),
            id="the dashboard by default, as documented",
        ),
        pytest.param(
            "dashboard",
            {"LatestEvents": "none"},
            TemplateUse(dashboards=(DashboardUse(metrics=9, queries=0, hours=Decimal(3)),)),
            id="the dashboard without queries",
        ),
        pytest.param(
            "dashboard",
            {"LatestEvents": "all", "ShowIdentity": "yes", "ShowExposure": "yes", "ShowCis": "yes"},
            TemplateUse(dashboards=(DashboardUse(metrics=57, queries=2, hours=Decimal(3)),)),
            id="the dashboard of four packs",
        ),
    ],
)
def test_what_a_stack_uses(stack: str, parameters: dict[str, str], use: TemplateUse) -> None:
    assert use_of(evaluator(document(stack), parameters)) == use
