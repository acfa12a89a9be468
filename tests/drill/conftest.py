"""A detection that is deployed in a fake account, with its alarm and its rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.deploy.conftest import Deployer, _server, deployer, fake, source
from tests.drill.account import START, DrilledAccount
from trailbell.aws.waiter import Poller
from trailbell.catalog.detection import Detection, Example, Severity
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.target import StackToDeploy
from trailbell.drill.plan import DrillPath, DrillPlan
from trailbell.drill.planner import DrillRequest, build_plan
from trailbell.drill.result import DrillResult
from trailbell.drill.run import Cleanup, run_drill
from trailbell.samples import api_call, iam_user, root

__all__ = ["_server", "deployer", "fake"]

RUN = "0a1b2c3d"
_SERVICES = ("cloudwatch", "logs", "sns", "events")

DETECTION = Detection(
    id="root-account-use",
    title="The root user was used",
    packs=("essentials",),
    severity=Severity.HIGH,
    pattern='{ $.userIdentity.type = "Root" }',
    why="It can do anything.",
    runbook=("Ask who it was.",),
    fires=(Example("the root user lists buckets", api_call("s3", "ListBuckets", root())),),
    silent=(Example("a user lists buckets", api_call("s3", "ListBuckets", iam_user("ann"))),),
)

ALARM: Mapping[str, Any] = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": "alerts-root-account-use",
        "Namespace": "Trailbell/alerts",
        "MetricName": "RootAccountUse",
    },
}
FILTER: Mapping[str, Any] = {
    "Type": "AWS::Logs::MetricFilter",
    "Properties": {
        "LogGroupName": {"Ref": "LogGroup"},
        "FilterPattern": '{ $.userIdentity.type = "Root" }',
        "MetricTransformations": [
            {"MetricNamespace": "Trailbell/alerts", "MetricName": "RootAccountUse"}
        ],
    },
}
BASE: Mapping[str, Any] = {
    "Parameters": {"LogGroup": {"Type": "String"}},
    "Resources": {"RootAccountUseAlarm": ALARM, "RootAccountUseFilter": FILTER},
}
RULES: Mapping[str, Any] = {
    "Parameters": {"AllowDrills": {"Type": "String", "Default": "no"}},
    "Resources": {
        "RootAccountUseRule": {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": {"detail": {"userIdentity": {"type": ["Root"]}}}},
        }
    },
}
_PHYSICAL_IDS = {
    "RootAccountUseAlarm": "alerts-root-account-use",
    "RootAccountUseFilter": "alerts-root-account-use",
    "RootAccountUseRule": "alerts-root-account-use",
    "RootAccountUseChatRule": "alerts-chat-root-account-use",
}


def target(name: str, document: Mapping[str, Any]) -> StackToDeploy:
    return StackToDeploy(source=source(name, document), options=StackSettings(stack_name=name))


@dataclass
class Drills:
    """What a test drills. `plan` and `run` use the clock of the account."""

    deployer: Deployer
    account: DrilledAccount
    targets: list[StackToDeploy] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    cleanup: Cleanup = field(default_factory=Cleanup)

    def deploy(self, name: str, document: Mapping[str, Any], **parameters: str) -> None:
        """Add a deployed stack."""
        resources = [(n, r["Type"], "CREATE_COMPLETE") for n, r in document["Resources"].items()]
        self.deployer.fake.put(
            name,
            "CREATE_COMPLETE",
            template=dict(document),
            resources=resources,
            parameters=parameters,
        )
        self.targets.append(target(name, document))

    def plan(
        self, detection: Detection = DETECTION, *paths: DrillPath, **options: Any
    ) -> DrillPlan:
        request = DrillRequest(run=RUN, at=START, paths=frozenset(paths), **options)
        clock: Any = self.account.clock
        poller = Poller(shortest=2.0, longest=2.0, stop=clock, now=clock)
        self.deployer.session = replace(self.deployer.session, poller=poller)
        return build_plan(self.deployer.session, self.targets, detection, request)

    def run(self, plan: DrillPlan) -> DrillResult:
        session, clock = self.deployer.session, self.account.clock
        return run_drill(session, plan, self.shown.append, self.cleanup, clock.now)


@pytest.fixture
def drills(deployer: Deployer) -> Iterator[Drills]:
    """An account in which nothing is deployed yet."""
    account = DrilledAccount()
    deployer.fake.physical.update(_PHYSICAL_IDS)

    def remember(params: Any, context: Any, **_: Any) -> None:
        context["request"] = dict(params)

    def respond(model: Any, context: Any, **_: Any) -> Any:
        return account.answer(model, context["request"])

    clients = [deployer.session.aws.service(name).client for name in _SERVICES]
    for client in clients:
        client.meta.events.register_first("before-parameter-build", remember)
        client.meta.events.register_first("before-call", respond)
    yield Drills(deployer, account)
    for client in clients:
        client.meta.events.unregister("before-parameter-build", remember)
        client.meta.events.unregister("before-call", respond)


@pytest.fixture
def with_alarm(drills: Drills) -> Drills:
    """The stack "base" with the alarm."""
    drills.deploy("base", BASE, LogGroup="trails")
    return drills


@pytest.fixture
def with_both(with_alarm: Drills) -> Drills:
    """Also the stack "realtime" with the rule, which accepts drills."""
    with_alarm.deploy("realtime", RULES, AllowDrills="yes")
    return with_alarm
