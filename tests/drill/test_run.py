"""What a drill does, what it reports, and that it cleans up."""

from dataclasses import replace
from typing import Any

import pytest

from tests.drill.account import TOPIC, alarm, metric_filter, refused, went_into_alarm
from tests.drill.conftest import DETECTION, RUN, Drills
from trailbell.drill.plan import DrillPath
from trailbell.drill.report import to_lines
from trailbell.drill.result import DrillResult, StepState, Verdict
from trailbell.errors import AccessDeniedError, AwsError

STREAM = f"trailbell-drill-{RUN}-base"
_CLEANUP = f"the log stream {STREAM} of trails was deleted"
REACHED, PARTLY = StepState.REACHED, StepState.PARTLY
FAILED, NOT_SEEN = StepState.FAILED, StepState.NOT_SEEN

Steps = list[tuple[str, StepState, float | None]]


def steps(result: DrillResult) -> Steps:
    """The steps of all parts. Seconds are those of a clock that only waits advance."""
    return [
        (step.name, step.state, None if step.seconds is None else round(step.seconds))
        for part in result.parts
        for step in part.steps
    ]


def texts(result: DrillResult) -> list[str]:
    return [step.text for part in result.parts for step in part.steps]


def test_people_are_notified_on_both_paths(with_both: Drills) -> None:
    result = with_both.run(with_both.plan())
    assert steps(result) == [
        ("metric filter", REACHED, 40),
        ("alarm", REACHED, 62),
        ("action base-HighTopic-1", REACHED, 63),
        ("topic base-HighTopic-1", REACHED, 90),
        ("rule alerts-root-account-use", REACHED, 60),
        ("targets of alerts-root-account-use", REACHED, 60),
        ("topic realtime-HighTopic-1", REACHED, 80),
    ]
    assert texts(result) == [
        "Trailbell/alerts RootAccountUse counted 1",
        "alerts-root-account-use went into ALARM",
        "published the notification",
        "SNS counts 2 delivered, 0 failed (2 messages to 1 subscriber)",
        "matched the event",
        "2 targets received the message",
        "SNS counts 1 delivered, 0 failed (1 message to 1 subscriber)",
    ]
    assert (result.verdict, result.exit_code, result.cleanup, result.left) == (
        Verdict.NOTIFIED,
        0,
        (_CLEANUP,),
        (),
    )


def test_the_effects_of_a_drill_are_those_of_its_plan(with_both: Drills) -> None:
    plan = with_both.plan()
    with_both.run(plan)
    account = with_both.account
    assert account.effects() == [
        "CreateLogStream",
        "Publish",
        "PutLogEvents",
        "PutEvents",
        "DeleteLogStream",
    ]
    [written] = account.asked("PutLogEvents")
    assert (written["logGroupName"], written["logStreamName"]) == ("trails", STREAM)
    assert [event["timestamp"] for event in written["logEvents"]] == [1_772_366_400_000]
    assert written["logEvents"][0]["message"].startswith(
        '{"drill":"DRILL, not a real event. ","eventVersion":"1.11"'
    )
    assert account.asked("DeleteLogStream") == [{"logGroupName": "trails", "logStreamName": STREAM}]
    [entry] = account.asked("PutEvents")[0]["Entries"]
    assert (entry["Source"], entry["EventBusName"]) == ("trailbell.drill", "default")


def test_the_announcement_says_what_follows(with_alarm: Drills) -> None:
    with_alarm.account.filters.append(
        metric_filter("tampering", '{ $.eventName = "DeleteLogStream" }', "Tampering")
    )
    with_alarm.run(with_alarm.plan())
    assert with_alarm.account.asked("Publish") == [
        {
            "TopicArn": TOPIC,
            "Subject": "Trailbell drill: root-account-use",
            "Message": 'A drill follows: a sample event of the detection "root-account-use" (The '
            "root user was used) is sent in account 111122223333, Region us-east-1. The "
            "notification about it that arrives within 15 minutes is not about a real event, and "
            "needs no response. The same is true of notifications about tampering.\n\n"
            f"Run of the drill: {RUN}",
        }
    ]


def test_without_an_announcement_one_message_is_expected(with_alarm: Drills) -> None:
    account = with_alarm.account
    for name in ("NumberOfMessagesPublished", "NumberOfNotificationsDelivered"):
        account.metrics[f"{name} base-HighTopic-1"] = [(90, 1)]
    result = with_alarm.run(with_alarm.plan(is_announced=False))
    assert "Publish" not in account.effects()
    assert (result.verdict, texts(result)[-1]) == (
        Verdict.NOTIFIED,
        "SNS counts 1 delivered, 0 failed (1 message to 1 subscriber)",
    )


