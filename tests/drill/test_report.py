"""What is shown of a plan and of a result."""

import json

from tests.drill.account import EVENTS_TOPIC, MAIL, REALTIME_TOPIC, TOPIC, metric_filter
from tests.drill.conftest import RUN, Drills
from trailbell.drill import plan_report, report

QUEUE = ("sqs", "arn:aws:sqs:us-east-1:111122223333:q")
_STREAM = f"trailbell-drill-{RUN}-base"


def _with_subscribers(drills: Drills) -> None:
    account = drills.account
    account.subscriptions[TOPIC] = [MAIL, ("email", "late@example.com"), QUEUE]
    account.pending = {"late@example.com"}
    account.filter_policies = {QUEUE[1]: '{"a": ["b"]}'}


def test_a_plan_shows_what_is_sent_who_is_notified_and_what_is_removed(with_both: Drills) -> None:
    _with_subscribers(with_both)
    with_both.account.filters += [
        metric_filter("buckets", '{ $.eventName = "ListBuckets" }', "Buckets"),
        metric_filter("tampering", '{ $.eventName = "DeleteLogStream" }', "Tampering"),
    ]
    with_both.deployer.fake.stacks["realtime"].parameters["AllowDrills"] = "no"
    assert [*map(str, plan_report.to_lines(with_both.plan()))] == [
        "Drill of root-account-use: The root user was used",
        f"  Account 111122223333, Region us-east-1, run {RUN}",
        "",
        "alarm path (stack base)",
        f"  Send      1 event to trails, log stream {_STREAM}",
        "  Filter    alerts-root-account-use: matches the event",
        (
            "  Alarm     alerts-root-account-use: goes into ALARM, and returns to OK on its own "
            "about 5 minutes later"
        ),
        "  Clean up  the log stream is deleted at the end, also after Ctrl-C",
        "  Also      buckets: matches the event, too; its alarm notifies",
        (
            "  Also      tampering: matches the deletion of the log stream, which CloudTrail "
            "delivers within about 15 minutes; its alarm notifies"
        ),
        "  Notify    base-HighTopic-1",
        "            email you@example.com",
        "            email late@example.com is not confirmed: it receives nothing",
        f"            sqs {QUEUE[1]} has a filter policy, which may reject the notification",
        "",
        (
            "An announcement is sent to base-HighTopic-1 first: the notification of an alarm "
            "cannot be marked as a drill."
        ),
        (
            "Note: Left out: stack realtime: Its rules do not accept the events of a drill: "
            "AllowDrills is not yes. Deploy it with: trailbell deploy realtime --parameter "
            "AllowDrills=yes --previous-parameters"
        ),
    ]


def test_the_plan_of_a_rule_has_no_cleanup(with_both: Drills) -> None:
    with_both.account.denied.add("GetSubscriptionAttributes")
    with_both.targets = with_both.targets[1:]
    assert [*map(str, plan_report.to_lines(with_both.plan()))][3:] == [
        "realtime path (stack realtime)",
        "  Send      1 event of source trailbell.drill to the event bus default",
        "  Rule      alerts-root-account-use: matches the event, has 2 targets",
        "  Notify    realtime-HighTopic-1",
        "            email you@example.com (whether it has a filter policy could not be read)",
        "  Notify    realtime-EventsTopic-1",
        "            no subscription",
        "",
    ]


def test_a_plan_without_an_announcement_warns(with_alarm: Drills) -> None:
    lines = [*map(str, plan_report.to_lines(with_alarm.plan(is_announced=False)))]
    assert lines[-1] == (
        "Without an announcement: the notification of the alarm looks like a real one."
    )


