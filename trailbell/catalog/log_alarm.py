"""
The log alarm of a detection: a Logs Insights query that counts the events of each identity.

In:    a detection.
Out:   a `LogAlarm`: its query, when CloudWatch runs it, and over which time.
Never: a query for other events than those of the pattern. If Logs Insights cannot express a clause,
       or the name of a resource could change the meaning of the query, there is no log alarm.

A metric counts the events of all identities together, and while its alarm is in ALARM, the next
identity sends no notification. A log alarm evaluates each identity on its own.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-log.html
"""

from dataclasses import dataclass
from functools import cache

from trailbell.catalog.detection import Detection, Timing
from trailbell.catalog.placeholders import (
    max_deployed_length,
    placeholders_in,
    restore_placeholders,
    translate,
)
from trailbell.errors import UnsupportedError
from trailbell.lazy_import import lazy_import
from trailbell.pattern import parse
from trailbell.pattern.ast import (
    Clause,
    Comparison,
    Condition,
    IsLiteral,
    JsonPattern,
    Regex,
    Selector,
    Text,
    clauses,
)
from trailbell.pattern.event_scope import EventScope, scoped_clauses
from trailbell.pattern.field_types import FieldTypes, Repetition
from trailbell.pattern.printer import condition_text, pattern_text
from trailbell.pattern.record_schema import FieldType, field_schema
from trailbell.pattern.targets import insights

IDENTITY = (
    *("userIdentity.arn", "userIdentity.userName", "userIdentity.invokedBy"),
    *("userIdentity.principalId", "userIdentity.accountId", "userIdentity.type", "@logStream"),
)
"""The fields of which the first that exists names the caller.

Failed sign-ins of users have no ARN, and calls of AWS services only the name of the service. No
page says what becomes of an event without a field that results are grouped by; every log event has
its log stream, so there is none.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
"""

# The log lines in the notification are the results of the query, so that the event is among them.
_FIELDS = (
    f"@timestamp, coalesce({', '.join(IDENTITY)}) as who, eventName, sourceIPAddress, @message"
)
AGGREGATION = "count(*) by who | sort desc"
"""The count of each identity. It is sorted because CloudWatch evaluates only so many results: the
largest counts then. The API reference has a maximum of 2,048 characters in its text and of 256 in
its table.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ScheduledQueryConfiguration.html
"""

LOG_LINES = 50
"""The log lines in the e-mail of a notification, the maximum."""

_QUERY_CHARACTERS = insights.MAX_LENGTH
_RUN_EVERY = 300
# How long after a call its event is in the log group at the latest, so that a query can count it.
# CloudTrail delivers after about 5 minutes on average, and gives no guarantee:
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
_DELIVERY_SECONDS = 600
_MAX_RESULTS = 100
_MAX_OFFSET = 2_592_000
# Names that can contain "." or "/", which are characters of a regular expression.
_NOT_IN_A_REGEX = frozenset(("LogGroupName", "LogBucketName"))
_VERBATIM = (
    "compliance scanners look for a metric filter with the pattern of this detection, and an alarm "
    "on its metric"
)


@dataclass(frozen=True, kw_only=True)
class LogAlarm:
    """What CloudWatch runs and evaluates. ``query`` can contain placeholders.

    The query runs every ``run_every`` seconds, on the log events of the time between
    ``start_offset`` and ``end_offset`` seconds before. The alarm is in ALARM if an identity has at
    least ``threshold`` events in ``results_to_alarm`` of the last ``results_to_evaluate`` results.
    """

    query: str
    run_every: int
    start_offset: int
    end_offset: int
    threshold: int
    results_to_alarm: int
    results_to_evaluate: int
    aggregation: str = AGGREGATION

    @property
    def window(self) -> int:
        """The seconds whose events are counted together."""
        return self.start_offset - self.end_offset

    @property
    def schedule(self) -> str:
        """The schedule expression: ``rate(5 minutes)``."""
        minutes = self.run_every // 60
        return f"rate({minutes} minute{'' if minutes == 1 else 's'})"


