"""A stack that watches, deployed in a fake account."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.deploy.conftest import Deployer, source
from tests.deploy.fake import FakeStack
from tests.deploy.verify.described_account import DescribedAccount
from tests.deploy.verify.watched_stack import PARAMETERS, PHYSICAL_IDS, TEMPLATE
from trailbell.deploy.environment import StackSettings
from trailbell.deploy.target import StackToDeploy
from trailbell.deploy.verify.stack import verify
from trailbell.diff.judgment.read_back import FindingKind

_SERVICES = (
    "cloudtrail",
    "cloudwatch",
    "events",
    "iam",
    "kms",
    "lambda",
    "logs",
    "s3",
    "sns",
    "sqs",
)


@dataclass
class Watched:
    """A deployed stack: what CloudFormation has, and what the other services describe."""

    deployer: Deployer
    account: DescribedAccount
    stack: FakeStack

    def verify(
        self, document: Mapping[str, Any] = TEMPLATE, *, drift: bool = False, **settings: Any
    ) -> list[tuple[str, str, str]]:
        """Verify the stack: kind, logical id and text of each discrepancy."""
        options = StackSettings(stack_name="watch", **settings)
        target = StackToDeploy(source=source("watch", document), options=options)
        discrepancies = verify(self.deployer.session, target, drift=drift)
        return [(entry.kind.value, entry.logical_id, entry.text) for entry in discrepancies]

    def problems(self, **options: Any) -> list[tuple[str, str]]:
        """Verify the stack: logical id and text of each problem."""
        remark = FindingKind.REMARK.value
        return [entry[1:] for entry in self.verify(**options) if entry[0] != remark]


@pytest.fixture
def watched(deployer: Deployer) -> Iterator[Watched]:
    """`TEMPLATE` as deployed, and described as `HEALTHY`."""
    resources = [(n, r["Type"], "CREATE_COMPLETE") for n, r in TEMPLATE["Resources"].items()]
    stack = deployer.fake.put(
        "watch",
        "CREATE_COMPLETE",
        template=dict(TEMPLATE),
        resources=resources,
        parameters=dict(PARAMETERS),
        protected=True,
    )
    deployer.fake.physical.update(PHYSICAL_IDS)
    account = DescribedAccount()

    def remember(params: Any, context: Any, **_: Any) -> None:
        context["request"] = dict(params)

    def respond(model: Any, context: Any, **_: Any) -> Any:
        return account.answer(model, context["request"])

    clients = [deployer.session.aws.service(name).client for name in _SERVICES]
    for client in clients:
        client.meta.events.register_first("before-parameter-build", remember)
        client.meta.events.register_first("before-call", respond)
    yield Watched(deployer, account, stack)
    for client in clients:
        client.meta.events.unregister("before-parameter-build", remember)
        client.meta.events.unregister("before-call", respond)