def _deliveries(drills: Drills, **counts: int) -> None:
    names = {
        "delivered": "NumberOfNotificationsDelivered",
        "failed": "NumberOfNotificationsFailed",
        "filtered": "NumberOfNotificationsFilteredOut",
    }
    for word, name in names.items():
        drills.account.metrics[f"{name} base-HighTopic-1"] = [(90, counts.get(word, 0))]


@pytest.mark.parametrize(
    ("counts", "state", "verdict", "text"),
    [
        pytest.param(
            {"failed": 2}, FAILED, Verdict.NOT_NOTIFIED,
            "SNS counts 0 delivered, 2 failed (2 messages to 1 subscriber)",
            id="every delivery failed",
        ),
        pytest.param(
            {"delivered": 1, "failed": 1}, PARTLY, Verdict.PARTLY,
            "SNS counts 1 delivered, 1 failed (2 messages to 1 subscriber)",
            id="one delivery failed",
        ),
        pytest.param(
            {"delivered": 1, "filtered": 1}, PARTLY, Verdict.PARTLY,
            "SNS counts 1 delivered, 0 failed, 1 filtered out by a filter policy (2 messages to 1 "
            "subscriber)",
            id="a filter policy rejected one",
        ),
        pytest.param(
            {"delivered": 1}, NOT_SEEN, Verdict.UNCONFIRMED,
            "not complete: SNS counts 1 delivered, 0 failed (2 messages to 1 subscriber)",
            id="one delivery is not accounted for at the end",
        ),
    ],
)  # fmt: skip
def test_deliveries_that_sns_did_not_count_are_not_reported_as_such(
    with_alarm: Drills, counts: dict[str, int], state: StepState, verdict: Verdict, text: str
) -> None:
    _deliveries(with_alarm, **counts)
    result = with_alarm.run(with_alarm.plan(timeout_minutes=3))
    assert (steps(result)[-1][:2], texts(result)[-1]) == (("topic base-HighTopic-1", state), text)
    assert (result.verdict, result.exit_code) == (verdict, 1)


def test_metrics_that_are_later_than_the_time_are_unconfirmed(with_alarm: Drills) -> None:
    with_alarm.account.metrics = {}
    result = with_alarm.run(with_alarm.plan(timeout_minutes=2))
    assert steps(result) == [
        ("metric filter", REACHED, None),
        ("alarm", REACHED, 62),
        ("action base-HighTopic-1", REACHED, 63),
        ("topic base-HighTopic-1", NOT_SEEN, None),
    ]
    assert texts(result)[0] == "counted the event, as the alarm shows"
    assert texts(result)[-1] == "SNS has published no metrics yet"
    assert result.verdict is Verdict.UNCONFIRMED
    assert 120 <= with_alarm.account.clock.seconds < 130


def test_an_alarm_that_may_not_publish_notifies_no_one(with_alarm: Drills) -> None:
    with_alarm.account.history = [went_into_alarm(62), refused(63)]
    result = with_alarm.run(with_alarm.plan())
    assert steps(result) == [
        ("metric filter", REACHED, 40),
        ("alarm", REACHED, 62),
        ("action base-HighTopic-1", FAILED, 63),
    ]
    reason = "CloudWatch Alarms is not authorized to access the SNS topic encryption key."
    assert (texts(result)[-1], result.verdict) == (reason, Verdict.NOT_NOTIFIED)
    assert with_alarm.account.clock.seconds < 70, "nothing more can become known"


def test_what_was_not_seen_says_what_to_do(with_alarm: Drills) -> None:
    with_alarm.account.metrics, with_alarm.account.history = {}, []
    result = with_alarm.run(with_alarm.plan(timeout_minutes=1))
    assert list(zip([step[1] for step in steps(result)], texts(result), strict=True)) == [
        (NOT_SEEN, "the metric RootAccountUse has no datapoint: run trailbell verify base"),
        (NOT_SEEN, "alerts-root-account-use did not go into ALARM: run trailbell verify base"),
        (NOT_SEEN, "CloudWatch recorded no action: run trailbell verify base"),
    ]
    assert (result.verdict, result.exit_code) == (Verdict.NOT_NOTIFIED, 1)


def test_history_from_before_the_drill_is_not_about_it(with_alarm: Drills) -> None:
    with_alarm.account.history.insert(0, went_into_alarm(-300))
    result = with_alarm.run(with_alarm.plan())
    assert ("alarm", REACHED, 62) in steps(result)


