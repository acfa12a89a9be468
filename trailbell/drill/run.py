"""
Run a drill: announce it, send the events, watch them, clean up.

In:    a confirmed `DrillPlan`.
Out:   a `DrillResult`.
Never: a log stream that is left behind silently, also after an error or Ctrl-C.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from trailbell.aws.cloudwatch import CloudWatch
from trailbell.aws.event_bus import EventBridge
from trailbell.aws.logs import CloudWatchLogs
from trailbell.aws.sns import Sns
from trailbell.deploy.session import DeploySession
from trailbell.drill.plan import AlarmPart, DrillPlan, Part
from trailbell.drill.result import DrillResult, PartResult, Step
from trailbell.drill.sample_event import to_message
from trailbell.drill.watch import Watch, Window
from trailbell.drill.watch_alarm import AlarmWatch
from trailbell.drill.watch_rule import RuleWatch
from trailbell.errors import AwsError
from trailbell.wording import pluralize

_SUBJECT = "Trailbell drill: {detection}"
_ANNOUNCEMENT = (
    'A drill follows: a sample event of the detection "{detection}" ({title}) is sent in account '
    "{account}, Region {region}. The notification about it that arrives within {timeout} "
    "is not about a real event, and needs no response.{others}\n\nRun of the drill: {run}"
)
_OTHERS = " The same is true of notifications about {names}."


@dataclass
class Cleanup:
    """What was removed after a drill, and what was not."""

    removed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


def run_drill(
    session: DeploySession,
    plan: DrillPlan,
    show: Callable[[str], None],
    cleanup: Cleanup,
    clock: Callable[[], datetime] = now,
) -> DrillResult:
    """Run a drill. ``cleanup`` is filled in any case; ``show`` receives each step when it is known.

    Raises `AwsError` if the event could not be sent.
    """
    with _log_streams(session, plan, cleanup):
        watches = _send(session, plan, clock)
        for topic in plan.announced_topics:
            show(f"announced the drill to {topic.rpartition(':')[2]}")
        show(f"sent the event; waiting up to {pluralize(plan.timeout_minutes, 'minute')}")
        parts = _wait(session, plan, watches, show)
    return DrillResult(
        plan=plan, parts=parts, cleanup=tuple(cleanup.removed), left=tuple(cleanup.left)
    )


def announcement(plan: DrillPlan) -> tuple[str, str]:
    """The subject and the text of the announcement."""
    alarms = [part for part in plan.parts if isinstance(part, AlarmPart)]
    names = dict.fromkeys(n for part in alarms for n in (*part.also_fires, *part.fires_on_cleanup))
    text = _ANNOUNCEMENT.format(
        detection=plan.detection,
        title=plan.title,
        account=plan.account,
        region=plan.region,
        timeout=pluralize(plan.timeout_minutes, "minute"),
        others=_OTHERS.format(names=", ".join(names)) if names else "",
        run=plan.run,
    )
    return _SUBJECT.format(detection=plan.detection)[:99], text


def _send(
    session: DeploySession, plan: DrillPlan, clock: Callable[[], datetime]
) -> tuple[Watch, ...]:
    """Announce the drill, then send the events of each part."""
    sns = Sns(session.aws.service("sns"))
    begun = clock()
    for topic in plan.announced_topics:
        sns.publish(topic, *announcement(plan))
    return tuple(_send_part(session, plan, part, begun, clock) for part in plan.parts)


def _send_part(
    session: DeploySession,
    plan: DrillPlan,
    part: Part,
    begun: datetime,
    clock: Callable[[], datetime],
) -> Watch:
    window = Window(
        cloudwatch=CloudWatch(session.aws.service("cloudwatch")),
        begun=begun,
        sent=clock(),
        clock=clock,
        announced=frozenset(plan.announced_topics),
    )
    if isinstance(part, AlarmPart):
        messages = [to_message(event) for event in part.events]
        logs = CloudWatchLogs(session.aws.service("logs"))
        logs.put_events(part.log_group, part.log_stream, messages, window.sent)
        return AlarmWatch(part, window)
    EventBridge(session.aws.service("events")).put_event(part.bus, part.event)
    return RuleWatch(part, window)


def _wait(
    session: DeploySession,
    plan: DrillPlan,
    watches: tuple[Watch, ...],
    show: Callable[[str], None],
) -> tuple[PartResult, ...]:
    """Watch all parts until each step is known, or the time is over."""
    known: list[dict[str, Step]] = [{} for _ in watches]
    limit = plan.timeout_minutes * 60
    started = session.poller.now()

    def poll() -> bool | None:
        for watch, steps in zip(watches, known, strict=True):
            for step in watch.observe(steps):
                if step.name not in steps:
                    show(describe_step(step))
                    steps[step.name] = step
        pairs = zip(watches, known, strict=True)
        ended = all(watch.is_complete(steps) for watch, steps in pairs)
        return True if ended or session.poller.now() - started >= limit else None

    poller = replace(session.poller, limit=limit + session.poller.longest * 2)
    poller.wait_for("DescribeAlarmHistory", poll)
    return tuple(
        PartResult(
            stack=watch.part.stack,
            path=watch.part.path,
            steps=watch.complete(steps),
            topics=watch.part.topics,
        )
        for watch, steps in zip(watches, known, strict=True)
    )


def describe_step(step: Step) -> str:
    """One line about a step."""
    seconds = "" if step.seconds is None else f" after {step.seconds:.0f} s"
    return f"{step.name}: {step.state}{seconds}: {step.text}"


@contextmanager
def _log_streams(session: DeploySession, plan: DrillPlan, cleanup: Cleanup) -> Iterator[None]:
    """The log streams of the drill for the duration of the block."""
    logs = CloudWatchLogs(session.aws.service("logs"))
    created: list[AlarmPart] = []
    try:
        for part in plan.parts:
            if isinstance(part, AlarmPart):
                logs.create_stream(part.log_group, part.log_stream)
                created.append(part)
        yield
    finally:
        for part in created:
            _delete(logs, part, cleanup)


def _delete(logs: CloudWatchLogs, part: AlarmPart, cleanup: Cleanup) -> None:
    where = f"the log stream {part.log_stream} of {part.log_group}"
    try:
        logs.delete_stream(part.log_group, part.log_stream)
    except AwsError as error:
        cleanup.left.append(
            f"{where} could not be deleted ({error.reason}). Delete it with: aws logs "
            f"delete-log-stream --log-group-name {part.log_group} --log-stream-name "
            f"{part.log_stream}"
        )
    else:
        cleanup.removed.append(f"{where} was deleted")
