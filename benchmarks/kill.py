"""
Kill ``deploy`` and ``rollout apply`` at every call, and run them again:
``python -m benchmarks.kill [--only SCENARIO]``.

In:    a server that answers as AWS documents for `deploy`, and moto for rollouts, both behind a
       proxy that kills the program (SIGKILL) at one call: before AWS gets it, or before the
       program gets the answer.
Out:   of how many kills the next run did everything, with exit code 0 and nothing left to change;
       exit code 1 if one did not.
Never: a kill of anything but the process that this module started.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import PROJECT
from tests.deploy.fake import Fake, Server, serving
from tests.deploy.fake_templates import Account
from tests.dist.folders import write
from tests.rollout.test_moto import Moto
from trailbell.demo.emulator import variables

# The program as it is, but without its waits between polls.
_PROGRAM = (
    "import sys, time; sleep = time.sleep; time.sleep = lambda seconds: sleep(min(seconds, 0.01));"
    "from trailbell.command.main import main; sys.exit(main())"
)
_REGION = "us-east-1"
_WITHOUT_COUNT = 0


@dataclass
class Proxy:
    """Passes calls to ``upstream``, and kills a process at call number ``kill_at``.

    A negative number kills after the call was handled, before it is answered.
    """

    upstream: str
    address: str = ""
    kill_at: int = 0
    process: subprocess.Popen[str] | None = None
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, kill_at: int) -> None:
        """Count from one again."""
        self.kill_at, self.process, self.calls = kill_at, None, []

    def number(self, name: str) -> int:
        """The number of a call."""
        with self.lock:
            self.calls.append(name)
            return len(self.calls)

    def kill(self) -> None:
        """Kill the program that calls."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)


@contextmanager
def proxying(upstream: str) -> Iterator[Proxy]:
    """Run a proxy for the duration of the block."""
    proxy = Proxy(upstream)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            number = proxy.number(_operation(self.headers.get("X-Amz-Target", ""), body))
            if number == proxy.kill_at:
                proxy.kill()
                return
            status, content_type, answer = _forward(
                proxy.upstream, self.path, body, dict(self.headers)
            )
            if -number == proxy.kill_at:
                proxy.kill()
                return
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # silent
    proxy.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _operation(target: str, body: bytes) -> str:
    """The operation of a request, in the JSON protocol or in the query protocol."""
    text = body.decode(errors="replace")
    return target.rpartition(".")[2] or text.partition("Action=")[2].partition("&")[0]


def _forward(
    upstream: str, path: str, body: bytes, headers: dict[str, str]
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=30)
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        return response.status, response.headers.get("Content-Type", "text/xml"), answer
    finally:
        connection.close()


@dataclass
class Scenario:
    """A command to kill. ``prepare`` makes the account as it was before it.

    ``is_done`` says whether nothing is left to do; empty if so, else what is wrong.
    """

    name: str
    words: tuple[str, ...]
    proxy: Proxy
    prepare: Callable[[], None]
    is_done: Callable[[], str]

    def run(self, kill_at: int = 0) -> tuple[int, str]:
        """Run the command: exit code and output."""
        self.proxy.start(kill_at)
        return run(self.proxy, *self.words)


