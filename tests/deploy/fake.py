"""
A fake CloudFormation for statuses and faults that no emulator has.

In:    the stacks of a test, the frames of the next operation, and faults.
Out:   an HTTP server on this machine that boto3 calls like AWS. Every request is recorded.
Never: a member that AWS does not have: `http_fake` validates requests and responses.

Each DescribeStacks of a stack advances its operation by one frame.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.deploy import http_fake

ACCOUNT = "111122223333"
REGION = "us-east-1"
_STACK_TYPE = "AWS::CloudFormation::Stack"
_SILENCE = -1
_T0 = datetime(2026, 1, 1, tzinfo=UTC)


class Fault(StrEnum):
    """Faults of the connection or of the service."""

    THROTTLED = "throttled"
    CUT = "the connection is closed before the operation"
    RESPONSE_LOST = "the connection is closed after the operation, before the response"
    BROKEN = "500"
    EXPIRED = "the token expired"
    SKEWED = "the clock is wrong"
    DENIED = "access denied"
    SILENT = "the connection stays open, and there is no response"
    DONE_SILENTLY = "the same after the operation"


class ApiError(Exception):
    """An error of the API."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status


_FAULT_ERRORS = {
    Fault.THROTTLED: ApiError("Throttling", "Rate exceeded"),
    Fault.BROKEN: ApiError("InternalFailure", "we failed", 500),
    Fault.EXPIRED: ApiError("ExpiredToken", "The security token included is expired", 403),
    Fault.SKEWED: ApiError(
        "SignatureDoesNotMatch",
        "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z", 403,
    ),
    Fault.DENIED: ApiError("AccessDenied", "User is not authorized to perform it", 403),
}  # fmt: skip


@dataclass(frozen=True)
class Ev:
    """An event of a frame. Without a logical id it is about the stack."""

    status: str
    logical_id: str = ""
    reason: str = ""
    type: str = "AWS::SNS::Topic"
    operation: str = ""
    physical_id: str = "physical"


@dataclass(frozen=True)
class Frame:
    """A stack status, and the events before it."""

    state: str
    events: tuple[Ev, ...] = ()


def success(kind: str = "CREATE") -> list[Frame]:
    """The frames of a successful operation."""
    return [
        Frame(f"{kind}_IN_PROGRESS", (Ev(f"{kind}_IN_PROGRESS"), Ev(f"{kind}_IN_PROGRESS", "A"))),
        Frame(f"{kind}_IN_PROGRESS", (Ev(f"{kind}_COMPLETE", "A"),)),
        Frame(f"{kind}_COMPLETE", (Ev(f"{kind}_COMPLETE"),)),
    ]


@dataclass
class FakeStack:
    """A stack. ``frames`` are its next statuses, one for each DescribeStacks."""

    name: str
    state: str
    id: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    protected: bool = False
    policy: str = ""
    notification_arns: list[str] = field(default_factory=list)
    rollback: dict[str, Any] = field(default_factory=dict)
    role: str = ""
    resolved: dict[str, str] = field(default_factory=dict)
    template: Any = None
    resources: list[tuple[str, str, str]] = field(default_factory=list)  # id, type, status
    frames: list[Frame] = field(default_factory=list)
    stale: int = 0
    before: str = ""
    token: str = ""
    changes: int = 0
    exports: dict[str, str] = field(default_factory=dict)  # name of an output: export
    events: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class FakeSet:
    """A change set."""

    id: str
    name: str
    stack: str
    kind: str
    request: dict[str, Any]
    status: str = "CREATE_COMPLETE"
    execution: str = "AVAILABLE"
    reason: str = ""
    polls: int = 0


