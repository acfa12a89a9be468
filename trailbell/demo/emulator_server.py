"""
The emulator, with what it does not support: three resource types, alarms on expressions, and
conditions on parts of texts.

In:    ministack of exactly `trailbell.demo.emulator.VERSION`: private names of it are replaced.
Out:   ``python -m trailbell.demo.emulator_server`` serves as ``ministack`` does, and also supports
       AWS::CloudTrail::Trail (created with its own CloudTrail), AWS::Logs::QueryDefinition, and
       AWS::OSIS::Pipeline (which reads nothing). An alarm on an expression is created as one on
       the first of its metrics.
       In conditions it evaluates every function, and the Region and account of the request.
       PutEvents keeps the time of an event and, on request, accepts the sources of services.
       The process ends when its standard input does.
Never: a copy of its code.
"""

import json
import os
import signal
import sys
import threading
import uuid
from functools import partial
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudtrail, cloudwatch_logs, eventbridge
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

from trailbell.demo.emulator import ACCEPT_AWS_SOURCES
from trailbell.template.evaluate import Evaluator, Scope

Properties = dict[str, Any]
Created = tuple[str, Properties]

_queries: dict[str, Properties] = {}


def _called(answer: tuple[int, Any, Any]) -> Properties:
    """Return the body of a response. Raises `ValueError`, which fails the resource."""
    status, _, body = answer
    if status >= 400:
        raise ValueError(str(body))
    return dict(json.loads(body)) if body else {}


def _create_trail(_: str, properties: Properties, __: str) -> Created:
    name = properties["TrailName"]
    renamed = {"KMSKeyId": "KmsKeyId", "EnableLogFileValidation": "EnableLogFileValidation"}
    request = {renamed.get(key, key): value for key, value in properties.items()}
    trail = _called(cloudtrail._create_trail(request | {"Name": name}))
    if properties.get("EventSelectors"):
        selectors = {"TrailName": name, "EventSelectors": properties["EventSelectors"]}
        _called(cloudtrail._put_event_selectors(selectors))
    if properties["IsLogging"]:
        _called(cloudtrail._start_logging({"Name": name}))
    return name, {"Arn": trail["TrailARN"]}


def _delete_trail(name: str, _: Properties) -> None:
    _called(cloudtrail._delete_trail({"Name": name}))


def _create_query(_: str, properties: Properties, __: str) -> Created:
    identifier = str(uuid.uuid4())
    _queries[identifier] = {
        "queryDefinitionId": identifier,
        "name": properties["Name"],
        "queryString": properties["QueryString"],
        "logGroupNames": properties["LogGroupNames"],
    }
    return identifier, {"QueryDefinitionId": identifier}


def _delete_query(identifier: str, _: Properties) -> None:
    _queries.pop(identifier, None)


def _evaluate_conditions(template: Properties, parameters: Properties) -> dict[str, bool]:
    scope = Scope(
        parameters={name: str(parameter["Value"]) for name, parameter in parameters.items()},
        pseudo={
            "AWS::Partition": "aws",
            "AWS::Region": get_region(),
            "AWS::AccountId": get_account_id(),
        },
    )
    evaluator = Evaluator(template, scope)
    return {name: bool(evaluator.condition(name)) for name in template.get("Conditions", {})}


def _create_pipeline(_: str, properties: Properties, __: str) -> Created:
    arn = f"arn:aws:osis:{get_region()}:{get_account_id()}:pipeline/{properties['PipelineName']}"
    return arn, {"PipelineArn": arn}


_original_alarm_record = provisioners._cw_metric_alarm_record


def _alarm_record(name: str, properties: Properties) -> Properties:
    """The alarm as the emulator keeps it. It evaluates none."""
    stat = next((m["MetricStat"] for m in properties.get("Metrics", ()) if "MetricStat" in m), None)
    if stat is None:
        return dict(_original_alarm_record(name, properties))
    first = {"Period": stat["Period"], "Statistic": stat["Stat"], **stat["Metric"]}
    return dict(_original_alarm_record(name, properties | first | {"Metrics": None}))


def _delete_pipeline(_: str, __: Properties) -> None:
    """Delete nothing: a pipeline is only its ARN."""


def _create_archive(_: str, properties: Properties, __: str) -> Created:
    """An archive that keeps nothing: the emulator replays no events."""
    name = properties["ArchiveName"]
    return name, {"Arn": f"arn:aws:events:{get_region()}:{get_account_id()}:archive/{name}"}


def _create_bus_policy(_: str, properties: Properties, __: str) -> Created:
    return f"{properties['EventBusName']}|{properties['StatementId']}", {}


def _delete_nothing(_: str, __: Properties) -> None:
    """Delete what exists by its name only."""


_original_handle_request = cloudwatch_logs.handle_request
_original_reset = cloudwatch_logs.reset


async def _handle_request(method: Any, path: Any, headers: Any, body: Any, query: Any) -> Any:
    if headers.get("x-amz-target", "").endswith(".DescribeQueryDefinitions"):
        answer = {"queryDefinitions": sorted(_queries.values(), key=lambda query: query["name"])}
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()
    return await _original_handle_request(method, path, headers, body, query)


def _reset() -> None:
    _queries.clear()
    _original_reset()


_original_put_events = eventbridge._put_events
_original_time = eventbridge._now_ts


def _put_events(request: Properties, *, aws_sources: bool) -> Any:
    """Put an event with its own time, as AWS does, and not with the time of the call.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
    """
    entries = request.get("Entries", [])
    if len(entries) != 1 or "Time" not in entries[0]:
        return _original_put_events(request, allow_aws_source=aws_sources)
    eventbridge._now_ts = lambda: entries[0]["Time"]
    try:
        return _original_put_events(request, allow_aws_source=aws_sources)
    finally:
        eventbridge._now_ts = _original_time


def _end_with_standard_input() -> None:
    """Wait until the process that started this one ends, even if it was killed; then end, too."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the emulator."""
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    aws_sources = ACCEPT_AWS_SOURCES in os.environ
    eventbridge._put_events = partial(_put_events, aws_sources=aws_sources)
    provisioners._RESOURCE_HANDLERS |= {
        "AWS::Events::Archive": {"create": _create_archive, "delete": _delete_nothing},
        "AWS::Events::EventBusPolicy": {"create": _create_bus_policy, "delete": _delete_nothing},
        "AWS::CloudTrail::Trail": {"create": _create_trail, "delete": _delete_trail},
        "AWS::Logs::QueryDefinition": {"create": _create_query, "delete": _delete_query},
        "AWS::OSIS::Pipeline": {"create": _create_pipeline, "delete": _delete_pipeline},
    }
    for module in (engine, changesets, handlers, stacks):
        module._evaluate_conditions = _evaluate_conditions
    provisioners._cw_metric_alarm_record = _alarm_record
    cloudwatch_logs.handle_request = _handle_request
    cloudwatch_logs.reset = _reset
    app.main()


if __name__ == "__main__":
    main()
