"""The log alarm of a detection: its query, its schedule, and why there is none."""

import pytest

from trailbell.catalog.alarm_text import alarm_description
from trailbell.catalog.detection import Detection, Example, Severity, Timing
from trailbell.catalog.detection_rules import log_alarm_violations
from trailbell.catalog.explain import alarm_condition
from trailbell.catalog.log_alarm import LogAlarm, log_alarm, reason_without_log_alarm
from trailbell.errors import UnsupportedError
from trailbell.samples import api_call, iam_user

_EVENT = api_call("kms", "DisableKey", iam_user("alice"))
_WHO = (
    "coalesce(userIdentity.arn, userIdentity.userName, userIdentity.invokedBy, "
    "userIdentity.principalId, userIdentity.accountId, userIdentity.type, @logStream) as who"
)
_FIELDS = f"fields @timestamp, {_WHO}, eventName, sourceIPAddress, @message"


def _detection(
    pattern: str = '{ $.eventName = "DisableKey" }',
    timing: Timing | None = None,
    *,
    deployed: bool = False,
    verbatim: bool = False,
) -> Detection:
    return Detection(
        id="key-disabled",
        title="A key was disabled",
        packs=("essentials",),
        severity=Severity.HIGH,
        pattern=pattern,
        why="It matters.",
        runbook=("Look.", "Act."),
        fires=(Example("it happens", _EVENT),),
        silent=(Example("it does not", _EVENT),),
        timing=timing or Timing(),
        log_alarm=deployed,
        verbatim=verbatim,
    )


_ARRAY = '{ $.requestParameters.items[*].name = "x" }'


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        pytest.param(
            _detection(_ARRAY),
            'cannot translate $.requestParameters.items[*].name = "x" to Logs Insights: Insights '
            "has no name for the field",
            id="a clause that Logs Insights cannot express",
        ),
        pytest.param(
            _detection('{ $.requestParameters.logGroupName = "*${LogGroupName}" }'),
            'cannot translate $.requestParameters.logGroupName = "*${LogGroupName}" to Logs '
            'Insights: ${LogGroupName} may contain "." or "/", which have a meaning in a regular '
            "expression",
            id="a name that cannot be escaped",
        ),
        pytest.param(
            _detection("{ $.requestParameters.bucketName = %^${LogBucketName}$% }"),
            "cannot translate $.requestParameters.bucketName = %^${LogBucketName}$% to Logs "
            'Insights: ${LogBucketName} may contain "." or "/", which have a meaning in a regular '
            "expression",
            id="a name in a regular expression",
        ),
        pytest.param(
            _detection("AccessDenied"),
            'cannot translate "AccessDenied" to Logs Insights: the identity of the caller is a '
            "field of JSON, which the pattern does not read",
            id="a pattern of terms",
        ),
        pytest.param(
            _detection(
                "{ " + " || ".join(f'($.userAgent = "{"x" * 190}{n}")' for n in range(50)) + " }"
            ),
            "cannot translate the pattern to Logs Insights: the query has more than 10,000 "
            "characters",
            id="a query that is too long",
        ),
        pytest.param(
            _detection(timing=Timing(period=60, evaluation_periods=101)),
            "cannot translate 101 periods of 60 seconds to a log alarm: it evaluates at most 100 "
            "results of at most 2,592,000 seconds",
            id="more results than a log alarm evaluates",
        ),
        pytest.param(
            _detection(verbatim=True),
            "compliance scanners look for a metric filter with the pattern of this detection, and "
            "an alarm on its metric",
            id="a pattern that scanners compare",
        ),
        pytest.param(_detection(), "", id="nothing is against it"),
        pytest.param(
            _detection('{ $.requestParameters.logGroupName = "${LogGroupName}" }'),
            "",
            id="a name in quotes",
        ),
        pytest.param(
            _detection('{ $.requestParameters.roleName = "${AlarmPrefix}-*" }'),
            "",
            id="a name without special characters",
        ),
    ],
)
def test_reason_without_log_alarm(detection: Detection, reason: str) -> None:
    assert reason_without_log_alarm(detection) == reason


def test_a_detection_that_can_have_none_is_refused_if_its_module_asks_for_one() -> None:
    assert [*log_alarm_violations(_detection(_ARRAY))] == []
    assert [*log_alarm_violations(_detection(deployed=True))] == []
    assert [*log_alarm_violations(_detection(_ARRAY, deployed=True))] == [
        (
            (
                "has log_alarm, but can have none: cannot translate "
                '$.requestParameters.items[*].name = "x" to Logs Insights: Insights has no name '
                "for the field"
            ),
            "remove log_alarm",
        )
    ]


