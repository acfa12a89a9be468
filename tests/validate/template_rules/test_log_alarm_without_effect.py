"""The rule W9819: the queries of a log alarm read all events, and its log lines are sent."""

import pytest

from tests.validate.rule_matches import Matches, Resources, fires, ref, rule_matches, silent, sub
from tests.validate.template_rules.test_log_alarm_invalid import log_alarm
from trailbell.validate.template_rules.LogAlarmWithoutEffect import LogAlarmWithoutEffect

_QUERY = "A.Properties.ScheduledQueryConfiguration"
_MASKED = (
    f"{_QUERY}.QueryString",
    (
        "A notification has no log lines of a query with unmask(). Remove unmask(), or the log "
        "lines."
    ),
)
_CASES = [
    silent("each event is read three times", log_alarm()),
    silent("each event is read once", log_alarm(StartTimeOffset=900, EndTimeOffset=600)),
    silent("a schedule that is no rate, which E9818 reports", log_alarm(ScheduleExpression="x")),
    silent("no time at all, which E9818 reports", log_alarm(StartTimeOffset=60, EndTimeOffset=60)),
    silent("a time from a parameter", log_alarm(StartTimeOffset=ref("Start"))),
    silent("unmask() without log lines", log_alarm(QueryString="unmask(a)", ActionLogLineCount=0)),
    silent("a field of that name", log_alarm(QueryString="fields unmask")),
    fires(
        "a minute of every five",
        log_alarm(StartTimeOffset=660, EndTimeOffset=600),
        (
            f"{_QUERY}.ScheduleConfiguration.StartTimeOffset",
            (
                "The query reads the events of 60 s every 300 s, and misses those between. "
                "StartTimeOffset is 660; add at least 240."
            ),
        ),
    ),
    fires("unmask() with log lines", log_alarm(QueryString="fields unmask(@message)"), _MASKED),
    fires("the same in Fn::Sub", log_alarm(QueryString=sub("fields unmask (@m) ${X}")), _MASKED),
]


@pytest.mark.parametrize(("resources", "findings"), _CASES)
def test_rule(resources: Resources, findings: Matches) -> None:
    assert rule_matches(LogAlarmWithoutEffect(), resources) == findings
