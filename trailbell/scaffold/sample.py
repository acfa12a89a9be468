"""
A record as the call of a function that makes sample events, as a detection has them.

In:    a scrubbed record, or the name of an API operation.
Out:   `Call`, whose source is written to the module and whose event is used to test the pattern.
Never: a member that a pattern does not need: the whole record is in the file of the test.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trailbell import samples
from trailbell.cloudtrail.operations import Operation, Shape
from trailbell.samples import Event
from trailbell.scaffold.python_source import Call, Merged, Name

_PERMISSION_SET = "AWSReservedSSO_"
_NAMED = ("eventCategory", "managementEvent", "serviceEventDetails", "additionalEventData")
_DEFAULTS = {"eventCategory": "Management", "managementEvent": True}
_DEPTH = 3


def evaluate(value: Any) -> Any:
    """What the source of a value evaluates to."""
    match value:
        case Call(function, arguments, keywords):
            return getattr(samples, function)(
                *map(evaluate, arguments), **{name: evaluate(v) for name, v in keywords.items()}
            )
        case Merged(first, changes):
            return evaluate(first) | evaluate(changes)
        case Name(_, inner):
            return evaluate(inner)
        case dict():
            return {name: evaluate(member) for name, member in value.items()}
        case list():
            return [evaluate(element) for element in value]
        case _:
            return value


def sample_of(record: Event) -> Call:
    """The call that makes an event like the record, with its caller and its request."""
    source, name = service_of(record), str(record.get("eventName"))
    caller = caller_of(record.get("userIdentity"))
    details = record.get("insightDetails") or {}
    kind = record.get("eventType", "AwsApiCall")
    if kind == "AwsCloudTrailInsight":
        of = service_name(str(details.get("eventSource")))
        return Call("insight_event", (of, str(details.get("eventName"))))
    if (kind, name) == ("AwsConsoleSignIn", "ConsoleLogin"):
        mfa = (record.get("additionalEventData") or {}).get("MFAUsed")
        outcome = (record.get("responseElements") or {}).get("ConsoleLogin")
        failed = {} if outcome == "Success" else {"succeeded": False}
        return Call("console_sign_in", (caller,), {"mfa": mfa, **failed})
    if kind == "AwsApiCall":
        return Call("api_call", (source, name, caller), _call_members(record))
    own = {} if kind == "AwsServiceEvent" else {"eventType": kind}
    return Call("service_event", (source, name, caller), own | _other_members(record))


def service_of(record: Event) -> str:
    """The ``source`` of a sample event: ``kms`` for ``kms.amazonaws.com``."""
    return service_name(str(record.get("eventSource")))


def is_root(record: Event) -> bool:
    """Whether the root user made the call."""
    return bool((record.get("userIdentity") or {}).get("type") == "Root")


def service_name(source: str) -> str:
    return source.partition(".")[0]


def _call_members(record: Event) -> dict[str, Any]:
    """The keywords of ``api_call``; those that have their default are left out."""
    members: dict[str, Any] = {}
    if record.get("requestParameters"):
        members["request"] = record["requestParameters"]
    if record.get("readOnly"):
        members["read_only"] = True
    if record.get("errorCode"):
        members["error"] = record["errorCode"]
    return members | _other_members(record)


def _other_members(record: Event) -> dict[str, Any]:
    return {
        name: record[name]
        for name in _NAMED
        if record.get(name) is not None
        and record[name] != _DEFAULTS.get(name)
        and not (name == "additionalEventData" and record.get("eventType") == "AwsApiCall")
    }


def caller_of(identity: Any) -> Any:
    """The caller, as the call that makes one; a dict where there is none for its type."""
    match identity:
        case {"type": "Root"}:
            return Call("root")
        case {"type": "IAMUser", "userName": str(name)}:
            return Call("iam_user", (name,), _mfa(identity) | _invoked_by(identity))
        case {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"userName": str(role)}}}:
            session = str(identity.get("arn", "")).rpartition("/")[2] or "session"
            if role.startswith(_PERMISSION_SET) and role.count("_") > 1:
                permission_set = role.removeprefix(_PERMISSION_SET).rpartition("_")[0]
                return Call("identity_center_user", (session, permission_set))
            return Call("assumed_role_identity", (role, session), _invoked_by(identity))
        case {"type": "FederatedUser", "arn": str(arn)}:
            return Call("federated_user", (arn.rpartition("/")[2],))
        case {"type": "AWSAccount"}:
            return Call("cross_account_caller", ("example-session-1",))
        case {"type": "AWSService", "invokedBy": str(service)}:
            return Call("aws_service", (service,))
        case {"type": _} | {"accountId": _} | {"invokedBy": _}:
            return dict(identity)
        case _:
            return Call("aws_service", ("example.amazonaws.com",))


def _mfa(identity: Mapping[str, Any]) -> dict[str, Any]:
    match identity:
        case {"sessionContext": {"attributes": {"mfaAuthenticated": str(mfa)}}}:
            return {"mfa": mfa == "true"}
        case _:
            return {}


def _invoked_by(identity: Mapping[str, Any]) -> dict[str, Any]:
    service = identity.get("invokedBy")
    return {"invoked_by": service} if service else {}


def with_keywords(call: Call, **keywords: Any) -> Call:
    """A call with other values for keywords; None leaves a keyword out."""
    kept = {name: value for name, value in call.keywords.items() if name not in keywords}
    new = {name: value for name, value in keywords.items() if value is not None}
    return replace(call, keywords=kept | new)


def example_of(operation: Operation | None, source: str, name: str) -> Event:
    """An event of an operation that has the parameters which a request must have."""
    shape = operation.request() if operation else None
    request = _example_value(shape, "", _DEPTH) if shape else None
    call = Call(
        "api_call",
        (service_name(source), name, Call("assumed_role_identity", ("example-role-1",))),
        {"request": request or None, "read_only": name.startswith(("Get", "List", "Describe"))},
    )
    event: Event = evaluate(call)
    return event


def _example_value(shape: Shape, name: str, depth: int) -> Any:
    inner = shape.inner("member")
    match shape.kind:
        case "structure":
            return {
                member[:1].lower() + member[1:]: _example_value(below, member, depth - 1)
                for member in shape.required
                if depth and (below := shape.member(member))
            }
        case "list":
            return [_example_value(inner, name, depth - 1)] if inner and depth else []
        case "map":
            return {}
        case "boolean":
            return True
        case "integer" | "long" | "float" | "double":
            return 1
        case "timestamp":
            return "2026-01-15T12:34:56Z"
        case _:
            return next(iter(shape.enumeration), f"example-{name or 'value'}")
