"""Rollouts from beginning to end: what must not happen first, then what must."""

import sys
from typing import Any

import pytest

from tests.fake_aws import ApiError
from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import EXCEEDED, Cloud, Killed, Stack, Work, stack_id
from tests.rollout.fake_stacks import failed_stack
from tests.rollout.scenario import (
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
    Recorder,
    applied,
    cloud,
    desk,
    everywhere,
    planned,
    rollout,
    source,
    stands,
)
from trailbell.aws.root_cause import RootCause
from trailbell.aws.stack_set import AccountRegion
from trailbell.deploy.execute import StackResultStatus
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.apply import RolloutResult, StageStatus
from trailbell.rollout.failures import Failures, InstanceFailure
from trailbell.rollout.follow import follow_stack_set_operation
from trailbell.rollout.planner import RolloutOptions

EU, US, AP = REGIONS
CANARY = SERVICE + f'[rollout.baseline.wave.canary]\naccounts = ["{A}"]\n'
MANAGED = SERVICE + "managed_execution = true\n"
TOLERANT = SERVICE.replace("failure_tolerance = 0", "failure_tolerance = 1")


def ends(run: RolloutResult) -> dict[str, StageStatus]:
    return {stage.name: stage.end for stage in run.stages}


def made(text: str = SERVICE, **more: Any) -> Cloud:
    here = cloud(**more)
    assert applied(here, text).succeeded
    here.record.clear()
    return here


# ------------------------------------------------------------------------- what must not happen


def test_an_operation_that_succeeded_with_failed_stacks_is_a_failure() -> None:
    here = cloud(fails={AccountRegion(B, US): "no role"})
    run = applied(here, TOLERANT)
    (stage,) = run.stages
    assert [(o.status, o.failed) for o in stage.operations] == [("SUCCEEDED", 1)]
    assert (run.succeeded, stage.end) == (False, StageStatus.FAILED)
    assert stage.failures == Failures(
        failed=(InstanceFailure(pair=AccountRegion(B, US), reason="no role"),)
    )


def test_a_failure_in_the_first_wave_stops_all_later_ones() -> None:
    here = made(CANARY)
    here.fails[AccountRegion(A, EU)] = "no role"
    run = applied(here, CANARY, source(2))
    assert ends(run) == {"canary": StageStatus.FAILED, "rest": StageStatus.NOT_BEGUN}
    assert {pair.account for pair, well in stands(here).items() if well} == set()
    assert [len(work.pairs) for work in here.works][1:] == [12, 3]


def test_what_was_merely_given_up_is_counted_and_not_told_as_a_reason() -> None:
    here = cloud(fails={AccountRegion(A, EU): "no role"})
    run = applied(here)
    assert run.stages[0].failures == Failures(
        failed=(InstanceFailure(pair=AccountRegion(A, EU), reason="no role"),), cancelled=14
    )
    assert EXCEEDED not in str(run.stages[0].failures)


def test_later_regions_are_not_tried_once_one_has_failed_too_often() -> None:
    here = cloud(fails={AccountRegion(E, EU): "no role"})
    applied(here)
    assert {p.region for p, s in here.instances.items() if s.status == "CURRENT"} == {EU}


def test_a_stack_is_never_made_twice() -> None:
    """The fake fails where one is: by any number of runs."""
    here = cloud(fails={AccountRegion(B, US): "no role"})
    for _ in range(3):
        applied(here)
    here.fails.clear()
    assert applied(here).succeeded
    assert stands(here) == everywhere(A, B, C, D, E)


def test_an_alarm_that_rings_after_a_wave_stops_the_next() -> None:
    here = made(CANARY)
    here.alarms["high"] = ["OK", "OK", "ALARM"]
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\nminutes = 5\n'
    run = applied(here, text, source(2))
    assert [(s.name, s.end, s.text) for s in run.stages] == [
        ("canary", StageStatus.DONE, ""),
        ("rest", StageStatus.NOT_BEGUN, "after canary: alarm high rings"),
    ]
    assert {pair.account for pair, well in stands(here).items() if well} == {A}


def test_an_alarm_that_is_not_there_stops_the_next() -> None:
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    run = applied(cloud(), text)
    assert run.stages[1].text == ("after canary: there is no alarm high in this account and Region")