def log_alarm(detection: Detection) -> LogAlarm:
    """The log alarm of a detection. Raises `UnsupportedError`."""
    timing = detection.timing
    run_every, start_offset, end_offset = query_times(timing)
    if timing.evaluation_periods > _MAX_RESULTS or start_offset > _MAX_OFFSET:
        raise UnsupportedError(
            "a log alarm",
            f"{timing.evaluation_periods} periods of {timing.period} seconds",
            f"it evaluates at most {_MAX_RESULTS} results of at most {_MAX_OFFSET:,} seconds",
        )
    return LogAlarm(
        query=_query(detection.pattern_text),
        run_every=run_every,
        start_offset=start_offset,
        end_offset=end_offset,
        threshold=timing.threshold,
        results_to_alarm=timing.datapoints_to_alarm,
        results_to_evaluate=timing.evaluation_periods,
    )


def reason_without_log_alarm(detection: Detection) -> str:
    """Why a detection can have no log alarm, as a sentence without its end; empty if it can."""
    if detection.verbatim:
        return _VERBATIM
    try:
        log_alarm(detection)
    except UnsupportedError as error:
        return str(error)
    return ""


def query_times(timing: Timing) -> tuple[int, int, int]:
    """How often the query runs, and where the time it reads begins and ends, in seconds.

    One event is enough: the query reads the last 15 minutes, so that it finds an event within 5
    minutes of its delivery, and one that is delivered late, too. It finds most events three times;
    the alarm notifies of an identity once, when it goes into ALARM for it.

    Events are counted: in a period as long as that of the metric alarm, which has ended long enough
    ago for its events to be there. Periods overlap if they are longer than the time between two
    runs, unless several of them are evaluated: an event would count in more than one.
    """
    if timing.threshold == 1 and timing.evaluation_periods == 1:
        return _RUN_EVERY, _RUN_EVERY + _DELIVERY_SECONDS, 0
    several = timing.evaluation_periods > 1
    period = max(timing.period, 60)
    run_every = period if several else _RUN_EVERY
    return run_every, period + _DELIVERY_SECONDS, _DELIVERY_SECONDS


@cache
def _query(text: str) -> str:
    try:
        query = translate(text, _compile)
    except UnsupportedError as error:
        clause = restore_placeholders(error.clause)
        raise UnsupportedError(error.target, clause, error.reason) from None
    if max_deployed_length(query) > _QUERY_CHARACTERS:
        raise UnsupportedError(
            insights.NAME,
            "the pattern",
            f"the query has more than {_QUERY_CHARACTERS:,} characters",
        )
    return query


def _compile(text: str) -> str:
    tree = parse(text, max_length=None).tree
    if not isinstance(tree, JsonPattern):
        reason = "the identity of the caller is a field of JSON, which the pattern does not read"
        raise UnsupportedError(insights.NAME, pattern_text(tree), reason)
    for clause in clauses(tree.condition):
        _check_names(clause)
    return insights.select(tree, _FIELDS, _boolean_parameters(tree.condition))


def _boolean_parameters(condition: Condition) -> frozenset[Selector]:
    """The parameters that are compared with a boolean, and are one in each of these events."""
    compared = [
        (clause.selector, scope)
        for clause, scope in scoped_clauses(condition)
        if isinstance(clause, IsLiteral) and field_schema(clause.selector) is None
    ]
    if not compared:
        return frozenset()
    types = lazy_import("trailbell.cloudtrail.field_types").BotocoreFieldTypes()
    others = {selector for selector, scope in compared if not _is_boolean(selector, scope, types)}
    return frozenset(selector for selector, _ in compared) - others


def _is_boolean(selector: Selector, scope: EventScope, types: FieldTypes) -> bool:
    known = types.field(selector, scope)
    single = known is not None and set(known.repetitions) <= {Repetition.NEVER}
    return known is not None and known.type is FieldType.BOOLEAN and single


def _check_names(clause: Clause) -> None:
    """Raise `UnsupportedError` for a name of a resource that becomes part of a regular expression.

    It is only known when the stack is deployed, so that its characters cannot be escaped.
    """
    match clause:
        case Comparison(value=Text(text)) if "*" in text:
            expression = restore_placeholders(text)
        case Comparison(value=Regex(source)):
            expression = restore_placeholders(source)
        case _:
            return
    for name in placeholders_in(expression):
        if name in _NOT_IN_A_REGEX:
            raise UnsupportedError(
                insights.NAME,
                condition_text(clause),
                f'${{{name}}} may contain "." or "/", which have a meaning in a regular expression',
            )
