"""What a drill will do, and why it cannot."""

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.deploy.fake import Fault
from tests.drill.account import ACCOUNT, MAIL, QUEUE, REALTIME_TOPIC, TOPIC, alarm, metric_filter
from tests.drill.conftest import BASE, DETECTION, RULES, RUN, Drills, target
from trailbell.aws.cloudwatch import Metric
from trailbell.catalog.event_message import DRILL_MARK
from trailbell.drill.plan import AlarmPart, DrillPath, PlannedRule, RulePart, Subscriber, Topic
from trailbell.errors import AccessDeniedError, PreconditionError

ALARM, REALTIME = DrillPath.ALARM, DrillPath.REALTIME
_NAME = "alarm alerts-root-account-use"


def _in_alarm(drills: Drills) -> None:
    drills.account.alarms = [alarm(StateValue="ALARM")]


def _disabled(drills: Drills) -> None:
    drills.account.alarms = [alarm(ActionsEnabled=False)]


def _without_actions(drills: Drills) -> None:
    drills.account.alarms = [alarm(AlarmActions=[])]


def _deleted(drills: Drills) -> None:
    drills.account.alarms = []


def _muted(drills: Drills) -> None:
    drills.account.mute_rules = {"days": "SCHEDULED", "nights": "ACTIVE"}


def _without_filter(drills: Drills) -> None:
    drills.account.filters = []


def _another_pattern(drills: Drills) -> None:
    pattern = '{ $.userIdentity.type = "IAMUser" }'
    drills.account.filters = [metric_filter("alerts-root-account-use", pattern, "RootAccountUse")]


def _several_periods(drills: Drills) -> None:
    drills.account.alarms = [alarm(EvaluationPeriods=3, DatapointsToAlarm=2)]


def _average(drills: Drills) -> None:
    drills.account.alarms = [alarm(Statistic="Average")]


def _without_subscription(drills: Drills) -> None:
    drills.account.subscriptions = {TOPIC: []}


def _pending(drills: Drills) -> None:
    drills.account.pending = {"you@example.com"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            _in_alarm,
            f"{_NAME}: It is in ALARM already, and an alarm notifies only when its state changes.\n"
            "  Find out why it is in ALARM. Run the drill again when it has returned to OK.",
            id="an alarm that is in ALARM cannot notify",
        ),
        pytest.param(
            _disabled,
            f"{_NAME}: Its actions are disabled, or it has none.\n"
            "  Find out what differs with: trailbell verify base",
            id="its actions are disabled",
        ),
        pytest.param(
            _without_actions,
            f"{_NAME}: Its actions are disabled, or it has none.\n"
            "  Find out what differs with: trailbell verify base",
            id="it has no actions",
        ),
        pytest.param(
            _deleted,
            f"{_NAME}: It was deleted outside CloudFormation.\n"
            "  Find out what differs with: trailbell verify base",
            id="the alarm was deleted",
        ),
        pytest.param(
            _muted,
            f"{_NAME}: It is muted by the alarm mute rule nights.\n"
            "  Run the drill again when the mute rule is not active.",
            id="the alarm is muted",
        ),
        pytest.param(
            _without_filter,
            f"{_NAME}: No metric filter publishes to its metric.\n"
            "  Find out what differs with: trailbell verify base",
            id="the metric filter was deleted",
        ),
        pytest.param(
            _another_pattern,
            f"{_NAME}: The deployed filter pattern of alerts-root-account-use matches no sample "
            "event of root-account-use.\n"
            "  Deploy base with the current templates. If a setting excludes the sample events of "
            "this account, drill another detection.",
            id="the deployed pattern is another one",
        ),
        pytest.param(
            _several_periods,
            f"{_NAME}: It goes into ALARM after 2 periods of 300 seconds, and a drill sends all "
            "events in one period.\n"
            "  Drill another detection, which notifies the same topic.",
            id="it takes several periods",
        ),
        pytest.param(
            _average,
            f"{_NAME}: Average GreaterThanOrEqualToThreshold 1 is not a number of events from 1 to "
            "1,000.\n  Find out what differs with: trailbell verify base",
            id="the statistic does not count events",
        ),
        pytest.param(
            _without_subscription,
            "stack base (alarm path): No one is subscribed to base-HighTopic-1, so no one would be "
            "notified.\n  Set NotificationEmail or an endpoint of the stack that has the topic and "
            "deploy it, or subscribe with: aws sns subscribe",
            id="no one is subscribed",
        ),
        pytest.param(
            _pending,
            "stack base (alarm path): No subscription of base-HighTopic-1 is confirmed, so no "
            "one would be notified.\n"
            "  Open the link in the message that SNS sent to you@example.com.",
            id="no subscription is confirmed",
        ),
    ],
)
def test_an_alarm_that_cannot_notify_is_not_drilled(
    with_alarm: Drills, change: Callable[[Drills], None], message: str
) -> None:
    change(with_alarm)
    with pytest.raises(PreconditionError, match=f"^{re.escape(message)}$"):
        with_alarm.plan()
    assert with_alarm.account.effects() == []


