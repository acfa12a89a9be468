"""
Measure the wall time of a rollout plan against what its calls need:
``python -m benchmarks.rollout_wall [--accounts N] [--rate CALLS_PER_SECOND] [--latency SECONDS]``.

In:    an HTTP server in a process of its own that answers for an organization, each call after the
       latency, and rejects calls beyond the rate of a service as AWS does (Throttling).
Out:   seconds of ``trailbell rollout plan``, calls, throttled calls, and the ratio to the time that
       these calls need at this rate; exit code 1 above the limit.
Never: a claim about the rates of AWS. CloudFormation and Organizations publish none for these
       operations, so the rate is an assumption that an option changes.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from benchmarks import PROJECT
from benchmarks.rollout import ORGANIZATIONAL_UNITS, REGIONS
from trailbell.dist.built_templates import load_templates

MAX_RATIO = 1.3
_BURST = 20.0
_INSTANCES_PER_PAGE, _ACCOUNTS_PER_PAGE = 100, 20
_ROOT = "r-ab12"
_MANAGEMENT = "111122223333"
_UNITS = tuple(f"ou-ab12-{number:08d}" for number in range(ORGANIZATIONAL_UNITS))
_STACK = "security-alerts"
_IDENTITY = (
    f"<Arn>arn:aws:iam::{_MANAGEMENT}:user/a</Arn><UserId>a</UserId>"
    f"<Account>{_MANAGEMENT}</Account>"
)
_THROTTLING = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"
    b"<Message>Rate exceeded</Message></Error></ErrorResponse>"
)


@dataclass
class Bucket:
    """The calls that a service accepts: a burst, then a rate."""

    rate: float
    tokens: float = _BURST
    updated_at: float = field(default_factory=time.monotonic)
    calls: int = 0
    throttled: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self) -> bool:
        """Take a token. False if there is none."""
        with self.lock:
            now = time.monotonic()
            self.tokens = min(_BURST, self.tokens + (now - self.updated_at) * self.rate)
            self.updated_at = now
            accepted = self.tokens >= 1
            self.tokens -= accepted
            self.calls += accepted
            self.throttled += not accepted
            return accepted


@dataclass
class World:
    """An organization whose accounts have a stack instance in each Region."""

    accounts: int
    latency: float
    template: str
    buckets: dict[str, Bucket]

    def answer(self, operation: str, request: dict[str, Any]) -> bytes:
        """The body of the response to an operation."""
        match operation:
            case "GetCallerIdentity":
                return _xml(operation, _IDENTITY)
            case "DescribeStackSet":
                return _xml(operation, self._stack_set)
            case "ListStackInstances":
                return _xml(operation, self._instances(request))
            case "ListStackSetOperations":
                return _xml(operation, "<Summaries></Summaries>")
            case "DescribeOrganization":
                return _json({"Organization": {"MasterAccountId": _MANAGEMENT, "Id": "o-a"}})
            case "ListOrganizationalUnitsForParent":
                units = [{"Id": unit} for unit in _UNITS] if request["ParentId"] == _ROOT else []
                return _json({"OrganizationalUnits": units})
            case "ListAccountsForParent":
                return _json(self._members(request))
            case _:
                return _json({})

    @cached_property
    def _stack_set(self) -> str:
        return (
            "<StackSet><StackSetName>baseline</StackSetName><StackSetId>baseline:1</StackSetId>"
            "<Status>ACTIVE</Status><PermissionModel>SERVICE_MANAGED</PermissionModel>"
            f"<Regions>{''.join(f'<member>{region}</member>' for region in REGIONS)}</Regions>"
            f"<TemplateBody>{escape(self.template)}</TemplateBody></StackSet>"
        )

    def _instances(self, request: dict[str, Any]) -> str:
        """A page of stack instances, of one Region if the request names it."""
        region = request.get("StackInstanceRegion")
        regions = (region,) if region else REGIONS
        total = self.accounts * len(regions)
        start = int(request.get("NextToken", 0))
        end = min(start + _INSTANCES_PER_PAGE, total)
        entries = "".join(
            "<member><StackSetId>baseline:1</StackSetId>"
            f"<Region>{regions[n % len(regions)]}</Region>"
            f"<Account>{n // len(regions):012d}</Account><Status>CURRENT</Status>"
            "<StackInstanceStatus><DetailedStatus>SUCCEEDED</DetailedStatus></StackInstanceStatus>"
            f"<OrganizationalUnitId>{_ROOT}</OrganizationalUnitId></member>"
            for n in range(start, end)
        )
        token = f"<NextToken>{end}</NextToken>" if end < total else ""
        return f"<Summaries>{entries}</Summaries>{token}"

    def _members(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["ParentId"] == _ROOT:
            return {"Accounts": []}
        accounts = range(_UNITS.index(request["ParentId"]), self.accounts, len(_UNITS))
        start = int(request.get("NextToken", 0))
        page = accounts[start : start + _ACCOUNTS_PER_PAGE]
        members = [{"Id": f"{n:012d}", "Name": f"account-{n}", "State": "ACTIVE"} for n in page]
        more = start + _ACCOUNTS_PER_PAGE < len(accounts)
        token = {"NextToken": str(start + _ACCOUNTS_PER_PAGE)} if more else {}
        return {"Accounts": members} | token


def _xml(operation: str, inner: str) -> bytes:
    result = f"<{operation}Result>{inner}</{operation}Result>"
    return f"<{operation}Response>{result}</{operation}Response>".encode()


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()


class Handler(BaseHTTPRequestHandler):
    """Answers in the query protocol of CloudFormation and STS, and in JSON for Organizations."""

    protocol_version = "HTTP/1.1"
    world: World

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = self.headers.get("X-Amz-Target")
        if target:
            service, operation, request = "organizations", target.split(".")[1], json.loads(body)
        else:
            request = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            service, operation = "cloudformation", request.pop("Action")
        time.sleep(self.world.latency)
        if self.world.buckets[service].accept():
            self._send(200, self.world.answer(operation, request))
        elif target:
            error = {"__type": "TooManyRequestsException", "Message": "Rate exceeded"}
            self._send(400, _json(error))
        else:
            self._send(400, _THROTTLING)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Print nothing."""


