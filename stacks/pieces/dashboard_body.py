"""
The body of the dashboard: widgets for alarms, event counts and the latest events.

In:    the catalog, and the packs that may be deployed or not.
Out:   JSON with variables for what is optional. Each is empty or begins with the comma after what
       precedes it, so that the body is valid JSON in all combinations.
Never: a query for each detection. CloudWatch bills the data that each query of a view scans.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from troposphere import If, Sub

from stacks.pieces.base_refs import bucket_condition, imported_refs, to_sub
from trailbell import Catalog, Detection, Pack, Severity
from trailbell.catalog.alarm_text import investigation_condition
from trailbell.catalog.placeholders import escape_for_sub, max_deployed_length

_ALARM = Sub(
    "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:${InstallationName}-"
)

_ALARMS = """\
{"type": "alarm", "width": 24, "height": 6, "properties": {
 "title": "Alarms", "sortBy": "stateUpdatedTimestamp", "alarms": [
  "${Alarm}heartbeat"%s
 ]}}"""
_COUNTS = """\
{"type": "metric", "width": 24, "height": 6, "properties": {
 "title": "Events of pack %s", "region": "${AWS::Region}",
 "view": "timeSeries", "stacked": true, "stat": "Sum", "period": 300, "metrics": [
%s
 ]}}"""
_EVENTS = """\
{"type": "log", "width": 24, "height": 9, "properties": {
 "title": "%s",
 "region": "${AWS::Region}", "view": "table",
 "query": "%s"}}"""
_QUERY = """\
SOURCE '${LogGroupName}' | fields @timestamp, jsonParse(@message) as record, \
coalesce(userIdentity.arn, userIdentity.userName, userIdentity.invokedBy) as who
| filter %s
| sort @timestamp desc
| display @timestamp, who, sourceIPAddress, awsRegion, record.recipientAccountId, eventName, \
errorCode
| limit 20"""
_ESSENTIALS = "essentials"
"""The pack whose alarms are in the base stack."""
_NO_EVENT = "not ispresent(@message)"
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html
_QUERY_CHARACTERS = 10_000
# The second query is shorter, so that the template stays below the size that CloudFormation accepts
# without a bucket, with as many detections as a log group can have metric filters.
_SECOND_QUERY_CHARACTERS = 8_000

Values = Mapping[str, Any]
"""The values of variables in a text of ``Fn::Sub``."""


def shows(pack: Pack) -> str:
    """The name of the condition that the dashboard shows a pack."""
    return f"Shows{pack.logical_id}"


def body(catalog: Catalog, packs: Sequence[Pack]) -> Sub:
    """All alarms, the latest events, and the event counts of each pack.

    ``packs`` are those with a condition. The alarms of the pack essentials are in the base stack.
    """
    refs = imported_refs()
    values = {"Alarm": _ALARM, "MetricNamespace": refs.namespace} | dict(refs.placeholder_values)
    essentials = catalog.in_pack(_ESSENTIALS)
    alarms, guarded = _join(essentials, _alarm_line, values)
    optional = dict(guarded)
    widgets = ["${HighEvents}", "${OtherEvents}"]
    widgets.append(_counts_widget(_ESSENTIALS, essentials))
    for pack in packs:
        detections = catalog.in_pack(pack.name)
        lines, guarded = _join(detections, _alarm_line, values)
        lines = "".join(map(_line, _further_alarms(pack))) + lines
        optional[f"{pack.logical_id}Alarms"] = _text_if(shows(pack), lines, {**values, **guarded})
        alarms += f"\n${{{pack.logical_id}Alarms}}"
        if counts := _counts_widget(pack.name, detections):
            optional[f"{pack.logical_id}Counts"] = _text_if(shows(pack), counts, values)
            widgets.append(f"${{{pack.logical_id}Counts}}")
    second = (Severity.MEDIUM, Severity.LOW)
    for name, condition, severities, most in (
        ("HighEvents", "ListsEvents", (Severity.HIGH,), _QUERY_CHARACTERS),
        ("OtherEvents", "ListsAllEvents", second, _SECOND_QUERY_CHARACTERS),
    ):
        chosen, others = _fitting(_in_order(catalog, packs, severities), most)
        title = f"Latest events of {' and '.join(severities)} severity{_left_out(catalog, others)}"
        widget, clauses = _events_widget(title, catalog, packs, chosen, values)
        optional[name] = _text_if(condition, f",\n{widget}", {**values, **clauses})
    text = f'{{"start": "-PT3H", "widgets": [\n{_ALARMS % alarms}{"".join(widgets)}\n]}}'
    return to_sub(text, values | optional)


def _text_if(condition: str, text: str, values: Values) -> If:
    """The text if the condition is true, otherwise no text.

    cfn-lint reports Fn::Sub without variables (W1020).
    """
    has_variable = "${" in text.replace("${!", "")
    return If(condition, to_sub(text, values) if has_variable else text.replace("${!", "${"), "")


def _join(
    detections: Iterable[Detection], render: Callable[[Detection], str], values: Values
) -> tuple[str, Values]:
    """A text for each detection, and the value of the variable for those that need the bucket."""
    plain, guarded = "", ""
    for detection in detections:
        if bucket_condition(detection):
            guarded += render(detection)
        else:
            plain += render(detection)
    if not guarded:
        return plain, {}
    return f"{plain}${{Guarded}}", {"Guarded": _text_if("GuardsBucket", guarded, values)}


def _line(name: str) -> str:
    return f',\n  "${{Alarm}}{name}"'


def _alarm_line(detection: Detection) -> str:
    return _line(detection.alarm_id)


def _further_alarms(pack: Pack) -> Iterable[str]:
    """The alarms of a pack that have no detection."""
    return [f"{severity}-undelivered" for severity in Severity] if pack.name == "tamper" else []


def _counts_widget(pack: str, detections: Iterable[Detection]) -> str:
    """The widget after a comma; empty without a metric: log alarms publish none."""
    rows = [
        f'  ["${{MetricNamespace}}", "{detection.logical_id}", '
        f'{{"label": "{detection.id} ({detection.severity})"}}]'
        for detection in detections
        if not detection.log_alarm
    ]
    return ",\n" + _COUNTS % (pack, ",\n".join(rows)) if rows else ""


def _events_widget(
    title: str,
    catalog: Catalog,
    packs: Sequence[Pack],
    chosen: Sequence[Detection],
    values: Values,
) -> tuple[str, Values]:
    """One query for all these detections, and the clauses of the optional packs.

    Its first clause is true of no event, so that each further one can begin with "or".
    """
    clauses, variables = _join(
        [d for d in catalog.in_pack(_ESSENTIALS) if d in chosen], _clause, values
    )
    variables = dict(variables)
    for pack in packs:
        detections = [d for d in catalog.in_pack(pack.name) if d in chosen]
        if detections:
            text, guarded = _join(detections, _clause, values)
            name = f"{pack.logical_id}Events"
            variables[name] = _text_if(shows(pack), text, {**values, **guarded})
            clauses += f"${{{name}}}"
    query = json.dumps(_QUERY % "CLAUSES")[1:-1].replace("CLAUSES", f"{_NO_EVENT}{clauses}")
    return _EVENTS % (title, query), variables


def _in_order(
    catalog: Catalog, packs: Sequence[Pack], severities: Sequence[Severity]
) -> Sequence[Detection]:
    """The detections of these severities, by severity and then by pack."""
    return [
        detection
        for severity in severities
        for name in (_ESSENTIALS, *(pack.name for pack in packs))
        for detection in catalog.in_pack(name)
        if detection.severity == severity
    ]


def _left_out(catalog: Catalog, detections: Sequence[Detection]) -> str:
    """What a title says about the detections whose conditions do not fit into the query."""
    if len(detections) <= 2:
        names = " and ".join(detection.id for detection in detections)
        return names and f" (without {names})"
    deploying = {catalog.deploying_pack(detection.id) for detection in detections}
    packs = [pack.name for pack in catalog.packs if pack.name in deploying]
    names = f"the pack {packs[0]}" if len(packs) == 1 else f"{len(packs)} packs"
    return f" (without {len(detections)} detections of {names})"


def _clause(detection: Detection) -> str:
    text = f" or ({escape_for_sub(investigation_condition(detection))})"
    return json.dumps(text)[1:-1]


def _fitting(
    detections: Iterable[Detection], most: int
) -> tuple[Sequence[Detection], Sequence[Detection]]:
    """The detections whose conditions fit into a query of so many characters, and the others."""
    fitting, others = [], []
    length = max_deployed_length(_QUERY) + len(_NO_EVENT)
    for detection in detections:
        addition = max_deployed_length(investigation_condition(detection)) + len(" or ()")
        if length + addition <= most:
            length += addition
            fitting.append(detection)
        else:
            others.append(detection)
    return fitting, others