def test_another_notification_of_the_topic_must_be_delivered_too(with_alarm: Drills) -> None:
    metrics = with_alarm.account.metrics
    metrics["NumberOfMessagesPublished base-HighTopic-1"].append((64, 1))
    metrics["NumberOfNotificationsDelivered base-HighTopic-1"].append((110, 1))
    result = with_alarm.run(with_alarm.plan())
    assert steps(result)[-1] == ("topic base-HighTopic-1", REACHED, 110)


def _rule(drills: Drills, **counts: int) -> DrillResult:
    metrics = drills.account.metrics
    for name in ("TriggeredRules", "Invocations", "FailedInvocations", "InvocationsSentToDlq"):
        metrics[f"{name} alerts-root-account-use"] = [(60, counts.get(name, 0))]
    plan = drills.plan(DETECTION, DrillPath.REALTIME, timeout_minutes=3)
    return drills.run(plan)


def test_calls_of_targets_that_failed_name_the_queue(with_both: Drills) -> None:
    result = _rule(with_both, TriggeredRules=1, FailedInvocations=2, InvocationsSentToDlq=2)
    assert steps(result) == [
        ("rule alerts-root-account-use", REACHED, 60),
        ("targets of alerts-root-account-use", FAILED, 60),
    ]
    text = "2 of 2 calls failed; messages in the queue dead-letters have the reason as ERROR_CODE"
    assert (texts(result)[-1], result.verdict) == (text, Verdict.NOT_NOTIFIED)


def test_one_failed_target_is_not_all_of_them(with_both: Drills) -> None:
    result = _rule(with_both, TriggeredRules=1, Invocations=1, FailedInvocations=1)
    assert [step[1] for step in steps(result)] == [REACHED, PARTLY, REACHED]
    assert result.verdict is Verdict.PARTLY


def test_without_metrics_of_the_rule_a_delivery_is_not_confirmed(with_both: Drills) -> None:
    result = _rule(with_both)
    assert [step[1] for step in steps(result)] == [NOT_SEEN, NOT_SEEN, REACHED]
    assert result.verdict is Verdict.UNCONFIRMED


def test_no_announcement_is_sent_to_the_topics_of_rules(with_both: Drills) -> None:
    _rule(with_both, TriggeredRules=1, Invocations=2)
    assert with_both.account.effects() == ["PutEvents"]


def test_the_metrics_of_another_bus_have_its_name(with_both: Drills) -> None:
    with_both.deployer.fake.physical["RootAccountUseRule"] = "hub|alerts-root-account-use"
    _rule(with_both, TriggeredRules=1, Invocations=2)
    names = {
        tuple(each["Name"] for each in query["MetricStat"]["Metric"]["Dimensions"])
        for request in with_both.account.asked("GetMetricData")
        for query in request["MetricDataQueries"]
    }
    assert names == {("EventBusName", "RuleName"), ("TopicName",)}


# ----------------------------------------------------------------------------- cleanup


@pytest.mark.parametrize(
    ("operation", "effects"),
    [
        pytest.param("CreateLogStream", ["CreateLogStream"], id="nothing was created"),
        pytest.param(
            "Publish", ["CreateLogStream", "Publish", "DeleteLogStream"],
            id="the announcement was refused",
        ),
        pytest.param(
            "PutLogEvents", ["CreateLogStream", "Publish", "PutLogEvents", "DeleteLogStream"],
            id="the event was refused",
        ),
        pytest.param(
            "DescribeAlarmHistory",
            ["CreateLogStream", "Publish", "PutLogEvents", "DeleteLogStream"],
            id="the history may not be read",
        ),
    ],
)  # fmt: skip
def test_a_denied_call_ends_the_drill_after_the_cleanup(
    with_alarm: Drills, operation: str, effects: list[str]
) -> None:
    plan = with_alarm.plan()
    with_alarm.account.denied.add(operation)
    with pytest.raises(AccessDeniedError, match=f"{operation}: User is not authorized"):
        with_alarm.run(plan)
    assert with_alarm.account.effects() == effects


def test_a_log_event_that_is_rejected_is_an_error(with_alarm: Drills) -> None:
    plan = with_alarm.plan()
    with_alarm.account.rejects = {"tooOldLogEventEndIndex": 1}
    with pytest.raises(AwsError, match="PutLogEvents: Log events were rejected"):
        with_alarm.run(plan)
    assert with_alarm.account.effects()[-1] == "DeleteLogStream"


def test_an_event_that_the_bus_rejects_is_an_error(with_both: Drills) -> None:
    plan = with_both.plan()
    with_both.account.rejects_event = True
    with pytest.raises(AwsError, match=r"PutEvents: the bus failed \(InternalFailure\)"):
        with_both.run(plan)
    assert with_both.account.effects()[-1] == "DeleteLogStream"


