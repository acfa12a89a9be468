"""
Play an attack on the emulator: put its events on the bus, and read what the topics deliver.

In:    a `Deployment`, the catalog, and the steps of the attack.
Out:   a `Timeline`.
Never: an alarm that the emulator evaluates. The states come from `trailbell.replay`; each
       notification is then sent by the deployed alarm, so that its text is the real one.
"""

import json
import time
from collections.abc import Iterable, Sequence
from datetime import datetime

from trailbell.aws.client import AwsSession
from trailbell.catalog.detection import Catalog
from trailbell.catalog.event_message import bus_event
from trailbell.demo.attack import START, Step
from trailbell.demo.deployed_alarms import History, deployed_alarms, follow
from trailbell.demo.deployment import Deployment
from trailbell.demo.fired import Alarms, fired_detections
from trailbell.demo.notifications import Queue, by_detection, entries, mail, subscribe
from trailbell.demo.timeline import Entry, Mail, RealtimeMessage, Timeline
from trailbell.deploy.result import StackResult
from trailbell.errors import PreconditionError
from trailbell.replay.alarm.delivery import DELIVERY, Clock, delivered
from trailbell.replay.alarm.evaluation import StateChange


def play(deployment: Deployment, catalog: Catalog, attack: Sequence[Step]) -> Timeline:
    """Play the attack. Raises `AwsError` if the emulator refuses a call."""
    aws, clock = deployment.session.aws, Clock(START)
    queue = subscribe(aws)
    messages = [put_event(aws, queue, step) for step in attack]
    filters = entries(aws, "logs", "DescribeMetricFilters", "metricFilters")
    deployed = deployed_alarms(
        filters, entries(aws, "cloudwatch", "DescribeAlarms", "MetricAlarms")
    )
    arrivals = [delivered(step.at) for step in attack]
    events = [step.record for step in attack]
    histories = tuple(follow(alarm, events, arrivals, clock) for alarm in deployed)
    alarms = Alarms(histories, _send_mails(aws, queue, histories, clock), clock)
    return Timeline(
        entries=tuple(
            Entry(
                step=step,
                delivered=arrivals[number],
                fired=fired_detections(number, messages[number], alarms, catalog),
            )
            for number, step in enumerate(attack)
        ),
        stacks=tuple(r.stack for r in deployment.results if r.status.succeeded),
        rules=len(entries(aws, "events", "ListRules", "Rules")),
        filters=len(filters),
        alarms=len(deployed),
        delivery=DELIVERY,
        notes=(
            *(f"{name} was left out: {reason}" for name, reason in deployment.left_out.items()),
            *(
                f"{result.stack} was not deployed: {_why(result)}"
                for result in deployment.results
                if not result.status.succeeded
            ),
        ),
    )


def _why(result: StackResult) -> str:
    """Why a stack was not deployed: the message, or the cause in the events of the stack."""
    return result.text or (result.root_cause.reason if result.root_cause else result.state)


def put_event(aws: AwsSession, queue: Queue, step: Step) -> dict[str, RealtimeMessage]:
    """Put the event of a step on the default bus; the messages that arrive, by detection.

    Raises `PreconditionError` if the bus refuses it.
    """
    event = bus_event(step.record)
    entry = {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Time": step.at,
    }
    started = time.perf_counter()
    answer = aws.service("events").call("PutEvents", Entries=[entry])
    if answer["FailedEntryCount"]:
        (failed,) = answer["Entries"]
        raise PreconditionError("demo", "The emulator refused an event.", failed["ErrorMessage"])
    bodies = queue.receive()
    return by_detection(bodies, time.perf_counter() - started)


def _send_mails(
    aws: AwsSession, queue: Queue, histories: Iterable[History], clock: Clock
) -> dict[tuple[str, datetime], Mail]:
    """Let each alarm send its notifications: the e-mails by alarm and time."""
    mails = {}
    for history in histories:
        name = history.alarm.name
        for change in history.notifications:
            at = clock.end_of(change.minute)
            for state, reason in ((change.before, "-"), (change.after, _reason(history, change))):
                aws.service("cloudwatch").call(
                    "SetAlarmState", AlarmName=name, StateValue=state.value, StateReason=reason
                )
            for body in queue.receive():
                mails[name, at] = mail(json.loads(body), at)
    return mails


def _reason(history: History, change: StateChange) -> str:
    """The reason that CloudWatch gives for the state ALARM."""
    settings = history.alarm.settings
    first = change.minute - settings.period_minutes + 1
    value = float(sum(first <= minute <= change.minute for minute in history.matches.values()))
    return (
        f"Threshold Crossed: {settings.datapoints_to_alarm} datapoint [{value}] was greater than "
        f"or equal to the threshold ({float(settings.threshold)})."
    )