@dataclass
class Fake:
    """The account. A test sets the attributes it needs, and reads ``requests`` and ``stacks``."""

    stacks: dict[str, FakeStack] = field(default_factory=dict)
    sets: dict[str, FakeSet] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    other_changes: list[dict[str, Any]] = field(default_factory=list)  # not about resources
    hidden: set[str] = field(default_factory=set)  # resources left out with property values
    page: int = 100
    settles: tuple[str, str] = ("CREATE_COMPLETE", "")
    pending: int = 0
    next: list[Frame] = field(default_factory=list)
    stale: int = 0
    exports: dict[str, str] = field(default_factory=dict)
    exporters: dict[str, str] = field(default_factory=dict)  # export: name of its stack
    alarms: dict[str, str] = field(default_factory=dict)  # ARN: MetricAlarms or CompositeAlarms
    alarms_denied: bool = False
    resolved: dict[str, str] = field(default_factory=dict)  # by the key of an SSM parameter
    repeats: bool = False  # unsure: whether change sets show what was not in their request
    drift_status: str = ""
    accepts_unknown: bool = False  # values of enumerations that a newer API may have
    failed_events: list[dict[str, Any]] = field(default_factory=list)
    drift: list[dict[str, Any]] = field(default_factory=list)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    imports: dict[str, list[str]] = field(default_factory=dict)  # export: importing stacks
    reasons: dict[str, str] = field(default_factory=dict)  # logical id: why it failed
    physical: dict[str, str] = field(default_factory=dict)  # logical id: physical id
    hooks: dict[str, Callable[[], None]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    count: int = 0

    # -- the vocabulary of tests --------------------------------------------------------------

    def put(self, name: str, state: str, **more: Any) -> FakeStack:
        """Add a stack in a status."""
        stack = FakeStack(name=name, state=state, id=self._arn("stack", name), **more)
        self.stacks[name] = stack
        self._event(stack, Ev("REVIEW_IN_PROGRESS"))
        return stack

    def review(self, stack: str, name: str) -> FakeSet:
        """Add a change set of another process."""
        change_set = FakeSet(
            self._arn("changeSet", name), name, stack, "CREATE", {"Parameters": []}
        )
        self.sets[change_set.id] = change_set
        return change_set

    def fault(self, operation: str, *faults: Fault) -> None:
        """Let the next calls of an operation fail with these faults, in this order."""
        self.faults += [(operation, fault) for fault in faults]

    def asked(self, operation: str) -> list[dict[str, Any]]:
        """Return the requests of one operation."""
        return [request for name, request in self.requests if name == operation]

    def effects(self) -> list[str]:
        """Return the operations that change something, in order."""
        return [
            name for name, _ in self.requests if not name.startswith(("Describe", "Get", "List"))
        ]

    # -- the API ------------------------------------------------------------------------------

    def answer(self, body: str) -> tuple[int, bytes | None]:
        """Return status and body of a response; None: the connection is closed, or silent."""
        operation, request = http_fake.decode(body)
        with self.lock:
            self.requests.append((operation.name, request))
            fault = self._fault(operation.name)
            if fault is Fault.CUT:
                return 0, None
            if fault is Fault.SILENT:
                return _SILENCE, None
            try:
                if fault in _FAULT_ERRORS:
                    raise _FAULT_ERRORS[fault]
                if operation.name in self.hooks:
                    self.hooks.pop(operation.name)()
                answer = getattr(self, f"_{operation.name}")(request) or {}
            except ApiError as error:
                return error.status, http_fake.refusal(error.code, error.message)
            if fault is Fault.DONE_SILENTLY:
                return _SILENCE, None
            return (
                (0, None)
                if fault
                else (200, http_fake.encode(operation, answer, check=not self.accepts_unknown))
            )

    def _fault(self, operation: str) -> Fault | None:
        for index, (name, fault) in enumerate(self.faults):
            if name == operation:
                del self.faults[index]
                return fault
        return None

    def _arn(self, kind: str, name: str) -> str:
        self.count += 1
        return f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:{kind}/{name}/{self.count:032x}"

    def _find(self, name: str) -> FakeStack:
        for stack in self.stacks.values():
            gone = stack.state == "DELETE_COMPLETE"
            if stack.id == name or (stack.name == name and not gone):
                return stack
        raise ApiError("ValidationError", f"Stack with id {name} does not exist")

    def _set(self, name: str) -> FakeSet:
        if name not in self.sets:
            raise ApiError("ChangeSetNotFound", f"ChangeSet [{name}] does not exist", 404)
        return self.sets[name]

    def _event(self, stack: FakeStack, ev: Ev) -> None:
        self.count += 1
        own = not ev.logical_id
        event = {
            "StackId": stack.id,
            "StackName": stack.name,
            "EventId": f"event-{self.count}",
            "LogicalResourceId": stack.name if own else ev.logical_id,
            "PhysicalResourceId": stack.id if own else ev.physical_id,
            "ResourceType": _STACK_TYPE if own else ev.type,
            "Timestamp": _T0 + timedelta(seconds=self.count),
            "ResourceStatus": ev.status,
        }
        event |= {"ResourceStatusReason": ev.reason} if ev.reason else {}
        event |= {"ClientRequestToken": stack.token} if stack.token else {}
        event |= {"OperationId": ev.operation} if ev.operation else {}
        stack.events.insert(0, event)

    def _begin(self, stack: FakeStack, token: str, frames: Sequence[Frame]) -> None:
        """Start an operation. The first reads may return the previous status."""
        stack.token, stack.before, stack.stale = token, stack.state, self.stale
        stack.frames = list(frames)
        stack.changes += 1
        self._step(stack)

    def _step(self, stack: FakeStack) -> None:
        if stack.frames:
            frame = stack.frames.pop(0)
            stack.state = frame.state
            for ev in frame.events:
                self._event(stack, ev)

    def _GetCallerIdentity(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"Account": ACCOUNT, "UserId": "AIDA", "Arn": f"arn:aws:iam::{ACCOUNT}:user/u"}

    def _DescribeStacks(self, request: dict[str, Any]) -> dict[str, Any]:
        stack = self._find(request["StackName"])
        state = stack.state
        if stack.stale > 0:
            stack.stale -= 1
            state = stack.before
        elif stack.frames:
            self._step(stack)
        found = {
            "StackId": stack.id,
            "StackName": stack.name,
            "StackStatus": state,
            "CreationTime": _T0,
            "LastUpdatedTime": _T0 + timedelta(hours=stack.changes),
            "EnableTerminationProtection": stack.protected,
            "NotificationARNs": stack.notification_arns,
            "RollbackConfiguration": stack.rollback,
            **({"RoleARN": stack.role} if stack.role else {}),
            "Parameters": [
                {"ParameterKey": k, "ParameterValue": v}
                | ({"ResolvedValue": stack.resolved[k]} if k in stack.resolved else {})
                for k, v in stack.parameters.items()
            ],
            "Outputs": [{"OutputKey": k, "OutputValue": v} for k, v in stack.outputs.items()],
            "Tags": [{"Key": k, "Value": v} for k, v in stack.tags.items()],
        }
        exported = [
            {"OutputKey": k, "OutputValue": v}
            | ({"ExportName": stack.exports[k]} if k in stack.exports else {})
            for k, v in stack.outputs.items()
        ]
        return {"Stacks": [found | {"Outputs": exported}]}

    def _CreateChangeSet(self, request: dict[str, Any]) -> dict[str, Any]:
        name, kind = request["StackName"], request["ChangeSetType"]
        stack = self.stacks.get(name)
        if stack is not None and stack.state == "DELETE_COMPLETE":
            stack = None
        if any(s.name == request["ChangeSetName"] for s in self.sets.values()):
            raise ApiError("AlreadyExistsException", "ChangeSet already exists")
        if kind == "UPDATE" and (stack is None or stack.state == "REVIEW_IN_PROGRESS"):
            raise ApiError("ValidationError", f"Stack [{name}] does not exist")
        if kind == "CREATE" and stack is not None and stack.state != "REVIEW_IN_PROGRESS":
            raise ApiError(
                "ValidationError", f"Stack [{name}] already exists and cannot be created"
            )
        if kind == "UPDATE" and request.get("OnStackFailure") == "DELETE":
            raise ApiError("ValidationError", "OnStackFailure DELETE is for CREATE")
        if stack is not None and stack.state.endswith("_IN_PROGRESS") and kind == "UPDATE":
            raise ApiError(
                "ValidationError", f"Stack:{name} is in {stack.state} state and can not be"
            )
        stack = stack or self.put(name, "REVIEW_IN_PROGRESS")
        status, reason = self.settles
        change_set = FakeSet(
            self._arn("changeSet", request["ChangeSetName"]),
            request["ChangeSetName"],
            name,
            kind,
            request,
            status=status,
            reason=reason,
            polls=self.pending,
            execution="AVAILABLE" if status == "CREATE_COMPLETE" else "UNAVAILABLE",
        )
        self.sets[change_set.id] = change_set
        return {"Id": change_set.id, "StackId": stack.id}

    def _DescribeChangeSet(self, request: dict[str, Any]) -> dict[str, Any]:
        found = self._set(request["ChangeSetName"])
        if found.polls > 0:
            found.polls -= 1
            status, execution = "CREATE_IN_PROGRESS", "UNAVAILABLE"
        else:
            status, execution = found.status, found.execution
        values = request.get("IncludePropertyValues", False)
        shown = [c for c in self.changes if not (values and c["LogicalResourceId"] in self.hidden)]
        start = int(request.get("NextToken", "0"))
        reason = found.reason
        if values and self.hidden:
            reason += (
                "[WARN] --include-property-values option can return incomplete ChangeSet data "
                "because: it cannot be shown"
            )
        answer: dict[str, Any] = {
            "ChangeSetName": found.name,
            "ChangeSetId": found.id,
            "StackId": self.stacks[found.stack].id,
            "StackName": found.stack,
            "Status": status,
            "ExecutionStatus": execution,
            "Parameters": self._parameters(found),
            **self._carried(found),
            "Changes": [
                {"Type": "Resource", "ResourceChange": c if values else _plain(c)}
                for c in shown[start : start + self.page]
            ]
            + self.other_changes,
        }
        answer |= {"StatusReason": reason} if reason else {}
        if start + self.page < len(shown):
            answer["NextToken"] = str(start + self.page)
        return answer

    def _carried(self, found: FakeSet) -> dict[str, Any]:
        """What the stack will have: "the ARNs of the topics that will be associated with the stack
        if you execute the change set" (SDK DescribeChangeSetOutput.NotificationARNs), likewise
        RollbackConfiguration, Tags and OnStackFailure.
        """
        stack, request = self.stacks[found.stack], found.request
        kept = {
            "NotificationARNs": stack.notification_arns,
            "RollbackConfiguration": stack.rollback,
            "Tags": [{"Key": k, "Value": v} for k, v in stack.tags.items()],
        }
        members = ("NotificationARNs", "RollbackConfiguration", "Tags", "OnStackFailure")
        sent = {name: request[name] for name in members if name in request}
        drift = {"StackDriftStatus": self.drift_status} if self.drift_status else {}
        return (kept if self.repeats else {}) | sent | drift

    def _parameters(self, found: FakeSet) -> list[dict[str, Any]]:
        """Given values, previous ones, and the defaults of keys that were not sent (SDK
        Parameter.ParameterKey); ResolvedValue for Systems Manager types (Parameter.ResolvedValue).
        """
        old = self.stacks[found.stack].parameters
        template = json.loads(found.request.get("TemplateBody", "{}"))
        values = {
            name: str(declared["Default"])
            for name, declared in template.get("Parameters", {}).items()
            if "Default" in declared
        }
        for entry in found.request.get("Parameters", ()):
            name = entry["ParameterKey"]
            previous = entry.get("UsePreviousValue")
            values[name] = old[name] if previous else entry["ParameterValue"]
        return [
            {"ParameterKey": name, "ParameterValue": value}
            | ({"ResolvedValue": self.resolved[value]} if value in self.resolved else {})
            for name, value in values.items()
        ]

    def _ListChangeSets(self, request: dict[str, Any]) -> dict[str, Any]:
        stack = self._find(request["StackName"])
        return {
            "Summaries": [
                {"ChangeSetId": s.id, "ChangeSetName": s.name, "Status": s.status}
                for s in self.sets.values()
                if s.stack == stack.name and s.execution != "EXECUTE_COMPLETE"
            ]
        }

    def _ExecuteChangeSet(self, request: dict[str, Any]) -> None:
        """OnStackFailure of the change set excludes DisableRollback (SDK ExecuteChangeSetInput).
        "CloudFormation deletes all other change sets of the stack" (SDK ExecuteChangeSet).
        """
        found = self._set(request["ChangeSetName"])
        if "DisableRollback" in request and "OnStackFailure" in found.request:
            raise ApiError("ValidationError", "DisableRollback excludes OnStackFailure")
        if found.execution != "AVAILABLE":
            raise ApiError("InvalidChangeSetStatus", f"ChangeSet is {found.execution}")
        stack = self.stacks[found.stack]
        found.execution = "EXECUTE_COMPLETE"
        self.sets = {s.id: s for s in self.sets.values() if s.stack != found.stack or s is found}
        frames = self.next or success("CREATE" if found.kind == "CREATE" else "UPDATE")
        self._begin(stack, request["ClientRequestToken"], frames)

    def _DeleteChangeSet(self, request: dict[str, Any]) -> dict[str, Any]:
        """By ARN, or by name with StackName (SDK DeleteChangeSetInput)."""
        name = request["ChangeSetName"]
        self.sets = {
            s.id: s
            for s in self.sets.values()
            if s.id != name and (s.name, s.stack) != (name, request.get("StackName"))
        }
        return {}

    def _ListExports(self, _: dict[str, Any]) -> dict[str, Any]:
        """All exports, each with the ID of its stack (SDK Export.ExportingStackId)."""
        return {
            "Exports": [
                {
                    "Name": name,
                    "Value": value,
                    "ExportingStackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/"
                    f"{self.exporters.get(name, 'another')}/1",
                }
                for name, value in self.exports.items()
            ]
        }

    def _DeleteStack(self, request: dict[str, Any]) -> None:
        stack = self._find(request["StackName"])
        if stack.protected:
            raise ApiError("ValidationError", "TerminationProtection is enabled")
        retained = request.get("RetainResources") or request.get("DeletionMode")
        if retained and stack.state != "DELETE_FAILED":
            raise ApiError("ValidationError", f"The stack is {stack.state}")
        if stack.state == "REVIEW_IN_PROGRESS":
            stack.state = "DELETE_COMPLETE"
            return
        frames = self.next if self.next and "DELETE" in self.next[0].state else success("DELETE")
        self._begin(stack, request["ClientRequestToken"], frames)

    def _ContinueUpdateRollback(self, request: dict[str, Any]) -> dict[str, Any]:
        stack = self._find(request["StackName"])
        self._begin(
            stack,
            request["ClientRequestToken"],
            self.next
            or [
                Frame("UPDATE_ROLLBACK_IN_PROGRESS", (Ev("UPDATE_ROLLBACK_IN_PROGRESS"),)),
                Frame("UPDATE_ROLLBACK_COMPLETE", (Ev("UPDATE_ROLLBACK_COMPLETE"),)),
            ],
        )
        return {}

    def _RollbackStack(self, request: dict[str, Any]) -> dict[str, Any]:
        """From CREATE_FAILED and UPDATE_FAILED to the last *_COMPLETE; a stack without one is
        deleted (SDK RollbackStack). Unsure: the statuses on the way.
        """
        stack = self._find(request["StackName"])
        if stack.state not in ("CREATE_FAILED", "UPDATE_FAILED"):
            raise ApiError("ValidationError", f"Stack {stack.name} is {stack.state}")
        self._begin(stack, request["ClientRequestToken"], self.next or success("DELETE"))
        return {"StackId": stack.id}

    def _ListImports(self, request: dict[str, Any]) -> dict[str, Any]:
        """The importing stacks (SDK ListImports). Unsure: the words without one."""
        if not self.imports.get(request["ExportName"]):
            name = request["ExportName"]
            raise ApiError("ValidationError", f"Export '{name}' is not imported by any stack.")
        return {"Imports": self.imports[request["ExportName"]]}

    def _DescribeStackEvents(self, request: dict[str, Any]) -> dict[str, Any]:
        found = self._find(request["StackName"]).events
        start = int(request.get("NextToken", "0"))
        answer: dict[str, Any] = {"StackEvents": found[start : start + self.page]}
        if start + self.page < len(found):
            answer["NextToken"] = str(start + self.page)
        return answer

    def _DescribeEvents(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request.get("OperationId", "")
        own = [e for e in self.failed_events if not wanted or e.get("OperationId") == wanted]
        return {"OperationEvents": own}

    def _ListStackResources(self, request: dict[str, Any]) -> dict[str, Any]:
        return {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": name,
                    "PhysicalResourceId": self.physical.get(name, f"{name}-1"),
                    "ResourceType": kind,
                    "ResourceStatus": status,
                    "LastUpdatedTimestamp": _T0,
                }
                | ({"ResourceStatusReason": self.reasons[name]} if name in self.reasons else {})
                for name, kind, status in self._find(request["StackName"]).resources
            ]
        }

    def _GetTemplate(self, request: dict[str, Any]) -> dict[str, Any]:
        if "ChangeSetName" in request:
            return {"TemplateBody": self._set(request["ChangeSetName"]).request["TemplateBody"]}
        body = self._find(request["StackName"]).template or {"Resources": {}}
        return {"TemplateBody": body if isinstance(body, str) else json.dumps(body)}

    def _GetStackPolicy(self, request: dict[str, Any]) -> dict[str, Any]:
        policy = self._find(request["StackName"]).policy
        return {"StackPolicyBody": policy} if policy else {}

    def _SetStackPolicy(self, request: dict[str, Any]) -> None:
        self._find(request["StackName"]).policy = request["StackPolicyBody"]

    def _UpdateTerminationProtection(self, request: dict[str, Any]) -> dict[str, Any]:
        stack = self._find(request["StackName"])
        stack.protected = request["EnableTerminationProtection"]
        return {"StackId": stack.id}

    def _DetectStackDrift(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"StackDriftDetectionId": "drift-1"}

    def _DescribeStackDriftDetectionStatus(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "StackId": "arn:stack",
            "StackDriftDetectionId": "drift-1",
            "DetectionStatus": "DETECTION_COMPLETE",
            "Timestamp": _T0,
        }

    def _DescribeStackResourceDrifts(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"StackResourceDrifts": self.drift}