@pytest.mark.parametrize(
    ("program", "text"),
    [
        pytest.param("print('all is bad'); raise SystemExit(3)",
                     f"after canary: {sys.executable} ended with 3\nall is bad", id="its words"),
        pytest.param("import sys; sys.stderr.write('worse\\n'); sys.exit(1)",
                     f"after canary: {sys.executable} ended with 1\nworse", id="its errors first"),
    ],
)  # fmt: skip
def test_a_command_that_fails_stops_the_next_wave(program: str, text: str) -> None:
    check = f'[rollout.baseline.wave.canary.check]\ncommand = ["{sys.executable}", "-c", '
    run = applied(cloud(), CANARY + check + f'"""{program}"""]\n'.replace("\\n", "\\\\n"))
    assert (ends(run), run.stages[1].text) == (
        {"canary": StageStatus.DONE, "rest": StageStatus.NOT_BEGUN},
        text,
    )


def test_a_command_that_is_not_there_stops_the_next_wave() -> None:
    text = CANARY + '[rollout.baseline.wave.canary.check]\ncommand = ["/no/such"]\n'
    run = applied(cloud(), text)
    assert run.stages[1].text == "after canary: /no/such cannot be run: no such file or directory"


def test_the_check_after_the_last_wave_counts_too() -> None:
    text = SERVICE + "[rollout.baseline.wave.all]\n[rollout.baseline.wave.all.check]\n"
    run = applied(cloud(), text + 'alarms = ["high"]\n')
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
    """Made, updated, left as it is, shrunk, grown, and gone."""
    here = cloud()
    assert applied(here, text).succeeded
    assert stands(here) == everywhere(*accounts)
    assert applied(here, text, source(2)).succeeded
    assert stands(here) == everywhere(*accounts)
    before = len(here.works)
    assert applied(here, text, source(2)).succeeded
    assert len(here.works) == before
    fewer = text.replace(', "ap-southeast-2"', "")
    assert applied(here, fewer, source(2)).succeeded
    assert stands(here) == {p: w for p, w in everywhere(*accounts).items() if p.region != AP}
    assert applied(here, text, source(2)).succeeded
    assert stands(here) == everywhere(*accounts)