def test_the_query_of_discovered_fields() -> None:
    assert log_alarm(_detection()) == LogAlarm(
        query=f'{_FIELDS}\n| filter eventName = "DisableKey"',
        aggregation="count(*) by who | sort desc",
        run_every=300,
        start_offset=900,
        end_offset=0,
        threshold=1,
        results_to_alarm=1,
        results_to_evaluate=1,
    )


def test_the_query_keeps_placeholders_and_parses_the_message() -> None:
    named = _detection('{ $.requestParameters.logGroupName = "${LogGroupName}" }')
    assert log_alarm(named).query == (
        f"{_FIELDS}, jsonParse(@message) as record\n"
        '| filter record.requestParameters.logGroupName = "${LogGroupName}"'
    )


@pytest.mark.parametrize(
    ("timing", "schedule", "offsets", "results"),
    [
        pytest.param(Timing(), "rate(5 minutes)", (900, 0), (1, 1), id="one event is enough"),
        pytest.param(
            Timing(period=3600),
            "rate(5 minutes)",
            (900, 0),
            (1, 1),
            id="one event, whatever the period",
        ),
        pytest.param(
            Timing(threshold=5),
            "rate(5 minutes)",
            (900, 600),
            (1, 1),
            id="a period of 5 minutes: each event counts once",
        ),
        pytest.param(
            Timing(threshold=5, period=3600),
            "rate(5 minutes)",
            (4200, 600),
            (1, 1),
            id="a longer period slides",
        ),
        pytest.param(
            Timing(period=60, evaluation_periods=3, datapoints_to_alarm=2),
            "rate(1 minute)",
            (660, 600),
            (2, 3),
            id="several periods do not overlap",
        ),
        pytest.param(
            Timing(period=10, evaluation_periods=3, datapoints_to_alarm=2),
            "rate(1 minute)",
            (660, 600),
            (2, 3),
            id="a query runs once a minute at most",
        ),
    ],
)
def test_schedule(
    timing: Timing, schedule: str, offsets: tuple[int, int], results: tuple[int, int]
) -> None:
    alarm = log_alarm(_detection(timing=timing))
    assert (
        alarm.schedule,
        (alarm.start_offset, alarm.end_offset),
        (alarm.results_to_alarm, alarm.results_to_evaluate),
    ) == (schedule, offsets, results)


@pytest.mark.parametrize(
    ("detection", "condition"),
    [
        pytest.param(_detection(), "1 event in 300 seconds", id="a metric alarm"),
        pytest.param(
            _detection(deployed=True), "1 event of one identity in 900 seconds", id="one event"
        ),
        pytest.param(
            _detection(timing=Timing(threshold=5), deployed=True),
            "5 events of one identity in 300 seconds",
            id="a threshold",
        ),
    ],
)
def test_the_condition_in_words(detection: Detection, condition: str) -> None:
    assert alarm_condition(detection) == condition


def test_the_description_has_no_query() -> None:
    assert alarm_description(_detection(deployed=True)) == (
        "A key was disabled (high)\n\nIt matters.\n\n1. Look.\n2. Act."
    )


def test_both_forms_have_different_names() -> None:
    """CloudFormation creates the new alarm before it deletes the old one by its name."""
    names = _detection().alarm_id, _detection(deployed=True).alarm_id
    assert names == ("key-disabled", "key-disabled-log")


@pytest.mark.parametrize(
    ("pattern", "condition"),
    [
        pytest.param(
            '{ ($.eventSource = "ssm.amazonaws.com") && ($.eventName = "GetParameters")'
            " && ($.requestParameters.withDecryption IS TRUE) }",
            "(record.requestParameters.withDecryption = 1 or "
            'record.requestParameters.withDecryption = "true")',
            id="a boolean of the operation",
        ),
        pytest.param(
            '{ ($.eventSource = "ssm.amazonaws.com") && ($.eventName = "GetParameters")'
            " && ($.requestParameters.names IS TRUE) }",
            None,
            id="a parameter of another type",
        ),
        pytest.param("{ $.requestParameters.withDecryption IS TRUE }", None, id="of any operation"),
    ],
)
def test_a_parameter_is_a_boolean_if_its_operation_says_so(
    pattern: str, condition: str | None
) -> None:
    detection = _detection(pattern)
    if condition is None:
        with pytest.raises(UnsupportedError, match="does not distinguish a boolean"):
            log_alarm(detection)
    else:
        assert condition in log_alarm(detection).query
