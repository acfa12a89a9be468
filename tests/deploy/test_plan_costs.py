"""What a plan says of costs: offline, in an account, as text, Markdown and JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.deploy.conftest import Deployer, source, target
from tests.deploy.fake import Fault
from tests.deploy.test_apply import change
from tests.dist.folders import write
from trailbell.command.plan import command
from trailbell.cost.change import CostChange, Count, costs_line
from trailbell.deploy import plan_file
from trailbell.deploy.environment import StackOutput
from trailbell.deploy.planned_stack import plan_from_template
from trailbell.diff import markdown_report, report, templates
from trailbell.diff.model import DeployPlan, Notice, NoticeLevel

Template = dict[str, Any]

_PRICES = "; list prices of us-east-1, November 2026"
_ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Threshold": 1}}


def _document(*alarms: str) -> Template:
    return {
        "Parameters": {"EncryptionKey": {"Type": "String", "Default": "none"}},
        "Conditions": {"MakesKey": {"Fn::Equals": [{"Ref": "EncryptionKey"}, "create"]}},
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Key": {"Type": "AWS::KMS::Key", "Condition": "MakesKey"},
            **dict.fromkeys(alarms, _ALARM),
        },
    }


def _plan(before: Template | None, after: Template, stack: str = "alerts") -> DeployPlan:
    return DeployPlan((templates.plan_from_templates(source(stack, after), before, "before"),))


def test_a_plan_without_a_change_of_costs_says_nothing_of_them() -> None:
    plan = _plan(_document("A"), _document("A") | {"Description": "another"})
    assert plan.costs == CostChange()
    assert "costs" not in report.to_text(plan)
    assert "osts" not in markdown_report.to_markdown(plan)


def test_the_line_is_the_last_one_and_for_all_stacks() -> None:
    first = _plan(_document("A"), _document("A", "B"), "first")
    second = _plan(None, _document("C"), "second")
    plan = DeployPlan((*first.stacks, *second.stacks))
    line = f"about +0.20 USD a month (2 alarms){_PRICES}"
    assert report.to_text(plan).splitlines()[-2:] == ["", f"costs: {line}"]
    assert markdown_report.to_markdown(plan).splitlines()[-1] == f"Costs: {line}"


def test_a_saved_plan_has_the_change_of_each_stack() -> None:
    data = json.loads(plan_file.as_json(_plan(_document("A", "B"), _document("A"))))
    assert data["stacks"][0]["costs"] == {
        "cents": -10,
        "counts": [{"price": "alarm", "number": -1}],
        "unknown": [],
        "prices": "list prices of us-east-1, November 2026",
    }


@pytest.mark.parametrize(
    ("settings", "words", "line"),
    [
        pytest.param(
            "", (), f"costs: about +0.10 USD a month (1 alarm){_PRICES}", id="the defaults"
        ),
        pytest.param(
            '[environment.default.parameters]\nEncryptionKey = "create"\n',
            (),
            f"costs: about +0.10 USD a month (1 alarm){_PRICES}",
            id="a parameter that does not change",
        ),
        pytest.param(
            '[environment.default.parameters]\nEncryptionKey = "create"\n',
            ("new",),
            f"costs: about +1.10 USD a month (1 alarm, 1 KMS key){_PRICES}",
            id="a new stack with the parameters of the settings",
        ),
        pytest.param(
            "",
            ("new", "--parameter", "EncryptionKey=create"),
            f"costs: about +1.10 USD a month (1 alarm, 1 KMS key){_PRICES}",
            id="a new stack with the parameters of the command line",
        ),
        pytest.param(
            "[environment.default.stack.new.parameters]\n"
            'EncryptionKey = { stack = "one", output = "Key" }\n',
            ("new",),
            f"costs: about +0.10 USD a month (1 alarm){_PRICES}; and what is not known: Key: "
            "whether it is created depends on values that are not known",
            id="a parameter from an output",
        ),
    ],
)
def test_an_offline_plan_has_the_parameters_of_the_settings(
    tmp_path: Path, settings: str, words: tuple[str, ...], line: str
) -> None:
    old = write(tmp_path / "old", one=_document("A"))
    new = write(tmp_path / "new", one=_document("A", "B"), new=_document("C"))
    path = tmp_path / "trailbell.toml"
    path.write_text(settings)
    place = ("--dist", str(new), "--against", str(old), "--settings", str(path))
    result = CliRunner().invoke(
        command, [*(words or ("one",)), *place], standalone_mode=False, catch_exceptions=False
    )
    assert result.stdout.splitlines()[-1] == line


@pytest.mark.parametrize(
    ("deployed", "given", "costs"),
    [
        pytest.param(
            "none",
            "create",
            CostChange(
                cents=110, counts=(Count(price="alarm", number=1), Count(price="key", number=1))
            ),
            id="a key that the stack has not",
        ),
        pytest.param(
            "create",
            "create",
            CostChange(cents=10, counts=(Count(price="alarm", number=1),)),
            id="a key that the stack has",
        ),
        pytest.param(
            "create",
            "none",
            CostChange(
                cents=-90, counts=(Count(price="alarm", number=1), Count(price="key", number=-1))
            ),
            id="a key that the stack loses",
        ),
    ],
)
def test_a_change_set_has_the_parameters_of_the_stack(
    deployer: Deployer, deployed: str, given: str, costs: CostChange
) -> None:
    deployer.fake.put(
        "alerts",
        "CREATE_COMPLETE",
        protected=True,
        template=_document("A"),
        parameters={"EncryptionKey": deployed},
    )
    deployer.fake.changes = [change("B", "Add")]
    deployer.deploy(target("alerts", _document("A", "B"), parameters={"EncryptionKey": given}))
    assert deployer.ui.plans[0].costs == costs


def test_a_deployed_template_that_cannot_be_read_is_not_known(deployer: Deployer) -> None:
    deployer.fake.put("alerts", "CREATE_COMPLETE", protected=True, template=_document("A"))
    deployer.fake.fault("GetTemplate", Fault.DENIED)
    deployer.fake.changes = [change("B", "Add")]
    deployer.deploy(target("alerts", _document("A", "B")))
    assert costs_line(deployer.ui.plans[0].costs) == (
        "costs: not known (the deployed template, which cannot be read)"
    )


def test_a_new_stack_costs_all_that_it_has(deployer: Deployer) -> None:
    deployer.fake.changes = [change("A", "Add"), change("B", "Add")]
    deployer.deploy(target("alerts", _document("A", "B")))
    assert costs_line(deployer.ui.plans[0].costs) == (
        f"costs: about +0.20 USD a month (2 alarms){_PRICES}"
    )


def test_a_value_of_later_is_not_known(deployer: Deployer) -> None:
    notice = Notice(level=NoticeLevel.WARNING, logical_id="", text="needs base")
    stack = target(
        "alerts", _document("A"), parameters={"EncryptionKey": StackOutput("base", "Key")}
    )
    plan = plan_from_template(deployer.session, stack, notice)
    assert plan.costs == CostChange(
        cents=10,
        counts=(Count(price="alarm", number=1),),
        unknown=("Key: whether it is created depends on values that are not known",),
    )
