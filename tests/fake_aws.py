"""
AWS clients whose responses come from a function.

In:    a function from service, operation, request, account and Region to a response.
Out:   an `AwsSession` as in `trailbell.aws.client`. Every request and response is validated
       against the SDK's own service model, so a fake cannot accept or return what AWS could not.
Never: a socket.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from trailbell.aws.client import (
    AwsSession,
    CallerIdentity,
    ServiceClient,
    SessionConfig,
)

Answer = Callable[[str, str, dict[str, Any], str, str], Mapping[str, Any]]


@dataclass
class ApiError(Exception):
    """An AWS error, by its code."""

    code: str
    message: str = ""
    status: int = 400


@cache
def model(service: str) -> ServiceModel:
    """Return a service model of the installed SDK."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def validate(shape: Any, value: Any, what: str) -> None:
    """Fail on an unknown, missing or invalid member."""
    if shape is None:
        assert not value, f"{what} has no members, and got {value}"
        return
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), f"{what}: {report.generate_report()}"
    _enums(shape, value, what)


def _enums(shape: Any, value: Any, what: str) -> None:
    """Fail on an unknown enumeration value, which the SDK accepts."""
    match shape.type_name:
        case "structure":
            for key, member in value.items():
                _enums(shape.members[key], member, f"{what}.{key}")
        case "list":
            for member in value:
                _enums(shape.member, member, what)
        case "string" if getattr(shape, "enum", None):
            assert value in shape.enum, f"{what}: {value!r} is not in {shape.enum}"


class Client:
    """A client as boto3 creates it: methods by their Python names, and ``meta``."""

    def __init__(self, service: str, account: str, region: str, answer: Answer) -> None:
        self._service, self._account, self._region = service, account, region
        self._answer = answer
        self.meta = SimpleNamespace(
            service_model=model(service),
            method_to_api_mapping=_methods(service),
            endpoint_url=f"https://{service}.{region}.invalid",
        )

    def __getattr__(self, method: str) -> Callable[..., Any]:
        operation = self.meta.method_to_api_mapping.get(method)
        if operation is None:
            raise AttributeError(method)
        return lambda **request: self._call(operation, request)

    def _call(self, operation: str, request: dict[str, Any]) -> Mapping[str, Any]:
        shapes = self.meta.service_model.operation_model(operation)
        validate(shapes.input_shape, request, f"request {operation}")
        try:
            response = self._answer(self._service, operation, request, self._account, self._region)
        except ApiError as refusal:
            raise ClientError(
                {
                    "Error": {"Code": refusal.code, "Message": refusal.message},
                    "ResponseMetadata": {"HTTPStatusCode": refusal.status},
                },
                operation,
            ) from refusal
        validate(shapes.output_shape, response, f"response to {operation}")
        return response


@cache
def _methods(service: str) -> dict[str, str]:
    return {xform_name(name): name for name in model(service).operation_names}


class ScriptedAccount(AwsSession):
    """A session whose responses come from a function. ``id_`` is the account of the caller."""

    def __init__(self, answer: Answer, login: SessionConfig, id_: str, region: str) -> None:
        self._answer, self._id = answer, id_
        self._in = login.region or region
        self._services: dict[tuple[str, str], ServiceClient] = {}

    @property
    def region(self) -> str:
        return self._in

    def service(self, name: str, region: str = "") -> ServiceClient:
        key = name, region or self._in
        if key not in self._services:
            client = Client(name, self._id, key[1], self._answer)
            self._services[key] = ServiceClient(client, open_account=lambda: self._id)
        return self._services[key]

    def identity(self) -> CallerIdentity:
        return CallerIdentity(account=self._id, arn=f"arn:aws:iam::{self._id}:user/alice")