def test_a_detection_that_no_stack_has_is_not_drilled(drills: Drills) -> None:
    drills.deploy("base", BASE)
    other = replace(DETECTION, id="trail-tampering")
    with pytest.raises(PreconditionError, match="No stack of dist/ has an alarm or a rule for it"):
        drills.plan(other)


def test_a_log_alarm_is_not_drilled(drills: Drills) -> None:
    log_alarm = {"Type": "AWS::CloudWatch::LogAlarm", "Properties": {}}
    drills.targets += [target("base", {"Resources": {"RootAccountUseLogAlarm": log_alarm}})]
    with pytest.raises(PreconditionError) as error:
        drills.plan()
    assert str(error.value) == (
        "detection root-account-use: It has a log alarm, and a drill sends events through a metric "
        "alarm or a rule.\n"
        "  Deploy a realtime stack that has a rule for it, or drill another detection, which "
        "notifies the same topic."
    )


def test_a_stack_that_is_not_deployed_is_named(drills: Drills) -> None:
    drills.targets += [target("base", BASE), target("realtime", RULES)]
    with pytest.raises(PreconditionError) as error:
        drills.plan()
    assert str(error.value) == (
        f"detection root-account-use: It is not deployed in us-east-1 of account {ACCOUNT}.\n"
        "  Deploy a stack that has it (base, realtime), or select another environment or Region."
    )


def test_a_path_that_is_not_deployed_cannot_be_chosen(with_alarm: Drills) -> None:
    with pytest.raises(PreconditionError) as error:
        with_alarm.plan(DETECTION, ALARM, REALTIME)
    assert str(error.value) == (
        "detection root-account-use: The deployed stack base has no realtime path for it.\n"
        "  Leave out --path to drill what is deployed."
    )


def test_the_reason_why_a_detection_has_no_rule_is_said(with_alarm: Drills) -> None:
    timing = replace(DETECTION.timing, threshold=5)
    with pytest.raises(PreconditionError, match="it counts 5 events, and a rule sends one message"):
        with_alarm.plan(replace(DETECTION, timing=timing), REALTIME)


def _no_drills(drills: Drills) -> None:
    drills.deployer.fake.stacks["realtime"].parameters["AllowDrills"] = "no"


def _disabled_rule(drills: Drills) -> None:
    drills.account.rules["alerts-root-account-use"]["State"] = "DISABLED"


def _no_rule(drills: Drills) -> None:
    drills.account.rules.clear()


def _no_targets(drills: Drills) -> None:
    drills.account.targets = []


def _no_match(drills: Drills) -> None:
    drills.account.matches = False


def _unsubscribed(drills: Drills) -> None:
    drills.account.subscriptions[REALTIME_TOPIC] = []


_RULE_PROBLEMS: list[Any] = [
    pytest.param(
        _no_drills,
        "stack realtime: Its rules do not accept the events of a drill: AllowDrills is not yes. "
        "Deploy it with: trailbell deploy realtime --parameter AllowDrills=yes "
        "--previous-parameters",
        id="drills are not allowed",
    ),
    pytest.param(
        _disabled_rule,
        "rule alerts-root-account-use: It is disabled. "
        "Find out what differs with: trailbell verify realtime",
        id="the rule is disabled",
    ),
    pytest.param(
        _no_rule,
        "rule alerts-root-account-use: It was deleted outside CloudFormation. "
        "Find out what differs with: trailbell verify realtime",
        id="the rule was deleted",
    ),
    pytest.param(
        _no_targets,
        "rule alerts-root-account-use: It has no targets. "
        "Find out what differs with: trailbell verify realtime",
        id="the rule has no targets",
    ),
    pytest.param(
        _no_match,
        "rule alerts-root-account-use: The deployed event pattern matches no sample event of "
        "root-account-use. Deploy realtime with the current templates. If a setting excludes the "
        "sample events of this account, drill another detection.",
        id="EventBridge says that the pattern does not match",
    ),
    pytest.param(
        _unsubscribed,
        "stack realtime (realtime path): No one is subscribed to realtime-HighTopic-1 and "
        "realtime-EventsTopic-1, so no one would be notified. Set NotificationEmail or an endpoint "
        "of the stack that has the topic and deploy it, or subscribe with: aws sns subscribe",
        id="no one is subscribed",
    ),
]