def test_what_each_operation_was_asked() -> None:
    here = cloud()
    applied(here, SERVICE + 'parameters = { Email = "a@b.example" }\n')
    (create,) = here.calls("CreateStackSet")
    (instances,) = here.calls("CreateStackInstances")
    token, operation = create.pop("ClientRequestToken"), instances.pop("OperationId")
    assert (len(token), len(operation)) == (32, 32)
    assert create == {
        "StackSetName": "baseline",
        "Description": "Trailbell: alerts",
        "Parameters": [{"ParameterKey": "Email", "ParameterValue": "a@b.example"}],
        "Capabilities": [],
        "Tags": [],
        "TemplateBody": source().text,
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


def test_auto_deployment_never_goes_beside_targets() -> None:
    """The fake refuses it, as AWS does; so it is a call of its own, after all others."""
    here = made()
    assert applied(here, SERVICE + "auto_deployment = true\n", source(2)).succeeded
    first, last = here.calls("UpdateStackSet")
    assert ("AutoDeployment" in first, "Regions" in first) == (False, True)
    assert (last["AutoDeployment"], "Regions" in last, last["UsePreviousTemplate"]) == (
        {"Enabled": True, "RetainStacksOnAccountRemoval": False},
        False,
        True,
    )
    assert stands(here) == everywhere(A, B, C, D, E)


def test_tags_alone_reach_the_later_waves_too() -> None:
    """The template goes along, so that the others are marked OUTDATED and found again."""
    here = made(CANARY)
    tagged = CANARY.replace("failure_tolerance", 'tags = { owner = "me" }\nfailure_tolerance')
    here.fails[AccountRegion(B, EU)] = "not now"
    assert not applied(here, tagged).succeeded
    here.fails.clear()
    assert applied(here, tagged).succeeded
    assert stands(here) == everywhere(A, B, C, D, E)


def test_a_removed_unit_is_deleted_after_all_waves() -> None:
    here = made()
    run = applied(here, SERVICE.replace(f', "{TEST}"', ""), source(2))
    assert ends(run) == {"rest": StageStatus.DONE, "leaving": StageStatus.DONE}
    assert [work.action for work in here.works] == ["CREATE", "UPDATE", "DELETE"]
    assert stands(here) == everywhere(A, B, C)


def test_going_on_after_failures_is_still_a_failure() -> None:
    here = made(CANARY)
    here.fails[AccountRegion(A, EU)] = "no role"
    text = CANARY.replace("failure_tolerance", 'on_failure = "continue"\nfailure_tolerance')
    run = applied(here, text, source(2))
    assert (run.succeeded, ends(run)) == (
        False,
        {"canary": StageStatus.FAILED, "rest": StageStatus.DONE},
    )
    assert {p.account for p, well in stands(here).items() if well} == {B, C, D, E}


def test_overrides_arrive_where_they_belong_and_nowhere_else() -> None:
    here = cloud()
    text = SERVICE + f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'
    assert applied(here, text).succeeded
    assert {p for p, s in here.instances.items() if s.overrides} == {
        AccountRegion(D, r) for r in REGIONS
    }
    assert applied(here, SERVICE + f"[rollout.baseline.override.{D}]\n").succeeded
    assert {p for p, s in here.instances.items() if s.overrides} == set()


def test_resume_finishes_what_failed_with_the_sets_own_template() -> None:
    here = cloud(fails={AccountRegion(B, US): "no role"})
    assert not applied(here).succeeded
    here.fails.clear()
    here.record.clear()
    assert applied(here, SERVICE, source(2), RolloutOptions(resume=True)).succeeded
    assert here.calls("UpdateStackSet") == []
    assert stands(here) == everywhere(A, B, C, D, E)


def test_inoperable_stacks_are_taken_out_and_made_anew_in_the_next_run() -> None:
    here = made()
    here.instances[AccountRegion(A, EU)] = Stack("INOPERABLE", "INOPERABLE", "stuck", PROD)
    assert applied(here, wishes=RolloutOptions(release=True)).succeeded
    assert [r["RetainStacks"] for r in here.calls("DeleteStackInstances")] == [True]
    assert applied(here).succeeded
    assert stands(here) == everywhere(A, B, C, D, E)


def test_suspended_accounts_do_not_disturb_the_others() -> None:
    here = cloud(states={B: "SUSPENDED"})
    assert applied(here).succeeded
    assert stands(here) == everywhere(A, C, D, E)


# ---------------------------------------------------------------------- delegated administrator


def test_a_delegated_administrator_says_so_in_every_single_request() -> None:
    text = CANARY.replace("failure_tolerance", "delegated_administrator = true\nfailure_tolerance")
    here = cloud(caller=D, delegates=[D])
    assert applied(here, text).succeeded
    assert applied(here, text, source(2)).succeeded
    assert applied(here, text.replace(f', "{TEST}"', ""), source(2)).succeeded
    asked = [r for service, _, r, _, _ in here.record if service == "cloudformation"]
    assert {request.get("CallAs") for request in asked} == {"DELEGATED_ADMIN"}
    assert stands(here) == everywhere(A, B, C)


def test_the_management_account_never_says_so() -> None:
    here = cloud()
    applied(here)
    assert [request for _, _, request, _, _ in here.record if "CallAs" in request] == []


# -------------------------------------------------------------------------- management account

WITH_MANAGER = SERVICE + "management_account = true\n"


def test_the_management_account_gets_a_plain_stack_in_the_same_run() -> None:
    here = cloud()
    run = applied(here, WITH_MANAGER)
    assert [(r.name, r.status) for r in run.stages[0].plain] == [
        ("baseline", StackResultStatus.DEPLOYED)
    ] * 3
    assert sorted(here.stacks.found) == sorted((MANAGER, r, "baseline") for r in REGIONS)
    assert planned(here, WITH_MANAGER).empty
    assert applied(here, WITH_MANAGER, source(2)).succeeded
    assert {s["TemplateBody"] for s in here.stacks.found.values()} == {source(2).text}


def test_it_belongs_to_the_wave_that_names_it() -> None:
    text = WITH_MANAGER + f'[rollout.baseline.wave.canary]\naccounts = ["{MANAGER}"]\n'
    here = cloud()
    here.stacks.fails.add((MANAGER, EU))
    run = applied(here, text)
    assert ends(run) == {"canary": StageStatus.FAILED, "rest": StageStatus.NOT_BEGUN}
    assert [(r.status, r.root_cause and r.root_cause.reason) for r in run.stages[0].plain] == [
        (StackResultStatus.FAILED, "the bucket exists")
    ]
    assert here.instances == {}


def test_a_delegated_administrator_takes_a_role_there() -> None:
    role = f"arn:aws:iam::{MANAGER}:role/Deployer"
    text = WITH_MANAGER + f'delegated_administrator = true\nmanagement_role = "{role}"\n'
    here = cloud(caller=D, delegates=[D])
    assert applied(here, text).succeeded
    assert sorted(here.stacks.found) == sorted((MANAGER, r, "baseline") for r in REGIONS)


def test_its_own_parameters_are_those_of_its_override() -> None:
    text = WITH_MANAGER + f'[rollout.baseline.override.{MANAGER}]\nEmail = "m@example.com"\n'
    here = cloud()
    assert applied(here, text).succeeded
    assert {s["Parameters"][0]["ParameterValue"] for s in here.stacks.found.values()} == {
        "m@example.com"
    }


# ------------------------------------------------------------------------------- true causes

MEMBER = SERVICE + 'member_role = "Reader"\n'


def test_the_true_cause_is_the_first_failed_resource_in_the_members_own_events() -> None:
    pair = AccountRegion(B, US)
    here = cloud(fails={pair: "ResourceLogicalId:Topic0, see events"})
    id_ = stack_id(pair)
    here.stacks.events[id_] = failed_stack(id_, "Topic0", "AWS::SNS::Topic", "name is taken")
    (failure,) = applied(here, MEMBER).stages[0].failures.failed
    assert failure.root_cause == RootCause(
        logical_id="Topic0", type="AWS::SNS::Topic", reason="name is taken", stack=id_
    )
    assert here.record[-1][3:] == (B, US)


def test_where_the_role_cannot_be_taken_the_reason_of_the_set_remains() -> None:
    here = cloud(fails={AccountRegion(B, US): "no role"}, closed={B})
    (failure,) = applied(here, MEMBER).stages[0].failures.failed
    assert (failure.reason, failure.root_cause, failure.note) == (
        "no role",
        None,
        "its events could not be read with Reader: not authorized to perform sts:AssumeRole",
    )


# ------------------------------------------------------------------- others, queues, throttling


def running(here: Cloud, id_: str = "theirs") -> Work:
    pairs = list(here.instances)
    work = Work(id_, "UPDATE", pairs, {"OperationId": id_})
    work.results = dict.fromkeys(pairs, ("PENDING", ""))
    here.works.append(work)
    return work


def test_what_is_under_way_is_waited_for_first() -> None:
    here, voice = made(), Recorder()
    theirs = running(here)
    assert applied(here, SERVICE, source(2), voice=voice).succeeded
    assert (theirs.status, voice.said[0]) == (
        "SUCCEEDED",
        "UPDATE theirs is RUNNING; waiting for it",
    )
    assert stands(here) == everywhere(A, B, C, D, E)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("OperationInProgressException", id="another operation was quicker"),
        pytest.param("StaleRequestException", id="the request came too late"),
        pytest.param("ThrottlingException", id="too many calls"),
        pytest.param("InternalFailure", id="AWS stumbles"),
    ],
)
@pytest.mark.parametrize(
    "operation", ["CreateStackInstances", "DescribeStackSetOperation", "UpdateStackSet"]
)
def test_what_passes_is_waited_for(operation: str, code: str) -> None:
    if operation.startswith("Describe") and code in (
        "OperationInProgressException",
        "StaleRequestException",
    ):
        return
    here = cloud(refusals=[(operation, ApiError(code, "for now", 500 if "Int" in code else 400))])
    assert applied(here).succeeded
    assert applied(here, SERVICE, source(2)).succeeded
    assert (stands(here), here.refusals) == (everywhere(A, B, C, D, E), [])