def test_ctrl_c_deletes_the_log_stream(with_alarm: Drills) -> None:
    plan = with_alarm.plan()
    with_alarm.account.clock.interrupt_at = 30
    with pytest.raises(KeyboardInterrupt):
        with_alarm.run(plan)
    assert (with_alarm.account.effects()[-1], with_alarm.cleanup.removed) == (
        "DeleteLogStream",
        [_CLEANUP],
    )


def test_a_log_stream_that_stays_is_reported(with_alarm: Drills) -> None:
    plan = with_alarm.plan()
    with_alarm.account.denied.add("DeleteLogStream")
    result = with_alarm.run(plan)
    assert (result.cleanup, result.left) == (
        (),
        (
            (
                f"the log stream {STREAM} of trails could not be deleted (User is not authorized "
                "to perform it). Delete it with: aws logs delete-log-stream --log-group-name "
                f"trails --log-stream-name {STREAM}"
            ),
        ),
    )


def test_many_events_are_written_in_several_calls(with_alarm: Drills) -> None:
    with_alarm.account.alarms = [alarm(Threshold=250.0)]
    with_alarm.account.metrics["RootAccountUse"] = [(40, 250)]
    result = with_alarm.run(with_alarm.plan())
    sizes = [len(each["logEvents"]) for each in with_alarm.account.asked("PutLogEvents")]
    assert (sizes, result.verdict) == ([100, 100, 50], Verdict.NOTIFIED)


def test_steps_are_shown_when_they_are_known(with_alarm: Drills) -> None:
    with_alarm.run(with_alarm.plan())
    assert with_alarm.shown == [
        "announced the drill to base-HighTopic-1",
        "sent the event; waiting up to 15 minutes",
        "metric filter: reached after 40 s: Trailbell/alerts RootAccountUse counted 1",
        "alarm: reached after 62 s: alerts-root-account-use went into ALARM",
        "action base-HighTopic-1: reached after 63 s: published the notification",
        (
            "topic base-HighTopic-1: reached after 90 s: SNS counts 2 delivered, 0 failed (2 "
            "messages to 1 subscriber)"
        ),
    ]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        pytest.param([Verdict.NOTIFIED, Verdict.NOTIFIED], Verdict.NOTIFIED, id="both notify"),
        pytest.param([Verdict.NOTIFIED, Verdict.NOT_NOTIFIED], Verdict.PARTLY, id="one does not"),
        pytest.param(
            [Verdict.NOTIFIED, Verdict.UNCONFIRMED], Verdict.UNCONFIRMED, id="one is unconfirmed"
        ),
        pytest.param(
            [Verdict.NOT_NOTIFIED, Verdict.NOT_NOTIFIED], Verdict.NOT_NOTIFIED, id="none notifies"
        ),
    ],
)
def test_people_are_notified_if_every_path_notifies_them(
    with_both: Drills, verdicts: list[Verdict], expected: Verdict
) -> None:
    result: Any = with_both.run(with_both.plan())
    states = {
        Verdict.NOTIFIED: REACHED,
        Verdict.NOT_NOTIFIED: FAILED,
        Verdict.UNCONFIRMED: NOT_SEEN,
    }
    parts = tuple(
        replace(part, steps=(part.steps[0], replace(part.steps[-1], state=states[verdict])))
        for part, verdict in zip(result.parts, verdicts, strict=True)
    )
    assert replace(result, parts=parts).verdict is expected


def test_a_path_that_was_left_out_is_not_proven(with_both: Drills) -> None:
    result: Any = with_both.run(with_both.plan())
    plan = replace(result.plan, notes=("Left out: stack alerts: No one is subscribed.",))
    left_out = replace(result, plan=plan)
    assert (left_out.verdict, left_out.exit_code) == (Verdict.PARTLY, 1)
    lines = [*map(str, to_lines(left_out))]
    assert "  Note: Left out: stack alerts: No one is subscribed." in lines


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(DrillPath.REALTIME, Verdict.UNCONFIRMED, id="a rule has metrics only"),
        pytest.param(DrillPath.ALARM, Verdict.NOT_NOTIFIED, id="an alarm has a state"),
    ],
)
def test_nothing_is_seen(with_both: Drills, path: DrillPath, expected: Verdict) -> None:
    result: Any = with_both.run(with_both.plan())
    (part,) = (part for part in result.parts if part.path is path)
    steps = tuple(replace(step, state=NOT_SEEN) for step in part.steps)
    assert replace(part, steps=steps).verdict is expected