@pytest.mark.parametrize(("change", "text"), _RULE_PROBLEMS)
def test_a_rule_that_cannot_notify_is_left_out_with_the_reason(
    with_both: Drills, change: Callable[[Drills], None], text: str
) -> None:
    change(with_both)
    plan = with_both.plan()
    assert ([part.path for part in plan.parts], plan.notes) == ([ALARM], (f"Left out: {text}",))


@pytest.mark.parametrize(("change", "text"), _RULE_PROBLEMS)
def test_a_rule_that_cannot_notify_is_an_error_if_its_path_was_chosen(
    with_both: Drills, change: Callable[[Drills], None], text: str
) -> None:
    change(with_both)
    with pytest.raises(PreconditionError) as error:
        with_both.plan(DETECTION, ALARM, REALTIME)
    assert str(error.value).replace("\n ", "") == text


def test_what_may_not_be_read_is_an_error(with_alarm: Drills) -> None:
    with_alarm.account.denied.add("ListSubscriptionsByTopic")
    with pytest.raises(AccessDeniedError, match="ListSubscriptionsByTopic: User is not"):
        with_alarm.plan()


# ------------------------------------------------------------------------------ plans

_YOU = Subscriber(protocol="email", endpoint="you@example.com", is_confirmed=True)


def test_a_plan_holds_all_that_will_happen_on_both_paths(with_both: Drills) -> None:
    plan = with_both.plan()
    record = {
        "drill": DRILL_MARK,
        **DETECTION.fires[0].event,
        "eventTime": "2026-03-01T12:00:00Z",
        "eventID": f"trailbell-drill-{RUN}-1",
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
    }
    assert plan.parts == (
        AlarmPart(
            stack="base",
            log_group="trails",
            log_stream=f"trailbell-drill-{RUN}-base",
            events=(record,),
            filters=("alerts-root-account-use",),
            metric=Metric("Trailbell/alerts", "RootAccountUse"),
            alarm="alerts-root-account-use",
            period=300,
            topics=(Topic(arn=TOPIC, subscribers=(_YOU,)),),
        ),
        RulePart(
            stack="realtime",
            bus="default",
            event={
                "version": "0",
                "id": f"trailbell-drill-{RUN}-1",
                "detail-type": "AWS API Call via CloudTrail",
                "source": "trailbell.drill",
                "account": ACCOUNT,
                "time": "2026-03-01T12:00:00Z",
                "region": "us-east-1",
                "resources": [],
                "detail": record,
            },
            rules=(
                PlannedRule(name="alerts-root-account-use", targets=2, dead_letter_queues=(QUEUE,)),
            ),
            topics=(
                Topic(arn=REALTIME_TOPIC, subscribers=(_YOU,)),
                Topic(arn=f"arn:aws:sns:us-east-1:{ACCOUNT}:realtime-EventsTopic-1"),
            ),
        ),
    )
    assert (plan.announced_topics, plan.notes) == ((TOPIC,), ())
    assert with_both.account.effects() == []


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        pytest.param({"Threshold": 3.0}, 3, id="as many as the threshold"),
        pytest.param({"Threshold": 2.5}, 3, id="at least the threshold"),
        pytest.param(
            {"Threshold": 2.0, "ComparisonOperator": "GreaterThanThreshold"},
            3,
            id="more than the threshold",
        ),
    ],
)
def test_as_many_events_are_sent_as_the_alarm_counts(
    with_alarm: Drills, changes: dict[str, Any], count: int
) -> None:
    with_alarm.account.alarms = [alarm(**changes)]
    [part] = with_alarm.plan().parts
    assert isinstance(part, AlarmPart)
    ids = [event["eventID"] for event in part.events]
    assert ids == [f"trailbell-drill-{RUN}-{number}" for number in range(1, count + 1)]


def test_other_filters_that_match_are_named(with_alarm: Drills) -> None:
    with_alarm.account.filters += [
        metric_filter("buckets", '{ $.eventName = "ListBuckets" }', "Buckets"),
        metric_filter("unreadable", "{ $.a", "Text"),
        metric_filter(
            "log-group-tampering",
            '{ ($.requestParameters.logGroupName = "trails") && ($.eventName = "Delete*") }',
            "Tampering",
        ),
    ]
    [part] = with_alarm.plan().parts
    assert isinstance(part, AlarmPart)
    assert (part.also_fires, part.fires_on_cleanup) == (("buckets",), ("log-group-tampering",))


