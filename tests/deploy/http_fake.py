"""
The HTTP protocol of CloudFormation and STS, according to the SDK's own service model.

In:    the body of a request; a response as a dict.
Out:   the request as a dict, the response as XML. Both are validated against the model: a fake
       cannot accept or return what AWS could not.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.validate import ParamValidator


@cache
def model(service: str) -> ServiceModel:
    """Return a service model of the installed SDK."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def decode(body: str) -> tuple[OperationModel, dict[str, Any]]:
    """Return the operation and the members of a request in the query protocol."""
    flat = dict(parse_qsl(body, keep_blank_values=True))
    name = flat.pop("Action")
    service = "sts" if flat.pop("Version") == "2011-06-15" else "cloudformation"
    operation = model(service).operation_model(name)
    request: dict[str, Any] = _read(operation.input_shape, "", flat) or {}
    validate(operation.input_shape, request, f"request {name}")
    return operation, request


def validate(shape: Shape | None, value: Any, what: str) -> None:
    """Fail on an unknown, missing or invalid member."""
    if shape is None:
        assert not value, f"{what} has no members"
        return
    report = ParamValidator().validate(value, shape)
    assert not report.has_errors(), f"{what}: {report.generate_report()}"
    _enums(shape, value, what)


def _enums(shape: Any, value: Any, what: str) -> None:
    """Fail on an unknown enumeration value, which the SDK accepts."""
    if shape.type_name == "structure":
        for key, member in value.items():
            _enums(shape.members[key], member, f"{what}.{key}")
    elif shape.type_name == "list":
        for member in value:
            _enums(shape.member, member, what)
    elif shape.type_name == "string" and getattr(shape, "enum", None):
        known = {*shape.enum, *_FURTHER_VALUES.get(shape.name, ())}
        assert value in known, f"{what}: {value!r} is not in {sorted(known)}"


# An event about the stack itself carries a StackStatus; the model lists those of resources.
# StackStatus has values of a newer API.
_FURTHER_VALUES = {
    "StackStatus": ("REFACTOR_IN_PROGRESS", "REFACTOR_COMPLETE", "PAUSED"),
    "ResourceStatus": (
        "REVIEW_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ),
}


def _read(shape: Any, prefix: str, flat: Mapping[str, str]) -> Any:
    match shape.type_name:
        case "structure":
            found = (
                {
                    name: _read(member, f"{prefix}{name}", flat)
                    for name, member in shape.members.items()
                }
                if not prefix
                else {
                    name: _read(member, f"{prefix}.{name}", flat)
                    for name, member in shape.members.items()
                }
            )
            kept = {name: value for name, value in found.items() if value is not None}
            return kept or None
        case "list":
            entries: list[Any] = []
            while True:
                entry = _read(shape.member, f"{prefix}.member.{len(entries) + 1}", flat)
                if entry is None:
                    # an empty list is sent as an empty text
                    return entries or ([] if flat.get(prefix) == "" else None)
                entries.append(entry)
        case "boolean":
            return None if prefix not in flat else flat[prefix] == "true"
        case "integer":
            return None if prefix not in flat else int(flat[prefix])
        case _:
            return flat.get(prefix)


def encode(operation: OperationModel, answer: Mapping[str, Any], *, check: bool = True) -> bytes:
    """Return the XML of a response."""
    shape = operation.output_shape
    if check:
        validate(shape, answer, f"response to {operation.name}")
    inner = _xml(f"{operation.name}Result", answer, shape) if shape else ""
    tail = "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
    text = f"<{operation.name}Response>{inner}{tail}</{operation.name}Response>"
    return text.encode()


def refusal(code: str, message: str) -> bytes:
    """Return the XML of an error."""
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(code)}</Code>"
        f"<Message>{escape(message)}</Message></Error><RequestId>1</RequestId></ErrorResponse>"
    ).encode()


def _xml(tag: str, value: Any, shape: Any) -> str:
    match shape.type_name:
        case "structure":
            inner = "".join(_xml(name, v, shape.members[name]) for name, v in value.items())
        case "list":
            inner = "".join(_xml("member", entry, shape.member) for entry in value)
        case "timestamp":
            inner = value.isoformat() if isinstance(value, datetime) else str(value)
        case "boolean":
            inner = "true" if value else "false"
        case _:
            inner = escape(str(value))
    return f"<{tag}>{inner}</{tag}>"
