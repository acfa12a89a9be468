"""
The emulator, with the two resource types of ours that it lacks.

In:    ministack of exactly the pinned version: what is hooked are private names of it.
Out:   ``python -m tests.emulator_types`` serves as ``ministack`` does, and also knows
       AWS::CloudTrail::Trail (made through its own CloudTrail) and AWS::Logs::QueryDefinition.
Never: a copy of its code.
"""

import json
import uuid
from typing import Any

from ministack import app
from ministack.services import cloudtrail, cloudwatch_logs
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Made = tuple[str, Properties]

_queries: dict[str, Properties] = {}


def _called(answer: tuple[int, Any, Any]) -> Properties:
    """The body of an answer. Raises `ValueError`, which fails the resource."""
    status, _, body = answer
    if status >= 400:
        raise ValueError(str(body))
    return dict(json.loads(body)) if body else {}


def _create_trail(_: str, properties: Properties, __: str) -> Made:
    name = properties["TrailName"]
    renamed = {"KMSKeyId": "KmsKeyId", "EnableLogFileValidation": "EnableLogFileValidation"}
    request = {renamed.get(key, key): value for key, value in properties.items()}
    made = _called(cloudtrail._create_trail(request | {"Name": name}))
    if properties.get("EventSelectors"):
        selectors = {"TrailName": name, "EventSelectors": properties["EventSelectors"]}
        _called(cloudtrail._put_event_selectors(selectors))
    if properties["IsLogging"]:
        _called(cloudtrail._start_logging({"Name": name}))
    return name, {"Arn": made["TrailARN"]}


def _delete_trail(name: str, _: Properties) -> None:
    _called(cloudtrail._delete_trail({"Name": name}))


def _create_query(_: str, properties: Properties, __: str) -> Made:
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


_served = cloudwatch_logs.handle_request
_wiped = cloudwatch_logs.reset


async def _handle_request(method: Any, path: Any, headers: Any, body: Any, query: Any) -> Any:
    if headers.get("x-amz-target", "").endswith(".DescribeQueryDefinitions"):
        answer = {"queryDefinitions": sorted(_queries.values(), key=lambda made: made["name"])}
        return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(answer).encode()
    return await _served(method, path, headers, body, query)


def _reset() -> None:
    _queries.clear()
    _wiped()


def main() -> None:
    """Serve."""
    provisioners._RESOURCE_HANDLERS |= {
        "AWS::CloudTrail::Trail": {"create": _create_trail, "delete": _delete_trail},
        "AWS::Logs::QueryDefinition": {"create": _create_query, "delete": _delete_query},
    }
    cloudwatch_logs.handle_request = _handle_request
    cloudwatch_logs.reset = _reset
    app.main()


if __name__ == "__main__":
    main()