def test_what_is_known_of_subscribers_is_in_the_plan(with_alarm: Drills) -> None:
    account = with_alarm.account
    queue = ("sqs", "arn:aws:sqs:us-east-1:111122223333:q")
    account.subscriptions[TOPIC] = [MAIL, ("email", "late@example.com"), queue]
    account.pending = {"late@example.com"}
    account.filter_policies = {"you@example.com": '{"a": ["b"]}'}
    account.topic_attributes = {"SQSSuccessFeedbackRoleArn": "arn:aws:iam::111122223333:role/r"}
    [part] = with_alarm.plan().parts
    assert part.topics[0].subscribers == (
        replace(_YOU, has_filter_policy=True),
        Subscriber(protocol="email", endpoint="late@example.com", is_confirmed=False),
        Subscriber(protocol="sqs", endpoint=queue[1], is_confirmed=True, is_logged=True),
    )


def test_attributes_that_may_not_be_read_are_unknown(with_alarm: Drills) -> None:
    with_alarm.account.denied |= {"GetSubscriptionAttributes", "GetTopicAttributes"}
    [part] = with_alarm.plan().parts
    assert part.topics[0].subscribers == (replace(_YOU, has_filter_policy=None),)


def test_a_mute_rule_that_is_not_active_does_not_mute(with_alarm: Drills) -> None:
    with_alarm.account.mute_rules = {"nights": "SCHEDULED"}
    assert len(with_alarm.plan().parts) == 1


def test_without_the_deployed_template_that_of_dist_is_read(with_alarm: Drills) -> None:
    with_alarm.deployer.fake.fault("GetTemplate", Fault.DENIED)
    assert len(with_alarm.plan().parts) == 1


def test_a_region_without_mute_rules_has_none(with_alarm: Drills) -> None:
    with_alarm.account.unknown = {"ListAlarmMuteRules"}
    assert len(with_alarm.plan().parts) == 1


def test_the_rule_for_chat_receives_the_same_event(with_both: Drills) -> None:
    rule = RULES["Resources"]["RootAccountUseRule"]
    chat = {"Parameters": RULES["Parameters"], "Resources": {"RootAccountUseChatRule": rule}}
    with_both.deploy("realtime-chat", chat, AllowDrills="yes")
    with_both.account.rules["alerts-chat-root-account-use"] = {"State": "ENABLED"}
    _, part = with_both.plan().parts
    assert isinstance(part, RulePart)
    assert part.stack == "realtime, realtime-chat"
    assert [rule.name for rule in part.rules] == [
        "alerts-root-account-use",
        "alerts-chat-root-account-use",
    ]


@pytest.mark.parametrize(
    ("physical_id", "property_", "expected"),
    [
        pytest.param("alerts-root-account-use", None, "default", id="the default bus"),
        pytest.param("hub|alerts-root-account-use", None, "hub", id="in the physical ID"),
        pytest.param("alerts-root-account-use", "hub", "hub", id="in the template"),
        pytest.param(
            "alerts-root-account-use",
            "arn:aws:events:us-east-1:111122223333:event-bus/hub",
            "hub",
            id="in the template as an ARN",
        ),
    ],
)
def test_the_event_is_sent_to_the_bus_of_the_rule(
    with_alarm: Drills, physical_id: str, property_: str | None, expected: str
) -> None:
    rules: Any = copy.deepcopy(RULES)
    if property_ is not None:
        rules["Resources"]["RootAccountUseRule"]["Properties"]["EventBusName"] = property_
    with_alarm.deploy("realtime-hub", rules, AllowDrills="yes")
    with_alarm.deployer.fake.physical["RootAccountUseRule"] = physical_id
    assert [part.bus for part in with_alarm.plan().parts if isinstance(part, RulePart)] == [
        expected
    ]


def test_an_event_keeps_its_region_if_only_that_matches(with_alarm: Drills) -> None:
    pattern = '{ $.recipientAccountId != "111122223333" }'
    with_alarm.account.filters = [
        metric_filter("alerts-root-account-use", pattern, "RootAccountUse")
    ]
    event = DETECTION.fires[0].event | {"recipientAccountId": "123456789012"}
    fires = (replace(DETECTION.fires[0], event=event),)
    [part] = with_alarm.plan(replace(DETECTION, fires=fires)).parts
    assert isinstance(part, AlarmPart)
    assert part.events[0]["recipientAccountId"] == "123456789012"


def test_without_an_announcement_no_topic_receives_one(with_both: Drills) -> None:
    assert with_both.plan(is_announced=False).announced_topics == ()