def serve(accounts: int, latency: float, rate: float, template: str, pipe: Connection) -> None:
    """Serve until the pipe has a message; then send the number of calls by service."""
    buckets = {name: Bucket(rate) for name in ("cloudformation", "organizations")}
    handler = type(
        "BoundHandler", (Handler,), {"world": World(accounts, latency, template, buckets)}
    )
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    pipe.send(server.server_address[1])
    pipe.recv()
    pipe.send({name: (bucket.calls, bucket.throttled) for name, bucket in buckets.items()})


def measure(accounts: int, latency: float, rate: float) -> float:
    """Run the command once, print a line, and return the ratio."""
    (template,) = load_templates(PROJECT / "dist", [_STACK])
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(
        target=serve, args=(accounts, latency, rate, template.text, there), daemon=True
    )
    process.start()
    port = here.recv()
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "trailbell.toml"
        settings.write_text(
            f'[rollout.baseline]\nstack = "{_STACK}"\nstack_set_name = "baseline"\n'
            f'region = "{REGIONS[0]}"\norganizational_units = ["{_ROOT}"]\n'
            f"regions = {json.dumps(REGIONS)}\n"
        )
        start = time.monotonic()
        done = subprocess.run(
            [
                *(sys.executable, "build.py", "rollout", "plan", "baseline"),
                *("--settings", str(settings)),
            ],
            cwd=PROJECT,
            env=os.environ
            | {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "a",
                "AWS_SECRET_ACCESS_KEY": "a",
                "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.monotonic() - start
    here.send("stop")
    calls: dict[str, tuple[int, int]] = here.recv()
    process.join()
    if done.returncode:
        sys.exit(f"rollout plan failed: {done.stderr}")
    needed = max((count - _BURST) / rate + latency for count, _ in calls.values())
    ratio = seconds / needed
    total = ", ".join(f"{n:,} {name} ({t:,} throttled)" for name, (n, t) in calls.items())
    print(
        f"{accounts:,} accounts x {len(REGIONS)} Regions, {latency * 1000:.0f} ms a call, "
        f"{rate:g} calls/s a service: {seconds:.1f} s for {total}; "
        f"needed {needed:.1f} s, ratio {ratio:.2f} (at most {MAX_RATIO})"
    )
    return ratio


def main() -> int:
    """Measure once; exit with 1 above the limit."""
    parser = ArgumentParser(description="Measure the wall time of a rollout plan.")
    parser.add_argument("--accounts", type=int, default=5_000, metavar="N")
    parser.add_argument("--rate", type=float, default=20.0, metavar="CALLS_PER_SECOND")
    parser.add_argument("--latency", type=float, default=0.05, metavar="SECONDS")
    options = parser.parse_args()
    return 0 if measure(options.accounts, options.latency, options.rate) <= MAX_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
