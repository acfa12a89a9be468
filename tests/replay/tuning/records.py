"""Made-up records of four weeks, and small detections that fire on them."""

import json
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trailbell.catalog.detection import Catalog, Detection, Example, Severity, Timing
from trailbell.catalog.pack import Pack
from trailbell.catalog.selection import apply_selection, read_selection
from trailbell.pattern import Outcome
from trailbell.replay.catalog import replay_detections
from trailbell.replay.collecting.read_hit import read_hit
from trailbell.replay.hit import Collected, Hit
from trailbell.replay.tuning.change import Deployment
from trailbell.replay.tuning.model import Limits, Tuning
from trailbell.replay.tuning.proposals import build_tuning
from trailbell.samples import ACCOUNT, Event, Identity, api_call, assumed_role_identity, iam_user
from trailbell.settings import parse

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
OFFICE = "192.0.2.44"

NOISE = Pack(name="noise", title="Noise", order=1)
GUARDS = Pack(name="guards", title="Guards", order=2, guards_alarms=True)


def role(name: str, session: str = "session", account: str = ACCOUNT) -> Identity:
    """A session of a role, which may have a path: ``cicd/Deployer``."""
    identity = assumed_role_identity(name.rpartition("/")[2], session)
    identity["sessionContext"]["sessionIssuer"]["arn"] = f"arn:aws:iam::{account}:role/{name}"
    return identity


DEPLOYER = role("cicd/Deployer")
ADMINISTRATOR = role("Administrator", "bob")
MALLORY = iam_user("mallory")


def create_user(
    by: Identity, time: datetime, address: str = OFFICE, account: str = ACCOUNT
) -> Event:
    """CreateUser at this time, recorded in this account, with an event ID that depends on both."""
    event = api_call("iam", "CreateUser", by, request={"userName": "ci"})
    event |= {
        "eventTime": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "sourceIPAddress": address,
        "recipientAccountId": account,
    }
    return {**event, "eventID": str(uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(event)))}


def daily(by: Identity, hours: Iterable[float], days: Iterable[int] = range(28)) -> list[Event]:
    """CreateUser at these hours of these days."""
    return [
        create_user(by, MONDAY + timedelta(days=day, hours=hour)) for day in days for hour in hours
    ]


def night(by: Identity, events: int = 5, minutes: int = 20) -> list[Event]:
    """One night of an attack: an event every so many minutes."""
    start = MONDAY + timedelta(days=12, hours=2)
    times = (start + timedelta(minutes=minutes * number) for number in range(events))
    return [create_user(by, time, "203.0.113.9") for time in times]


def month() -> list[Event]:
    """A pipeline three times each working day, a person each Wednesday, a night of an attack."""
    working_days = [day for day in range(28) if day % 7 < 5]
    return [
        *daily(DEPLOYER, (9, 13, 17), working_days),
        *daily(ADMINISTRATOR, (11,), range(2, 28, 7)),
        *night(MALLORY),
    ]


def write_records(path: Path, events: Iterable[Event]) -> str:
    """A log file as CloudTrail writes it, uncompressed; its path."""
    path.write_text(json.dumps({"Records": list(events)}), encoding="utf-8")
    return str(path)


def detection(identifier: str = "users", **changes: object) -> Detection:
    """A detection that fires on CreateUser. Its sample events are by alice and Deployer-2."""
    users = [iam_user("alice"), role("cicd/Deployer-2")]
    samples = [create_user(user, MONDAY, "192.0.2.1") for user in users]
    other = api_call("iam", "DeleteUser", users[0], request={"userName": "ci"})
    silent = [{**other, "eventID": str(number)} for number in range(3)]
    return Detection(
        id=identifier,
        title="A user was created",
        packs=("noise",),
        severity=Severity.MEDIUM,
        pattern='{ $.eventSource = "iam.amazonaws.com" && $.eventName = "CreateUser" }',
        why="It matters.",
        runbook=("Look.", "Decide.", "Act."),
        fires=tuple(
            Example(f"by {name}", event)
            for name, event in zip(("a user", "a role"), samples, strict=True)
        ),
        silent=tuple(Example(str(number), event) for number, event in enumerate(silent)),
    ).with_changes(**changes)


def counting(threshold: int, period: int = 300) -> Detection:
    """A detection that counts events."""
    return detection(timing=Timing(threshold=threshold, period=period, reason="Tests count."))


def catalog(*detections: Detection) -> Catalog:
    """The detections as they are written."""
    return Catalog(detections, (NOISE, GUARDS))


def hits_of(deployed: Catalog, events: Iterable[Event]) -> Iterator[Hit]:
    """The hits of all detections, in the order of their times."""
    for event in sorted(events, key=lambda event: str(event["eventTime"])):
        for each in deployed:
            if each.filter_pattern.test_record(dict(event)) is Outcome.MATCH:
                members = read_hit(each.id, event)
                assert members is not None
                yield Hit(*members)


def deploy(written: Catalog, settings: str) -> tuple[Catalog, Deployment]:
    """The detections with settings, and what they are made of."""
    selection = read_selection(parse(settings), written)
    return apply_selection(written, selection), Deployment(written, selection, {})


def tune(
    written: Catalog,
    events: Iterable[Event],
    settings: str = "",
    limits: Limits | None = None,
    *,
    per_account: bool = True,
) -> Tuning:
    """The tuning of detections, on records of exactly four weeks."""
    deployed, deployment = deploy(written, settings)
    first = int(MONDAY.timestamp())
    collected = Collected(
        hits=tuple(hits_of(deployed, events)),
        arrivals={},
        uncertain={},
        first=first,
        last=first + 28 * 86_400,
        left_out_kinds={},
    )
    selected = frozenset(each.id for each in replay_detections(deployed, {}))
    return build_tuning(
        deployed, deployment, collected, limits or Limits(), selected, per_account=per_account
    )


def in_account(events: Iterable[Event], account: str) -> list[Event]:
    """The events in another account, with event IDs of their own."""
    moved = [replace_account(event, account) for event in events]
    return [{**event, "eventID": f"{account}-{event['eventID']}"} for event in moved]


def replace_account(event: Event, account: str) -> Event:
    """The event with all account IDs replaced."""
    text = json.dumps(event).replace(ACCOUNT, account)
    moved: Event = json.loads(text)
    return moved