def _plain(change: dict[str, Any]) -> dict[str, Any]:
    """Return a change without property values."""
    kept = {k: v for k, v in change.items() if not k.endswith("Context")}
    if "Details" in kept:
        kept["Details"] = [
            d | {"Target": {k: v for k, v in d["Target"].items() if "Value" not in k}}
            for d in kept["Details"]
        ]
    return kept


@dataclass
class Server:
    """The address of the fake. ``invalid`` are requests that it could not read."""

    address: str = ""
    fake: Fake = field(default_factory=Fake)
    invalid: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving() -> Iterator[Server]:
    """Run a server for the fake for the duration of the block."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            if "X-Amz-Target" in self.headers:  # CloudWatch, in the JSON protocol
                self.rfile.read(length)
                self._answer_alarms()
                return
            body = self.rfile.read(length).decode()
            if len(body) < length:  # the client was killed while it sent the request
                self.close_connection = True
                return
            try:
                status, text = state.fake.answer(body)
            except (AssertionError, AttributeError, KeyError) as error:
                state.invalid.append(f"{body}: {error!r}")
                status, text = 400, http_fake.refusal("Broken", repr(error))
            if status == _SILENCE:
                state.closing.wait(60)
            if text is None:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _answer_alarms(self) -> None:
            """DescribeAlarms: metric alarms and composite alarms in two lists, by their ARNs."""
            lists: dict[str, Any] = {"MetricAlarms": [], "CompositeAlarms": []}
            for arn, kind in state.fake.alarms.items():
                lists[kind].append({"AlarmArn": arn})
            denied = {"__type": "AccessDeniedException", "message": "not allowed"}
            body = json.dumps(denied if state.fake.alarms_denied else lists).encode()
            self.send_response(400 if state.fake.alarms_denied else 200)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # silent
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
