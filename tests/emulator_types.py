"""
The emulator, with what it does not support: three resource types, and conditions on parts of texts.

In:    ministack of exactly the pinned version, because private names of it are patched.
Out:   ``python -m tests.emulator_types`` serves as ``ministack`` does, and also supports
       AWS::CloudTrail::Trail (created with its own CloudTrail), AWS::Logs::QueryDefinition, and
       AWS::OSIS::Pipeline (which reads nothing).
       In conditions it evaluates every function, and the Region and account of the request.
Never: a copy of its code.
"""

import json
import uuid
from typing import Any

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudtrail, cloudwatch_logs
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

from tests import emulator_metrics
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


def _delete_pipeline(_: str, __: Properties) -> None:
    """Delete nothing: a pipeline is only its ARN."""


_alarms = dict(provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"])


def _create_alarm(logical_id: str, properties: Properties, stack: str) -> Created:
    """An alarm on several metrics does nothing here: the emulator has alarms on one metric."""
    if properties.get("Metrics"):
        name = properties["AlarmName"]
        arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
        return name, {"Arn": arn}
    created: Created = _alarms["create"](logical_id, properties, stack)
    return created


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


def main() -> None:
    """Run the emulator."""
    emulator_metrics.patch()
    provisioners._RESOURCE_HANDLERS |= {
        "AWS::CloudWatch::Alarm": _alarms | {"create": _create_alarm},
        "AWS::CloudTrail::Trail": {"create": _create_trail, "delete": _delete_trail},
        "AWS::Logs::QueryDefinition": {"create": _create_query, "delete": _delete_query},
        "AWS::OSIS::Pipeline": {"create": _create_pipeline, "delete": _delete_pipeline},
    }
    for module in (engine, changesets, handlers, stacks):
        module._evaluate_conditions = _evaluate_conditions
    cloudwatch_logs.handle_request = _handle_request
    cloudwatch_logs.reset = _reset
    app.main()


if __name__ == "__main__":
    main()