def test_a_lost_answer_begins_nothing_twice() -> None:
    """The id is ours, so the second try hears that the operation exists, and follows it."""
    here = cloud(
        refusals=[("CreateStackInstances", ApiError("OperationIdAlreadyExistsException", "", 409))]
    )
    original = here.answer

    def lost(*words: Any) -> dict[str, Any]:
        if words[1] == "CreateStackInstances" and here.refusals:
            refusal = here.refusals.pop()[1]
            original(*words)
            raise refusal
        return original(*words)

    here.answer = lost  # type: ignore[method-assign, assignment]
    assert applied(here).succeeded
    assert stands(here) == everywhere(A, B, C, D, E)


def test_queued_operations_are_followed_together() -> None:
    text = MANAGED + f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'
    here, voice = cloud(speed=2), Recorder()
    assert applied(here, text, voice=voice).succeeded
    assert [work.action for work in here.works] == ["CREATE", "CREATE"]
    assert voice.heard[-1].done == 15


def test_an_operation_that_is_not_seen_at_once_is_looked_for_again() -> None:
    here = cloud(
        refusals=[
            ("DescribeStackSetOperation", ApiError("OperationNotFoundException", "not yet", 404))
        ]
    )
    assert applied(here).succeeded


# ------------------------------------------------------------------------------- killed