def test_a_result_never_says_that_one_subscriber_was_notified(with_alarm: Drills) -> None:
    _with_subscribers(with_alarm)
    with_alarm.account.metrics["NumberOfNotificationsDelivered base-HighTopic-1"] = [(90, 2)]
    with_alarm.account.metrics["NumberOfNotificationsFilteredOut base-HighTopic-1"] = [(90, 2)]
    result = with_alarm.run(with_alarm.plan())
    assert [*map(str, report.to_lines(result))] == [
        "root-account-use: not all subscribers were notified",
        "  alarm path (stack base): not all subscribers were notified",
        "      40 s  reached   metric filter: Trailbell/alerts RootAccountUse counted 1",
        "      62 s  reached   alarm: alerts-root-account-use went into ALARM",
        "      63 s  reached   action base-HighTopic-1: published the notification",
        (
            "      90 s  partly    topic base-HighTopic-1: SNS counts 2 delivered, 0 failed, 2 "
            "filtered out by a filter policy (2 messages to 2 subscribers)"
        ),
        "    email you@example.com: delivery status unknown: SNS does not report it for email",
        "    email late@example.com: not confirmed: it received nothing",
        (
            f"    sqs {QUEUE[1]}: delivery status unknown: delivery status logging is not enabled "
            "for sqs"
        ),
        f"  Cleanup: the log stream {_STREAM} of trails was deleted.",
        (
            "  Cleanup: alerts-root-account-use returns to OK on its own about 5 minutes after the "
            "event."
        ),
    ]


def test_delivery_status_that_sns_logs_is_in_its_log_group(with_alarm: Drills) -> None:
    with_alarm.account.subscriptions[TOPIC] = [QUEUE]
    with_alarm.account.topic_attributes = {
        "SQSSuccessFeedbackRoleArn": "arn:aws:iam::111122223333:role/r"
    }
    lines = [*map(str, report.to_lines(with_alarm.run(with_alarm.plan())))]
    log_group = "sns/us-east-1/111122223333/base-HighTopic-1"
    assert f"    sqs {QUEUE[1]}: delivery status: see the log group {log_group}" in lines


def test_what_could_not_be_removed_is_in_the_report(with_alarm: Drills) -> None:
    plan = with_alarm.plan()
    with_alarm.account.denied.add("DeleteLogStream")
    [line] = [
        str(line)
        for line in report.to_lines(with_alarm.run(plan))
        if "could not be deleted" in str(line)
    ]
    assert line.startswith(f"  Cleanup: the log stream {_STREAM} of trails could not be deleted")


def test_a_result_as_json(with_both: Drills) -> None:
    result = with_both.run(with_both.plan())
    you = {
        "protocol": "email",
        "endpoint": "you@example.com",
        "is_confirmed": True,
        "has_filter_policy": False,
        "is_logged": False,
        "delivery": "unknown",
    }
    data = json.loads(report.to_json(result))
    assert [path.pop("steps")[0] for path in data["paths"]] == [
        {
            "name": "metric filter",
            "state": "reached",
            "seconds": 40.0,
            "text": "Trailbell/alerts RootAccountUse counted 1",
        },
        {
            "name": "rule alerts-root-account-use",
            "state": "reached",
            "seconds": 60.0,
            "text": "matched the event",
        },
    ]
    assert data == {
        "run": RUN,
        "detection": "root-account-use",
        "account": "111122223333",
        "region": "us-east-1",
        "notified": True,
        "verdict": "people were notified",
        "paths": [
            {
                "path": "alarm",
                "stack": "base",
                "verdict": "people were notified",
                "topics": [{"arn": TOPIC, "subscribers": [you]}],
            },
            {
                "path": "realtime",
                "stack": "realtime",
                "verdict": "people were notified",
                "topics": [
                    {"arn": REALTIME_TOPIC, "subscribers": [you]},
                    {"arn": EVENTS_TOPIC, "subscribers": []},
                ],
            },
        ],
        "notes": [],
        "cleanup": [f"the log stream {_STREAM} of trails was deleted"],
        "left": [],
    }


def test_without_a_notification_nothing_is_said_about_its_delivery(with_alarm: Drills) -> None:
    with_alarm.account.metrics, with_alarm.account.history = {}, []
    result = with_alarm.run(with_alarm.plan(timeout_minutes=1))
    assert [*map(str, report.to_lines(result))][-2:] == [
        "    email you@example.com: received nothing: no notification was published",
        f"  Cleanup: the log stream {_STREAM} of trails was deleted.",
    ]
