"""Reports of replays: an empty one, a small one with each kind of result, and a large one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from trailbell.catalog.detection import Timing
from trailbell.pattern import parse
from trailbell.replay.detection import LogAlarmSchedule, ReplayDetection, RuleReceives
from trailbell.replay.model import (
    Cause,
    DetectionResult,
    Notification,
    Range,
    ReplayReport,
    Share,
    Week,
)

MONDAY = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp())
HOUR, DAY, WEEK = 3_600, 86_400, 604_800
ACCOUNTS = ("111122223333", "123456789012")
_PATTERN = parse('{ $.eventName = "StopLogging" }')


def detection(name: str, severity: str = "medium", **members: object) -> ReplayDetection:
    """A detection with a title that is made of its ID."""
    return ReplayDetection(
        id=name,
        title=name.replace("-", " ").capitalize(),
        severity=severity,
        filter_pattern=_PATTERN,
        timing=Timing(),
        **members,  # type: ignore[arg-type] # members of ReplayDetection
    )


def notification(
    name: str,
    sent: int,
    told: Sequence[str] = ("arn:aws:iam::111122223333:role/deploy",),
    masked: Sequence[str] = (),
    **members: object,
) -> Notification:
    """A notification seven minutes after its first event, whose alarm is in ALARM for an hour."""
    sent_one = Notification(
        detection=name,
        installation=ACCOUNTS[0],
        first=sent - 420,
        sent=sent,
        until=sent + HOUR,
        hits=3,
        told=tuple(told),
        masked=tuple(masked),
        masked_hits=2 * len(masked),
    )
    return replace(sent_one, **members)  # type: ignore[arg-type] # members of Notification


def result(
    of: ReplayDetection, timeline: Sequence[Notification] = (), **members: object
) -> DetectionResult:
    """What a detection sends; its breakdowns are those of its notifications."""
    told = Counter(each for sent in timeline for each in sent.told)
    weeks = Counter(_monday(sent.sent) for sent in timeline)
    count = len(timeline)
    values: dict[str, object] = {
        "detection": of,
        "hits": sum(sent.hits for sent in timeline),
        "notifications": Range(count, count, count),
        "weeks": tuple(Week(day, Range(n, n, n), 3 * n) for day, n in sorted(weeks.items())),
        "seconds_to_notify": (420, 900) if timeline else None,
        "untold": 0,
        "masked": (),
        "rule_messages": None,
        "identities": tuple(Share(value, 3 * n) for value, n in told.most_common()),
        "accounts": (Share(ACCOUNTS[0], 3 * count),) if count else (),
        "regions": (Share("eu-central-1", 3 * count),) if count else (),
        "addresses": (Share("203.0.113.9", 3 * count),) if count else (),
        "events": (Share("StopLogging", 3 * count),) if count else (),
        "timeline": tuple(timeline),
    }
    return DetectionResult(**values | members)  # type: ignore[arg-type] # members of the result


def _monday(seconds: int) -> str:
    day = datetime.fromtimestamp(seconds - (seconds - MONDAY) % WEEK, UTC)
    return f"{day:%Y-%m-%d}"


def report(*results: DetectionResult, **members: object) -> ReplayReport:
    """A report of four weeks."""
    values: dict[str, object] = {
        "records": 33_377,
        "files": 12,
        "duplicates": 0,
        "first": MONDAY,
        "last": MONDAY + 4 * WEEK - 60,
        "weeks": 4.0,
        "detections": results,
        "quiet": (),
        "causes": (),
        "uncertain": (),
        "unreadable": (),
        "left_out": "",
        "delivery": "Events are delivered 5 minutes after they happen, or 2 to 10 for the range.",
        "installations": "Each account has its own installation.",
    }
    return ReplayReport(**values | members)  # type: ignore[arg-type] # members of the report


EMPTY = report(quiet=(detection("trail-stopped", "high"), detection("key-disabled")))
"""No notification, as most replays of a short time."""

_DEPLOY, _ALICE = "arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::111122223333:user/alice"

CAUSE = Cause(
    detection="key-disabled",
    key="roles",
    value="deploy",
    hits=6,
    notifications=Range(2, 2, 3),
    with_exclusion=Range(0, 0, 1),
    toml='[catalog.detection.key-disabled]\nexclude = { roles = ["deploy"] }\n',
    also_silences=("Every role with the name deploy, on any path and in any account",),
)

SMALL = report(
    result(
        detection("key-disabled", rule=RuleReceives.WRITES),
        [
            notification("key-disabled", MONDAY + DAY, masked=[_ALICE]),
            notification("key-disabled", MONDAY + 9 * DAY),
        ],
        notifications=Range(2, 2, 3),
        masked=(Share(_ALICE, 2),),
        hits=8,
        untold=2,
        rule_messages=8,
    ),
    result(
        detection(
            "trail-stopped",
            "high",
            log_alarm=LogAlarmSchedule(run_every=300, start_offset=600, end_offset=0),
        ),
        [notification("trail-stopped", MONDAY + 9 * DAY, contributor=_ALICE, installation="")],
    ),
    result(detection("sign-in-failures", "low"), hits=1, untold=1),
    quiet=(detection("mfa-disabled", "low"),),
    causes=(CAUSE,),
    uncertain=(Share("key-disabled", 1),),
    unreadable=("logs/a.json.gz is truncated after 5 records",),
    left_out="2 records of CloudTrail Insights were left out.",
    duplicates=3,
)
"""Each kind of result once."""

HOSTILE = "</script><img src=x onerror=alert(1)>'\"&\u202egnp\x1b[2J\x00|`*_[x](y)"


def hostile() -> ReplayReport:
    """`HOSTILE` wherever the text of an event can be."""
    name, shares = "key-disabled", (Share(HOSTILE, 3),)
    cause = Cause(
        detection=name,
        key="principal_arns",
        value=HOSTILE,
        hits=3,
        notifications=Range(1, 1, 1),
        with_exclusion=Range(0, 0, 0),
        toml=f"exclude = {{ principal_arns = [{HOSTILE}] }}",
        also_silences=(HOSTILE,),
    )
    sent = notification(name, MONDAY, [HOSTILE], [HOSTILE], installation=HOSTILE)
    other = notification(name, MONDAY, contributor=HOSTILE)
    return report(
        result(
            detection(name),
            [sent, other],
            masked=shares,
            identities=shares,
            accounts=shares,
            regions=shares,
            addresses=shares,
            events=shares,
        ),
        causes=(cause,),
        unreadable=(HOSTILE,),
    )


def large(
    notifications: int = 5_000, detections: int = 99, identities: int = 2_000
) -> ReplayReport:
    """A year of an organization with many notifications, always the same."""
    random = Random(16)  # noqa: S311 # the same report each time, no secret
    names = [
        f"arn:aws:iam::{random.choice(ACCOUNTS)}:role/aws-reserved/sso.amazonaws.com/eu-central-1/"
        f"AWSReservedSSO_Administrators_{number:016x}"
        for number in range(identities)
    ]
    lists: dict[int, list[Notification]] = {number: [] for number in range(detections)}
    for _ in range(notifications):
        number = min(int(random.expovariate(0.06)), detections - 1)
        sent = MONDAY - 48 * WEEK + random.randrange(52 * WEEK)
        told = random.sample(names, random.choice((1, 1, 1, 2, 9)))
        masked = random.sample(names, random.choice((0, 0, 0, 0, 1, 6)))
        account = random.choice(ACCOUNTS)
        lists[number].append(
            notification(
                f"detection-number-{number}-has-a-name",
                sent,
                told,
                masked,
                installation=account,
                until=sent + random.randrange(2 * DAY),
            )
        )
    results = []
    for number, sent_all in lists.items():
        severity = ("high", "medium", "medium", "low")[number % 4]
        shares = tuple(
            Share(each, 1 + identities // (index + 1)) for index, each in enumerate(names)
        )
        hits = sum(share.hits for share in shares)
        count = len(sent_all)
        results.append(
            result(
                detection(f"detection-number-{number}-has-a-name", severity),
                sorted(sent_all, key=lambda each: each.sent),
                hits=hits,
                notifications=Range(count - count // 9, count, count + count // 7),
                identities=shares,
                masked=shares[number * 3 :: 7] if number % 3 else (),
                accounts=tuple(Share(f"account-{n}", 900 - n) for n in range(300)),
                regions=tuple(Share(f"region-{n}", 90 - n) for n in range(30)),
                addresses=tuple(Share(f"2001:db8::{n:x}", 2_000 - n) for n in range(500)),
                events=tuple(Share(f"DescribeSomething{n}", 99 - n) for n in range(40)),
                rule_messages=hits,
            )
        )
    results.sort(key=lambda each: (-each.notifications.typical, -each.hits))
    return report(
        *results,
        first=MONDAY - 48 * WEEK,
        weeks=52.0,
        records=81_234_567,
        files=412_345,
        causes=(CAUSE,) * 5,
        unreadable=tuple(f"logs/{number}.json.gz is truncated" for number in range(1_000)),
    )
