"""Content that was written for earlier names of modules and fields."""

import importlib

import troposphere

from trailbell import samples
from trailbell.catalog import detection as current
from trailbell.compiler import stack as current_stack
from trailbell.former import event
from trailbell.former.detection import Controls, Detection, Example, Pack, Severity, Timing
from trailbell.former.stack import Stack, Where

_EVENT = samples.api_call("iam", "CreateUser", samples.iam_user("alice"))


def test_a_detection_with_former_fields_is_the_same_detection() -> None:
    former = Detection(
        id="one-user", title="A user was created", packs=(Pack.IDENTITY,), severity=Severity.HIGH,
        pattern="{ $.eventName = CreateUser }", why="It stays.", respond=("Look.",),
        false_alarms="None.", accepts={"too-long": "it is"}, exact=True, original="old",
        changed="all", controls=Controls(cis=3, attack=("T1136",)),
        timing=Timing(datapoints=1, of=2, why="Often."), fires=(Example("one", _EVENT),),
        silent=(Example("two", {}),),
    )  # fmt: skip
    now = current.Detection(
        id="one-user", title="A user was created", packs=(Pack.IDENTITY,), severity=Severity.HIGH,
        pattern="{ $.eventName = CreateUser }", why="It stays.", runbook=("Look.",),
        false_positives="None.", accepted_issues={"too-long": "it is"}, verbatim=True,
        original="old", changes_from_original="all",
        controls=current.Controls(cis_control=3, mitre_attack=("T1136",)),
        timing=current.Timing(datapoints_to_alarm=1, evaluation_periods=2, reason="Often."),
        fires=(Example("one", _EVENT),), silent=(Example("two", {}),),
    )  # fmt: skip
    assert former == now
    assert former.location is not None
    assert former.location.path == "tests/former/test_former.py"


def _template(_: current.Catalog) -> troposphere.Template:
    return troposphere.Template()


def test_a_stack_with_former_fields_is_the_same_stack() -> None:
    former = Stack(
        name="one", summary="One", template=_template, where=Where.HOME_REGION, instead_of="two"
    )
    assert former == current_stack.Stack(
        name="one",
        summary="One",
        template=_template,
        region_scope=current_stack.RegionScope.HOME_REGION,
        alternative_to="two",
    )


def test_former_names_of_sample_records() -> None:
    assert (event.role, event.sso_person, event.other_account, event.assumed_role) == (
        samples.assumed_role_identity,
        samples.identity_center_user,
        samples.cross_account_caller,
        samples.assume_role_request,
    )


def test_modules_are_found_where_they_were() -> None:
    names = ("detection", "event", "stack")
    modules = [importlib.import_module(f"trailbell.{name}") for name in names]
    assert [set(module.__all__) for module in modules] == [
        set(importlib.import_module(f"trailbell.former.{name}").__all__) for name in names
    ]
