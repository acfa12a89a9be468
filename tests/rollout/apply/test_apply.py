"""Rollouts from start to end: first what must not happen, then what must."""

import sys
from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import EXCEEDED, Stack
from tests.rollout.scenario import (
    CANARY,
    PROD,
    REGIONS,
    SELF,
    SERVICE,
    TEST,
    A,
    B,
    C,
    D,
    E,
    account,
    all_current,
    apply_rollout,
    before,
    built_template,
    current_stacks,
    deployed_cloud,
    ends,
    make_plan,
    new_cloud,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.deploy.result import StackResultStatus
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.rollout.apply.failures import Failures, InstanceFailure
from trailbell.rollout.apply.result import StageStatus
from trailbell.rollout.configuration.config import REST
from trailbell.rollout.plan.planner import RolloutOptions

EU, US, AP = REGIONS
MANAGED = SERVICE + "managed_execution = true\n"
TOLERANT = SERVICE.replace("failure_tolerance = 0", "failure_tolerance = 1")


# ------------------------------------------------------------------------- what must not happen


def test_an_operation_that_succeeded_with_failed_stacks_is_a_failure() -> None:
    cloud = new_cloud(fails={AccountRegion(B, US): "no role"})
    run = apply_rollout(cloud, TOLERANT)
    (stage,) = run.stages
    assert [(o.status, o.failed) for o in stage.operations] == [("SUCCEEDED", 1)]
    assert (run.succeeded, stage.status) == (False, StageStatus.WITHIN_TOLERANCE)
    assert stage.failures == Failures(
        failed=(InstanceFailure(location=AccountRegion(B, US), reason="no role"),)
    )


def test_a_failure_in_the_first_wave_stops_all_later_ones() -> None:
    cloud = deployed_cloud(CANARY)
    cloud.fails[AccountRegion(A, EU)] = "no role"
    run = apply_rollout(cloud, CANARY, built_template(2))
    assert ends(run) == {"canary": StageStatus.FAILED, REST: StageStatus.NOT_STARTED}
    assert {pair.account for pair, well in current_stacks(cloud).items() if well} == set()
    assert [len(operation.locations) for operation in cloud.operations][1:] == [12, 3]


def test_canceled_stacks_are_counted_and_not_reported_as_failures() -> None:
    cloud = new_cloud(fails={AccountRegion(A, EU): "no role"})
    run = apply_rollout(cloud)
    assert run.stages[0].failures == Failures(
        failed=(InstanceFailure(location=AccountRegion(A, EU), reason="no role"),), canceled=14
    )
    assert EXCEEDED not in str(run.stages[0].failures)


def test_later_regions_are_not_tried_after_too_many_failures() -> None:
    cloud = new_cloud(fails={AccountRegion(E, EU): "no role"})
    apply_rollout(cloud)
    assert {p.region for p, s in cloud.instances.items() if s.status == "CURRENT"} == {EU}


def test_a_stack_is_never_created_twice() -> None:
    """The fake fails if a stack is created twice, after any number of runs."""
    cloud = new_cloud(fails={AccountRegion(B, US): "no role"})
    for _ in range(3):
        apply_rollout(cloud)
    cloud.fails.clear()
    assert apply_rollout(cloud).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_an_alarm_in_alarm_after_a_wave_stops_the_next() -> None:
    cloud = deployed_cloud(CANARY)
    cloud.alarms["high"] = ["OK", "OK", "ALARM"]
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\nminutes = 5\n'
    run = apply_rollout(cloud, text, built_template(2))
    assert [(s.name, s.status, s.message) for s in run.stages] == [
        ("canary", StageStatus.CHECK_FAILED, "Alarm high is in ALARM."),
        (REST, StageStatus.NOT_STARTED, ""),
    ]
    assert {pair.account for pair, well in current_stacks(cloud).items() if well} == {A}


def test_alarms_that_cannot_be_read_stop_the_next_wave() -> None:
    denied = ApiError("AccessDenied", "not authorized", 403)
    cloud = new_cloud(alarms={"high": ["OK"]}, refusals=[("DescribeAlarms", denied)])
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    run = apply_rollout(cloud, text)
    assert ends(run) == {"canary": StageStatus.CHECK_FAILED, REST: StageStatus.NOT_STARTED}
    assert run.stages[0].message.startswith("The alarms could not be read: DescribeAlarms: not ")


def test_a_composite_alarm_is_read_like_a_metric_alarm() -> None:
    cloud = new_cloud(alarms={"all": ["OK"], "high": ["OK"]}, composite_alarms={"all"})
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high", "all"]\n'
    assert apply_rollout(cloud, text).succeeded


def test_more_alarms_than_one_request_can_name() -> None:
    """AlarmNames has at most 100 entries (max of the list in the SDK's model)."""
    names = [f"alarm-{number}" for number in range(150)]
    cloud = new_cloud(alarms={name: ["OK"] for name in names})
    text = CANARY + f"[rollout.baseline.wave.canary.check]\nalarms = {names}\n"
    assert apply_rollout(cloud, text).succeeded
    assert [len(each["AlarmNames"]) for each in cloud.requests("DescribeAlarms")] == [100, 50]


def test_a_missing_alarm_stops_the_next_wave() -> None:
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    run = apply_rollout(new_cloud(), text)
    assert run.stages[0].message == "Alarm high does not exist in this account and Region."


@pytest.mark.parametrize(
    ("program", "text"),
    [
        pytest.param(
            "print('unhealthy'); raise SystemExit(3)",
            f"{sys.executable} exited with 3\nunhealthy",
            id="its output",
        ),
        pytest.param(
            "import sys; sys.stderr.write('worse\\n'); sys.exit(1)",
            f"{sys.executable} exited with 1\nworse",
            id="standard error first",
        ),
    ],
)
def test_a_command_that_fails_stops_the_next_wave(program: str, text: str) -> None:
    check = f'[rollout.baseline.wave.canary.check]\ncommand = ["{sys.executable}", "-c", '
    run = apply_rollout(new_cloud(), CANARY + check + f'"""{program}"""]\n'.replace("\\n", "\\\\n"))
    assert (ends(run), run.stages[0].message) == (
        {"canary": StageStatus.CHECK_FAILED, REST: StageStatus.NOT_STARTED},
        text,
    )


def test_a_missing_command_stops_the_next_wave() -> None:
    text = CANARY + '[rollout.baseline.wave.canary.check]\ncommand = ["/no/such"]\n'
    run = apply_rollout(new_cloud(), text)
    assert run.stages[0].message == "/no/such could not be started: no such file or directory"


def test_the_check_after_the_last_wave_counts() -> None:
    text = SERVICE + "[rollout.baseline.wave.all]\n[rollout.baseline.wave.all.check]\n"
    run = apply_rollout(new_cloud(), text + 'alarms = ["high"]\n')
    assert (run.succeeded, ends(run)) == (False, {"all": StageStatus.CHECK_FAILED})


# ---------------------------------------------------------------------------- end to end


@pytest.mark.parametrize(
    ("text", "accounts"),
    [
        pytest.param(SERVICE, (A, B, C, D, E), id="service-managed"),
        pytest.param(SELF, (A, B, C), id="self-managed"),
        pytest.param(CANARY, (A, B, C, D, E), id="in waves"),
        pytest.param(MANAGED, (A, B, C, D, E), id="with managed execution"),
    ],
)
def test_five_accounts_in_three_regions(text: str, accounts: tuple[str, ...]) -> None:
    """Created, updated, unchanged, shrunk and grown."""
    cloud = new_cloud()
    assert apply_rollout(cloud, text).succeeded
    assert current_stacks(cloud) == all_current(*accounts)
    assert apply_rollout(cloud, text, built_template(2)).succeeded
    assert current_stacks(cloud) == all_current(*accounts)
    before = len(cloud.operations)
    assert apply_rollout(cloud, text, built_template(2)).succeeded
    assert len(cloud.operations) == before
    fewer = text.replace(', "ap-southeast-2"', "")
    assert apply_rollout(cloud, fewer, built_template(2)).succeeded
    assert current_stacks(cloud) == {
        p: w for p, w in all_current(*accounts).items() if p.region != AP
    }
    assert apply_rollout(cloud, text, built_template(2)).succeeded
    assert current_stacks(cloud) == all_current(*accounts)


def test_the_requests_of_a_new_rollout() -> None:
    cloud = new_cloud()
    apply_rollout(cloud, SERVICE + 'parameters = { Email = "a@b.example" }\n')
    (create,) = cloud.requests("CreateStackSet")
    (instances,) = cloud.requests("CreateStackInstances")
    token, operation = create.pop("ClientRequestToken"), instances.pop("OperationId")
    assert (len(token), len(operation)) == (32, 32)
    assert create == {
        "StackSetName": "baseline",
        "Description": "Trailbell: alerts",
        "Parameters": [{"ParameterKey": "Email", "ParameterValue": "a@b.example"}],
        "Capabilities": [],
        "Tags": [],
        "TemplateBody": built_template().text,
        "PermissionModel": "SERVICE_MANAGED",
        "ManagedExecution": {"Active": False},
        "AutoDeployment": {"Enabled": False},
    }
    assert instances == {
        "StackSetName": "baseline",
        "DeploymentTargets": {
            "OrganizationalUnitIds": [PROD, TEST],
            "AccountFilterType": "NONE",
        },
        "Regions": list(REGIONS),
        "OperationPreferences": {
            "RegionConcurrencyType": "SEQUENTIAL",
            "RegionOrder": list(REGIONS),
            "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
            "MaxConcurrentCount": 3,
            "FailureToleranceCount": 0,
        },
    }


def test_auto_deployment_is_never_sent_with_targets() -> None:
    """The fake rejects it, as AWS does, so it is a separate operation after all others."""
    cloud = deployed_cloud()
    assert apply_rollout(cloud, SERVICE + "auto_deployment = true\n", built_template(2)).succeeded
    first, last = cloud.requests("UpdateStackSet")
    assert ("AutoDeployment" in first, "Regions" in first) == (False, True)
    assert (last["AutoDeployment"], "Regions" in last, last["UsePreviousTemplate"]) == (
        {"Enabled": True, "RetainStacksOnAccountRemoval": False},
        False,
        True,
    )
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_tags_alone_reach_the_later_waves_too() -> None:
    """The request has the template, so the others are marked OUTDATED and updated later."""
    cloud = deployed_cloud(CANARY)
    tagged = CANARY.replace("failure_tolerance", 'tags = { owner = "me" }\nfailure_tolerance')
    cloud.fails[AccountRegion(B, EU)] = "not now"
    assert not apply_rollout(cloud, tagged).succeeded
    cloud.fails.clear()
    assert apply_rollout(cloud, tagged).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_a_removed_unit_is_deleted_after_all_waves() -> None:
    cloud = deployed_cloud()
    run = apply_rollout(cloud, SERVICE.replace(f', "{TEST}"', ""), built_template(2))
    assert ends(run) == {REST: StageStatus.DONE, "removals": StageStatus.DONE}
    assert [operation.action for operation in cloud.operations] == ["CREATE", "UPDATE", "DELETE"]
    assert current_stacks(cloud) == all_current(A, B, C)


def test_an_account_that_joins_after_the_plan_is_not_reached_by_an_update() -> None:
    cloud = new_cloud()
    assert apply_rollout(cloud).succeeded
    before(cloud, "UpdateStackSet", lambda _: cloud.units[TEST].append(account(6)))
    assert apply_rollout(cloud, template=built_template(2)).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_overrides_reach_only_their_account() -> None:
    cloud = new_cloud()
    text = SERVICE + f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'
    assert apply_rollout(cloud, text).succeeded
    assert {p for p, s in cloud.instances.items() if s.overrides} == {
        AccountRegion(D, r) for r in REGIONS
    }
    assert apply_rollout(cloud, SERVICE + f"[rollout.baseline.override.{D}]\n").succeeded
    assert {p for p, s in cloud.instances.items() if s.overrides} == set()


def test_resume_retries_what_failed_with_the_template_of_the_stack_set() -> None:
    cloud = new_cloud(fails={AccountRegion(B, US): "no role"})
    assert not apply_rollout(cloud).succeeded
    cloud.fails.clear()
    cloud.record.clear()
    assert apply_rollout(cloud, SERVICE, built_template(2), RolloutOptions(resume=True)).succeeded
    assert cloud.requests("UpdateStackSet") == []
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_inoperable_stacks_are_released_and_recreated_in_the_next_run() -> None:
    cloud = deployed_cloud()
    cloud.instances[AccountRegion(A, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    assert apply_rollout(cloud, options=RolloutOptions(release_inoperable=True)).succeeded
    assert [r["RetainStacks"] for r in cloud.requests("DeleteStackInstances")] == [True]
    assert apply_rollout(cloud).succeeded
    assert current_stacks(cloud) == all_current(A, B, C, D, E)


def test_suspended_accounts_do_not_disturb_the_others() -> None:
    cloud = new_cloud(states={B: "SUSPENDED"})
    assert apply_rollout(cloud).succeeded
    assert current_stacks(cloud) == all_current(A, C, D, E)


# ---------------------------------------------------------------------- delegated administrator


def test_a_delegated_administrator_sets_call_as_in_every_request() -> None:
    text = CANARY.replace("failure_tolerance", "delegated_administrator = true\nfailure_tolerance")
    cloud = new_cloud(caller=D, delegates=[D])
    assert apply_rollout(cloud, text).succeeded
    assert apply_rollout(cloud, text, built_template(2)).succeeded
    assert apply_rollout(cloud, text.replace(f', "{TEST}"', ""), built_template(2)).succeeded
    asked = [r for service, _, r, _, _ in cloud.record if service == "cloudformation"]
    assert {request.get("CallAs") for request in asked} == {"DELEGATED_ADMIN"}
    assert current_stacks(cloud) == all_current(A, B, C)


def test_the_management_account_never_sets_call_as() -> None:
    cloud = new_cloud()
    apply_rollout(cloud)
    assert [request for _, _, request, _, _ in cloud.record if "CallAs" in request] == []


# -------------------------------------------------------------------------- management account

WITH_MANAGER = SERVICE + "management_account = true\n"


def test_the_management_account_gets_a_stack_in_the_same_run() -> None:
    cloud = new_cloud()
    run = apply_rollout(cloud, WITH_MANAGER)
    assert [(r.name, r.status) for r in run.stages[0].management_stacks] == [
        ("baseline", StackResultStatus.DEPLOYED)
    ] * 3
    assert sorted(cloud.stacks.stacks) == sorted((MANAGER, r, "baseline") for r in REGIONS)
    assert make_plan(cloud, WITH_MANAGER).empty
    assert apply_rollout(cloud, WITH_MANAGER, built_template(2)).succeeded
    assert {s["TemplateBody"] for s in cloud.stacks.stacks.values()} == {built_template(2).text}


def test_the_management_stack_is_in_the_wave_that_names_the_account() -> None:
    text = WITH_MANAGER + f'[rollout.baseline.wave.canary]\naccounts = ["{MANAGER}"]\n'
    cloud = new_cloud()
    cloud.stacks.fails.add((MANAGER, EU))
    run = apply_rollout(cloud, text)
    assert ends(run) == {"canary": StageStatus.FAILED, REST: StageStatus.NOT_STARTED}
    assert [
        (r.status, r.root_cause and r.root_cause.reason) for r in run.stages[0].management_stacks
    ] == [(StackResultStatus.FAILED, "the bucket exists")]
    assert cloud.instances == {}


def test_a_delegated_administrator_assumes_a_role_in_the_management_account() -> None:
    role = f"arn:aws:iam::{MANAGER}:role/Deployer"
    text = WITH_MANAGER + f'delegated_administrator = true\nmanagement_role = "{role}"\n'
    cloud = new_cloud(caller=D, delegates=[D])
    assert apply_rollout(cloud, text).succeeded
    assert sorted(cloud.stacks.stacks) == sorted((MANAGER, r, "baseline") for r in REGIONS)


def test_the_management_stack_uses_the_overrides_of_its_account() -> None:
    text = WITH_MANAGER + f'[rollout.baseline.override.{MANAGER}]\nEmail = "m@example.com"\n'
    cloud = new_cloud()
    assert apply_rollout(cloud, text).succeeded
    assert {s["Parameters"][0]["ParameterValue"] for s in cloud.stacks.stacks.values()} == {
        "m@example.com"
    }


# ------------------------------------------------------------------------------- long templates


def long() -> BuiltTemplate:
    """A template that is too long for a request in every format."""
    return built_template(1, Long={"Type": "String", "Default": "", "Description": "x" * 60_000})


def test_a_template_that_is_too_long_is_uploaded_to_a_bucket() -> None:
    cloud = new_cloud()
    original = cloud.answer
    objects: dict[str, bytes] = {}

    def with_s3(*words: Any) -> dict[str, Any]:
        match words[:2]:
            case ("s3", "HeadObject"):
                raise ApiError("404", "Not Found", 404)
            case ("s3", "PutObject"):
                objects[words[2]["Key"]] = words[2]["Body"]
                url = f"https://s3.eu-central-1.invalid/long/{words[2]['Key']}"
                cloud.objects[url] = words[2]["Body"].decode()
                return {}
            case _:
                return original(*words)

    cloud.answer = with_s3  # type: ignore[method-assign, assignment]  # answers otherwise here
    text = SERVICE.replace("failure_tolerance", 'template_bucket = "long"\nfailure_tolerance')
    assert apply_rollout(cloud, text, long()).succeeded
    assert objects == {f"trailbell/{long().sha256}.json": long().text.encode()}
    (create,) = cloud.requests("CreateStackSet")
    assert create["TemplateURL"] == (
        f"https://s3.eu-central-1.invalid/long/trailbell/{long().sha256}.json"
    )