def run(proxy: Proxy, *words: str) -> tuple[int, str]:
    """Run the program through the proxy: exit code and output."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *words],
        cwd=PROJECT,
        env={**os.environ, **variables(proxy.address)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    proxy.process = process
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def measure(scenario: Scenario) -> tuple[int, int]:
    """Kill the command at every call, twice: of how many kills it carried on, and how many."""
    scenario.prepare()
    code, output = scenario.run()
    calls = list(scenario.proxy.calls)
    problem = f"exit code {code}\n{output}" if code else scenario.is_done()
    if problem:
        raise SystemExit(f"{scenario.name}: fails without a kill.\n{problem}")
    continued = kills = 0
    for number in range(1, len(calls) + 1):
        for kill_at in (number, -number):
            scenario.prepare()
            code, _ = scenario.run(kill_at)
            if code != -signal.SIGKILL:
                continue  # concurrent calls come in another order, and one fewer
            kills += 1
            code, output = scenario.run()
            problem = f"exit code {code}" if code else scenario.is_done()
            continued += not problem
            if problem:
                when = "before" if kill_at > 0 else "after"
                print(f"  {scenario.name}: killed {when} call {number}, {calls[number - 1]}:")
                print(f"  {problem}\n{output}")
    return continued, kills


# ----------------------------------------------------------------- deploy

_BEFORE = {"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {}}}}
_AFTER = {"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "a"}}}}


def deploy_scenario(server: Server, proxy: Proxy, folder: Path, *, update: bool) -> Scenario:
    """Deploy a new stack, or another template."""
    dist = write(folder / "dist", alerts=_AFTER)
    settings = folder / "trailbell.toml"
    settings.write_text("")

    def prepare() -> None:
        server.fake = Account()
        if update:
            server.fake.put("alerts", "CREATE_COMPLETE", template=_BEFORE)

    def is_done() -> str:
        stack = server.fake.stacks["alerts"]
        state = "UPDATE_COMPLETE" if update else "CREATE_COMPLETE"
        own = _own_change_sets(server.fake)
        actual = stack.state, stack.template, stack.protected, own
        done = stack.state == state and stack.template == _AFTER and stack.protected and not own
        return "" if done else f"status, template, protection and change sets are {actual}"

    name = "deploy, update" if update else "deploy, create"
    words = ("deploy", "alerts", "--yes", "--dist", str(dist), "--settings", str(settings))
    return Scenario(name, words, proxy, prepare, is_done)


def _own_change_sets(fake: Fake) -> list[str]:
    """The change sets that can still be executed. Executing one deletes the others."""
    return [each.name for each in fake.sets.values() if each.execution == "AVAILABLE"]


# ----------------------------------------------------------------- rollout

_WAVES = """
[rollout.baseline]
stack = "alerts"
stack_set_name = "baseline"
region = "us-east-1"
regions = ["us-east-1", "eu-central-1"]
organizational_units = ["{unit}"]

[rollout.baseline.wave.canary]
accounts = ["{canary}"]
"""


def rollout_scenario(upstream: str, proxy: Proxy, folder: Path, *, grow: bool) -> Scenario:
    """Roll out to three accounts in two Regions, or add the second Region.

    moto keeps no results of deletions, so no scenario deletes.
    """
    moto = Moto(upstream, folder, variables(upstream))
    files = ("--settings", str(folder / "trailbell.toml"), "--dist", str(folder / "dist"))

    def prepare() -> None:
        reset = urllib.request.Request(f"{upstream}/moto-api/reset", method="POST")  # noqa: S310 - local server
        urllib.request.urlopen(reset, timeout=10).close()  # noqa: S310 - moto's own address
        moto.client("organizations").create_organization(FeatureSet="ALL")
        unit, accounts = moto.unit("prod", 3)
        shutil.rmtree(folder / "dist", ignore_errors=True)
        moto.template("High")
        text = _WAVES.format(unit=unit, canary=accounts[0])
        if grow:
            moto.settings(text.replace(', "eu-central-1"', ""))
            proxy.start(_WITHOUT_COUNT)
            code, output = run(proxy, "rollout", "apply", "baseline", "--yes", *files)
            if code:
                raise SystemExit(f"the rollout before fails:\n{output}")
        moto.settings(text)

    def is_done() -> str:
        proxy.start(_WITHOUT_COUNT)
        code, output = run(proxy, "rollout", "plan", "baseline", "--exit-code", *files)
        return output if code else ""

    name = "rollout apply, add a Region" if grow else "rollout apply, create"
    words = ("rollout", "apply", "baseline", "--yes", *files)
    return Scenario(name, words, proxy, prepare, is_done)


@contextmanager
def moto_server() -> Iterator[str]:
    """Run a moto server for the duration of the block, and return its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_it_answers(address: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{address}/moto-api/data.json", timeout=1).close()  # noqa: S310 - local server
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("moto does not answer")


def main() -> int:
    """Measure every scenario, and print the result."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="Scenarios with this text.")
    only = parser.parse_args().only
    total = all_kills = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        serving() as server,
        moto_server() as moto,
        proxying(server.address) as to_fake,
        proxying(moto) as to_moto,
    ):
        path = Path(folder)
        for scenario in (
            deploy_scenario(server, to_fake, path, update=False),
            deploy_scenario(server, to_fake, path, update=True),
            rollout_scenario(moto, to_moto, path, grow=False),
            rollout_scenario(moto, to_moto, path, grow=True),
        ):
            if only in scenario.name:
                continued, kills = measure(scenario)
                print(f"{scenario.name}: {continued} of {kills} kills carried on", flush=True)
                total, all_kills = total + continued, all_kills + kills
    print(f"{total} of {all_kills}")
    return 0 if total == all_kills > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
