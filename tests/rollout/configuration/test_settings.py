"""``[rollout.NAME]``: every key is checked, and what is wrong is said with what would be right."""

import json

import pytest

from tests.rollout.scenario import (
    BASE,
    PROD,
    SELF,
    SERVICE,
    A,
    B,
    make_plan,
    new_cloud,
    rollout,
    without,
)
from trailbell.aws.auto_deployment import AutoDeployment
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import InputError, PreconditionError
from trailbell.rollout.configuration.config import (
    AccountFilter,
    OnRemoval,
    PermissionModel,
    RolloutConfig,
)
from trailbell.rollout.configuration.operation_preferences import (
    ConcurrencyMode,
    CountOrPercent,
    OperationPreferences,
)
from trailbell.rollout.configuration.waves import Wave, WaveCheck
from trailbell.rollout.plan.stack_set_definition import validate_for_stack_set

P = "trailbell.toml: rollout.baseline"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            SERVICE.replace("baseline]", "other]"),
            'unknown rollout "baseline"; known: other',
            id="no such rollout",
        ),
        pytest.param(
            without(SERVICE, "stack"),
            f"{P}.stack: is missing; name a stack in dist/ (alerts, trail)",
            id="no stack",
        ),
        pytest.param(
            SERVICE.replace('"alerts"', '"alert"'),
            f'{P}.stack: unknown stack "alert"; did you mean "alerts"?',
            id="a stack that is not in dist/",
        ),
        pytest.param(
            SERVICE + 'tags = { "aws:owner" = "me" }\n',
            f'{P}.tags.aws:owner: keys that begin with "aws:" are reserved for AWS; choose another '
            "key",
            id="a reserved tag",
        ),
        pytest.param(
            without(SERVICE, "regions"),
            f"{P}.regions: is missing; list the Regions in deployment order",
            id="no Regions",
        ),
        pytest.param(
            SERVICE.replace('"us-east-1"', '"Virginia"'),
            f'{P}.regions: invalid value "Virginia"; write a Region such as eu-central-1',
            id="no Region's name",
        ),
        pytest.param(
            SERVICE.replace('"us-east-1"', '"eu-central-1"'),
            f'{P}.regions: has "eu-central-1" twice; remove one of them',
            id="a Region twice",
        ),
        pytest.param(
            without(SERVICE, "organizational_units"),
            f"{P}.organizational_units: is missing; list organizational units "
            "(ou-...), or the root (r-...)",
            id="no units",
        ),
        pytest.param(
            SERVICE.replace(PROD, "production"),
            f'{P}.organizational_units: invalid value "production"; write an '
            "organizational unit (ou-...) or the root (r-...)",
            id="a unit by its name",
        ),
        pytest.param(
            SERVICE + f'accounts = ["{A}"]',
            f'{P}.account_filter: "accounts" and "account_filter" must be given '
            "together; use one of: intersection, difference, union",
            id="accounts without a filter",
        ),
        pytest.param(
            SERVICE + "max_concurent = 2",
            f'{P}.max_concurent: unknown key; did you mean "max_concurrent"?',
            id="a key with a typing error",
        ),
        pytest.param(
            SERVICE.replace("max_concurrent = 3", "max_concurrent = 0"),
            f"{P}.max_concurrent: invalid value 0; write a number of accounts from "
            '1, or a percentage such as "10%"',
            id="no account at a time",
        ),
        pytest.param(
            SERVICE.replace("failure_tolerance = 0", 'failure_tolerance = "101%"'),
            f'{P}.failure_tolerance: invalid value "101%"; write a number of accounts'
            ' from 0, or a percentage such as "10%"',
            id="more than all",
        ),
        pytest.param(
            SERVICE.replace('"soft"', '"loose"'),
            f'{P}.concurrency_mode: unknown value "loose"; known: soft, strict',
            id="an unknown mode",
        ),
        pytest.param(
            SERVICE + "retain_on_account_removal = true",
            f"{P}.retain_on_account_removal: requires auto_deployment; add auto_deployment = true",
            id="retaining without auto-deployment",
        ),
        pytest.param(
            SERVICE + 'execution_role = "Deployer"',
            f"{P}.execution_role: is for self-managed rollouts only; remove it, or "
            'use permission_model = "self-managed"',
            id="a role where StackSets makes them",
        ),
        pytest.param(
            SERVICE + 'management_deploy_role = "arn:aws:iam::111122223333:role/Deployer"',
            f"{P}.management_deploy_role: requires include_management_account; add "
            "include_management_account = true, or remove the role",
            id="a role for nothing",
        ),
        pytest.param(
            SERVICE + "[rollout.baseline.parameter_overrides.12345]\nEmail = 'a@b.example'",
            f"{P}.parameter_overrides.12345: is not an account ID; write twelve digits",
            id="no account",
        ),
        pytest.param(
            SERVICE + f"[rollout.baseline.wave.one]\n[rollout.baseline.wave.two]\n"
            f'accounts = ["{A}"]',
            f"{P}.wave.one: names no accounts, so it takes all remaining accounts; "
            "move it to the end",
            id="the rest before others",
        ),
        pytest.param(
            SERVICE + f'[rollout.baseline.wave."remaining accounts"]\naccounts = ["{A}"]',
            f"{P}.wave.remaining accounts: names accounts; give it another name; "
            '"remaining accounts" takes all remaining accounts',
            id="a rest that is none",
        ),
        pytest.param(
            SERVICE + f'[rollout.baseline.wave.one]\naccounts = ["{A}"]\n'
            f'[rollout.baseline.wave.two]\naccounts = ["{A}"]',
            f"{P}.wave: several waves name the account 000000000001; name it in one wave",
            id="in two waves",
        ),
        pytest.param(
            SERVICE + f'[rollout.baseline.wave.one]\naccounts = ["{A}"]\n'
            "[rollout.baseline.wave.one.check]\ncommand = []",
            f"{P}.wave.one.check.command: is empty; name a program and its "
            'arguments: ["./check.sh", "canary"]',
            id="a command of nothing",
        ),
        pytest.param(
            without(SELF, "accounts"),
            f"{P}.accounts: is missing; list the accounts of the self-managed rollout",
            id="self-managed without accounts",
        ),
        pytest.param(
            SELF + f'organizational_units = ["{PROD}"]',
            f"{P}.organizational_units: is for service-managed rollouts only; "
            'remove it, or use permission_model = "service-managed"',
            id="units in a self-managed set",
        ),
        pytest.param(
            SELF + "delegated_administrator = true",
            f"{P}.delegated_administrator: is for service-managed rollouts only; "
            'remove it, or use permission_model = "service-managed"',
            id="CallAs for nothing",
        ),
    ],
)
def test_what_is_wrong_is_said(text: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        rollout(text)
    assert str(caught.value) == expected


def test_what_is_not_said_has_cloudformations_own_values() -> None:
    text = f"""
    [rollout.baseline]
    stack = "alerts"
    organizational_units = ["{PROD}"]
    regions = ["eu-central-1"]
    """
    assert rollout(text) == RolloutConfig(
        name="baseline",
        stack="alerts",
        stack_set_name="trailbell-alerts",
        organizational_units=(PROD,),
        regions=("eu-central-1",),
        origin=P,
    )
    assert OperationPreferences().request(("eu-central-1",)) == {
        "RegionConcurrencyType": "SEQUENTIAL",
        "RegionOrder": ["eu-central-1"],
        "ConcurrencyMode": "STRICT_FAILURE_TOLERANCE",
        "MaxConcurrentCount": 1,
        "FailureToleranceCount": 0,
    }


def test_all_that_can_be_said() -> None:
    text = f"""
    [rollout.baseline]
    stack = "alerts"
    stack_set_name = "baseline"
    account = "111122223333"
    region = "eu-central-1"
    profile = "security"
    assume_role = "arn:aws:iam::111122223333:role/Deployer"
    delegated_administrator = true
    organizational_units = ["{PROD}"]
    accounts = ["{A}"]
    account_filter = "difference"
    regions = ["eu-central-1", "us-east-1"]
    parameters = {{ Email = "a@b.example", Days = 30, On = true, Names = ["x", "y"] }}
    tags = {{ owner = "security" }}
    auto_deployment = true
    retain_on_account_removal = true
    auto_deployment_depends_on = ["arn:aws:cloudformation:eu-central-1:111122223333:stackset/x:1"]
    managed_execution = true
    include_management_account = true
    management_deploy_role = "arn:aws:iam::111122223333:role/Deployer"
    member_read_role = "Reader"
    on_removal = "retain"
    on_wave_failure = "continue"
    template_bucket = "templates"
    max_concurrent = "25%"
    failure_tolerance = 2
    concurrency_mode = "soft"
    region_concurrency = "parallel"

    [rollout.baseline.parameter_overrides.{B}]
    Email = "b@b.example"

    [rollout.baseline.wave.canary]
    organizational_units = ["{PROD}"]
    max_concurrent = 1
    [rollout.baseline.wave.canary.check]
    alarms = ["high"]
    wait_minutes = 10
    command = ["./check.sh", "canary"]
    """
    pace = OperationPreferences(
        concurrency=CountOrPercent(25, percent=True),
        failure_tolerance=CountOrPercent(2),
        mode=ConcurrencyMode.SOFT,
        parallel_regions=True,
    )
    canary = OperationPreferences(
        concurrency=CountOrPercent(1),
        failure_tolerance=CountOrPercent(2),
        mode=ConcurrencyMode.SOFT,
        parallel_regions=True,
    )
    assert rollout(text) == RolloutConfig(
        name="baseline",
        stack="alerts",
        stack_set_name="baseline",
        permission_model=PermissionModel.SERVICE,
        delegated=True,
        account="111122223333",
        region="eu-central-1",
        profile="security",
        assume_role="arn:aws:iam::111122223333:role/Deployer",
        organizational_units=(PROD,),
        accounts=(A,),
        account_filter=AccountFilter.DIFFERENCE,
        regions=("eu-central-1", "us-east-1"),
        parameters={"Email": "a@b.example", "Days": "30", "On": "true", "Names": "x,y"},
        parameter_overrides={B: {"Email": "b@b.example"}},
        tags={"owner": "security"},
        waves=(
            Wave(
                name="canary",
                units=(PROD,),
                operation_preferences=canary,
                check=WaveCheck(
                    alarms=("high",), wait_minutes=10, command=("./check.sh", "canary")
                ),
            ),
            Wave(name="remaining accounts", operation_preferences=pace),
        ),
        auto_deployment=AutoDeployment(
            enabled=True,
            retain=True,
            after=("arn:aws:cloudformation:eu-central-1:111122223333:stackset/x:1",),
        ),
        managed_execution=True,
        include_management_account=True,
        management_deploy_role="arn:aws:iam::111122223333:role/Deployer",
        member_read_role="Reader",
        on_removal=OnRemoval.RETAIN,
        continue_on_failure=True,
        template_bucket="templates",
        origin=P,
    )


@pytest.mark.parametrize(
    ("pacing", "accounts", "at_once", "seconds"),
    [
        pytest.param(
            OperationPreferences(), 5_000, 1, 5_000 * 120 * 17, id="the defaults take four months"
        ),
        pytest.param(
            OperationPreferences(concurrency=CountOrPercent(100)),
            5_000,
            1,
            5_000 * 120 * 17,
            id="strict with no tolerance is one at a time, whatever was asked for",
        ),
        pytest.param(
            OperationPreferences(
                concurrency=CountOrPercent(100), failure_tolerance=CountOrPercent(9)
            ),
            5_000,
            10,
            500 * 120 * 17,
            id="strict never runs more than may fail, plus one",
        ),
        pytest.param(
            OperationPreferences(concurrency=CountOrPercent(100), mode=ConcurrencyMode.SOFT),
            5_000,
            100,
            50 * 120 * 17,
            id="soft runs what was asked for",
        ),
        pytest.param(
            OperationPreferences(
                concurrency=CountOrPercent(100), mode=ConcurrencyMode.SOFT, parallel_regions=True
            ),
            5_000,
            100,
            50 * 120,
            id="Regions at once",
        ),
        pytest.param(
            OperationPreferences(
                concurrency=CountOrPercent(10, percent=True), mode=ConcurrencyMode.SOFT
            ),
            19,
            1,
            19 * 120 * 17,
            id="percentages round down",
        ),
        pytest.param(
            OperationPreferences(
                concurrency=CountOrPercent(10, percent=True), mode=ConcurrencyMode.SOFT
            ),
            5,
            1,
            5 * 120 * 17,
            id="but a tenth of five accounts is still one",
        ),
        pytest.param(
            OperationPreferences(concurrency=CountOrPercent(100), mode=ConcurrencyMode.SOFT),
            3,
            3,
            120 * 17,
            id="never more than there are",
        ),
        pytest.param(OperationPreferences(), 0, 1, 0.0, id="no account takes no time"),
    ],
)
def test_how_fast_it_really_goes(
    pacing: OperationPreferences, accounts: int, at_once: int, seconds: float
) -> None:
    assert (pacing.effective_concurrency(accounts), pacing.seconds(accounts, 17)) == (
        at_once,
        seconds,
    )


def test_base_is_a_rollout_but_for_its_accounts() -> None:
    assert rollout(BASE + f'organizational_units = ["{PROD}"]').organizational_units == (PROD,)


def test_a_region_that_does_not_exist_is_rejected_before_any_call() -> None:
    cloud = new_cloud()
    with pytest.raises(PreconditionError) as caught:
        make_plan(cloud, SERVICE.replace("us-east-1", "us-east-9"))
    assert str(caught.value).startswith(f'{P}: regions: There is no Region "us-east-9".')
    assert cloud.record == []


def test_a_template_that_needs_a_bucket_is_an_error_before_any_call() -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x" * 99}}
    document = {"Resources": {f"T{number}": topic for number in range(500)}}
    text = json.dumps(document)
    template = BuiltTemplate(stack="alerts", text=text, document=document, sha256="")
    with pytest.raises(PreconditionError) as caught:
        validate_for_stack_set(rollout(SERVICE), template)
    assert str(caught.value) == (
        f"stack alerts: The template has {len(text):,} bytes. A request can carry at most 51,200.\n"
        "  Configure an S3 bucket in this Region: template_bucket in trailbell.toml"
    )
    validate_for_stack_set(rollout(SERVICE + 'template_bucket = "templates"\n'), template)
