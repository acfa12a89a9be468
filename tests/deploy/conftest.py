"""A fake account, a stack to deploy to it, and a user interface that records."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.deploy.fake import Fake, Server, serving
from trailbell.aws.cloudformation import Event
from trailbell.aws.waiter import Poller
from trailbell.demo.emulator import variables
from trailbell.deploy import apply
from trailbell.deploy.change_set import DeployOptions
from trailbell.deploy.environment import Environment, StackSettings
from trailbell.deploy.result import StackResult
from trailbell.deploy.session import DeploySession, open_session
from trailbell.deploy.target import StackToDeploy
from trailbell.diff.model import DeployPlan, Risk
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.source_location import SourceLocation

TEMPLATE: Mapping[str, Any] = {
    "Parameters": {"Days": {"Type": "Number", "Default": 30}},
    "Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {}}},
}


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def fake(_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    """An empty account. A request that it cannot read fails the test."""
    _server.fake = Fake()
    for name, value in variables(_server.address).items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield _server.fake
    invalid, _server.invalid = _server.invalid, []
    assert invalid == []


def quick() -> Poller:
    """A poller with short intervals."""
    return Poller(shortest=0.001, longest=0.005, limit=20)


def source(name: str = "alerts", document: Mapping[str, Any] = TEMPLATE) -> BuiltTemplate:
    text = json.dumps(document)
    return BuiltTemplate(
        stack=name,
        text=text,
        document=document,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        source_lines={"A": SourceLocation("stacks/alerts.py", 7)},
    )


def target(
    name: str = "alerts", document: Mapping[str, Any] = TEMPLATE, **more: Any
) -> StackToDeploy:
    return StackToDeploy(
        source=source(name, document), options=StackSettings(stack_name=name, **more)
    )


@dataclass
class RecordingUi:
    """A user who confirms or declines, types a name, and records all output."""

    yes: bool = True
    typed_name: str = ""
    messages: list[str] = field(default_factory=list)
    events: list[tuple[str, str, str]] = field(default_factory=list)
    plans: list[DeployPlan] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def info(self, text: str) -> None:
        self.messages.append(text)

    def show_event(self, stack: str, event: Event) -> None:
        with self.lock:
            self.events.append((stack, event.logical_id, event.status))

    def show_plan(self, plan: DeployPlan) -> None:
        self.plans.append(plan)

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.yes

    def confirm_name(self, name: str, reason: str) -> bool:
        self.messages.append(reason)
        return self.typed_name == name


@dataclass
class Deployer:
    """`apply` with default arguments."""

    fake: Fake
    session: DeploySession
    ui: RecordingUi = field(default_factory=RecordingUi)

    def deploy(
        self,
        *targets: StackToDeploy,
        dependencies: Mapping[str, frozenset[str]] | None = None,
        risks: frozenset[Risk] = frozenset(),
        **options: Any,
    ) -> tuple[StackResult, ...]:
        targets = targets or (target(),)
        dependencies = dependencies or {target.stack: frozenset[str]() for target in targets}
        return apply.apply(
            self.session, targets, dependencies, DeployOptions(**options), risks, self.ui
        )

    def status(self, *targets: StackToDeploy, **more: Any) -> list[tuple[str, str]]:
        """Deploy, and return names and result statuses."""
        return [(result.name, result.status.value) for result in self.deploy(*targets, **more)]


def fresh(fake: Fake) -> Deployer:
    """A deployer with a new client, which remembers no throttling of another test."""
    return Deployer(fake, open_session(Environment(), poller=quick()))


_SIGNED_IN: dict[str, DeploySession] = {}


@pytest.fixture
def deployer(_server: Server, fake: Fake) -> Deployer:
    """A deployer that is signed in already: creating a client takes longer than most tests."""
    if _server.address not in _SIGNED_IN:
        _SIGNED_IN[_server.address] = fresh(fake).session
        fake.requests.clear()
    return Deployer(fake, replace(_SIGNED_IN[_server.address], poller=quick()))