def killed_everywhere(text: str, template: Any, before: Any) -> int:
    """Kill a rollout at every single call, before and after AWS hears it; then run it again."""
    clean = before()
    applied(clean, text, template)
    calls = len(clean.record)
    for number in range(1, calls + 1):
        for kill in (number, -number):
            here = before()
            here.kill = kill
            with pytest.raises(Killed):
                applied(here, text, template)
            here.kill = 0
            run = applied(here, text, template)
            assert (kill, run.succeeded, stands(here)) == (kill, True, stands(clean))
            assert (kill, planned(here, text, template).empty) == (kill, True)
    return calls


def test_killed_while_it_is_made() -> None:
    def before() -> Cloud:
        return cloud(page=100, speed=8)

    assert killed_everywhere(CANARY, source(), before) > 15


def test_killed_while_it_is_updated_and_shrunk() -> None:
    def before() -> Cloud:
        here = made(CANARY, page=100)
        here.speed = 8
        return here

    fewer = CANARY.replace(f', "{TEST}"', "")
    text = fewer.replace("failure_tolerance", "auto_deployment = true\nfailure_tolerance")
    assert killed_everywhere(text, source(2), before) > 20


def test_killed_while_checking_the_check_is_made_again() -> None:
    here = made(CANARY)
    here.alarms["high"] = ["OK"]
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    looked = len(here.record)
    assert applied(made(CANARY, alarms={"high": ["OK"]}), text, source(2)).succeeded
    here.alarms["high"] = ["OK"]
    order = []
    original = here.answer

    def watch(*words: Any) -> dict[str, Any]:
        order.append(words[1])
        if words[1] == "DescribeAlarms":
            raise Killed
        return original(*words)

    here.answer = watch  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        applied(here, text, source(2))
    here.answer = original  # type: ignore[method-assign]
    here.alarms["high"] = ["ALARM"]
    assert ends(applied(here, text, source(2))) == {
        "canary": StageStatus.NOTHING,
        "rest": StageStatus.NOT_BEGUN,
    }
    here.alarms["high"] = ["OK"]
    assert applied(here, text, source(2)).succeeded
    assert (stands(here), looked, order[-1]) == (everywhere(A, B, C, D, E), 0, "DescribeAlarms")


# ------------------------------------------------------------------------------- progress


def test_progress_says_done_running_failed_left_and_time() -> None:
    here, voice = made(), Recorder()
    work = running(here)
    found = desk(here, rollout())
    follow_stack_set_operation(found, [work.id], stage="rest", total=15, voice=voice)
    assert [(p.done, p.left) for p in voice.heard][-1] == (15, 0)
    assert {r.location for r in voice.ended} == set(here.instances)
    assert all(p.rate is None or p.rate > 0 for p in voice.heard)


def test_killed_with_a_management_account_and_overrides() -> None:
    text = WITH_MANAGER.replace('"us-east-1", ', "") + (
        f'[rollout.baseline.override.{D}]\nEmail = "d@example.com"\n'
        f'[rollout.baseline.override.{MANAGER}]\nEmail = "m@example.com"\n'
    )

    def before() -> Cloud:
        return cloud(page=100, speed=20)

    assert killed_everywhere(text, source(), before) > 30


# ------------------------------------------------------------------------------- interrupted


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("DescribeStackSetOperation", id="while it watches"),
        pytest.param("ListStackSetOperationResults", id="while it counts"),
    ],
)
def test_ctrl_c_ends_the_watching_and_says_that_aws_goes_on(operation: str) -> None:
    here = cloud(speed=1)
    original = here.answer

    def interrupt(*words: Any) -> dict[str, Any]:
        if words[1] == operation:
            raise KeyboardInterrupt
        return original(*words)

    here.answer = interrupt  # type: ignore[method-assign, assignment]
    run = applied(here, CANARY)
    assert (run.interrupted, run.succeeded, ends(run)) == (
        True,
        False,
        {"canary": StageStatus.INTERRUPTED, "rest": StageStatus.NOT_BEGUN},
    )
    assert [work.status for work in here.works] == ["RUNNING"]
    here.answer = original  # type: ignore[method-assign]
    assert applied(here, CANARY).succeeded
    assert stands(here) == everywhere(A, B, C, D, E)


def test_ctrl_c_while_a_check_waits_leaves_the_next_wave_alone() -> None:
    here = made(CANARY)
    original = here.answer

    def interrupt(*words: Any) -> dict[str, Any]:
        if words[1] == "DescribeAlarms":
            raise KeyboardInterrupt
        return original(*words)

    here.answer = interrupt  # type: ignore[method-assign, assignment]
    text = CANARY + '[rollout.baseline.wave.canary.check]\nalarms = ["high"]\n'
    run = applied(here, text, source(2))
    assert [(s.end, s.text) for s in run.stages] == [
        (StageStatus.DONE, ""),
        (StageStatus.NOT_BEGUN, "after canary: interrupted while waiting"),
    ]


# ------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("refusal", "text"),
    [
        pytest.param(
            ApiError("ValidationError", "You must enable organizations access to operate a service "
                    "managed stack set"),
            "service-managed StackSets: Trusted access with AWS Organizations is not activated "
            "(You must enable organizations access to operate a service managed stack set).\n  Run "
            "once in the management account: aws cloudformation activate-organizations-access",
            id="trusted access is off",
        ),
        pytest.param(
            ApiError("NameAlreadyExistsException", "exists", 409),
            "CreateStackSet: somebody made the set baseline meanwhile; run the same command again",
            id="somebody was quicker",
        ),
        pytest.param(
            ApiError("ExpiredToken", "The security token included in the request is expired", 403),
            "CreateStackSet: The security token included in the request is expired\n  Sign in (aws "
            "sso login), name a profile (--profile, AWS_PROFILE), or set the AWS_* variables, then "
            "retry.",
            id="signed out",
        ),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_told_with_what_to_do(refusal: ApiError, text: str) -> None:
    run = applied(cloud(refusals=[("CreateStackSet", refusal)]))
    assert [(s.end, s.text) for s in run.stages] == [(StageStatus.FAILED, text)]


# ------------------------------------------------------------------------------- long templates


def long() -> BuiltTemplate:
    """A template that no request takes, however it is written."""
    return source(1, Long={"Type": "String", "Default": "", "Description": "x" * 60_000})


def test_a_template_that_is_too_long_goes_through_a_bucket() -> None:
    here = cloud()
    original = here.answer
    objects: dict[str, bytes] = {}

    def with_s3(*words: Any) -> dict[str, Any]:
        match words[:2]:
            case ("s3", "HeadObject"):
                raise ApiError("404", "Not Found", 404)
            case ("s3", "PutObject"):
                objects[words[2]["Key"]] = words[2]["Body"]
                return {}
            case _:
                return original(*words)

    here.answer = with_s3  # type: ignore[method-assign, assignment]
    text = SERVICE.replace("failure_tolerance", 'template_bucket = "long"\nfailure_tolerance')
    assert applied(here, text, long()).succeeded
    assert objects == {f"trailbell/{long().sha256}.json": long().text.encode()}
    (create,) = here.calls("CreateStackSet")
    assert create["TemplateURL"] == (
        f"https://s3.eu-central-1.invalid/long/trailbell/{long().sha256}.json"
    )


def test_without_a_bucket_it_is_said_before_anything_is_made() -> None:
    here = cloud()
    with pytest.raises(PreconditionError) as caught:
        applied(here, SERVICE, long())
    assert "Configure an S3 bucket in this Region: template_bucket in trailbell.toml" in str(
        caught.value
    )
    assert here.defined is None
