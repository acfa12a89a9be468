"""A stack that imports what nothing exports is refused when it is planned, and nothing is made."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.rollout.fake_organizations import MANAGER
from tests.rollout.fake_stack_sets import Cloud
from tests.rollout.scenario import TEST, A, B, C, D, E, new_cloud
from tests.rollout.several import (
    BASE,
    LOG_GROUP,
    NAME,
    REGIONS,
    SETTINGS,
    applied,
    base,
    pack,
    planned,
    read,
    set_name,
    template,
    templates,
)
from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import PreconditionError
from trailbell.rollout.model.plan import RolloutPlan
from trailbell.template.evaluate import Scope
from trailbell.template.exports import ExportNames, export_names, names_depend_on

EU, US = REGIONS
ALONE = SETTINGS.replace('"tamper", "identity", "security-alerts", "exposure"', '"tamper"')
READER = ALONE + 'member_read_role = "Reader"\n'
BASE_ROLLOUT = ALONE.replace('"tamper"', f'"{BASE}"')
EVERYWHERE = [AccountRegion(account, region) for account in (A, B, C, D, E) for region in REGIONS]
EXPORT = "security-alerts-LogGroupName"
NEED_ROLE = (
    "\n  If other stacks export them, give member_read_role, the name of a role that may call "
    "cloudformation:ListExports there."
)
ADD_BASE = 'Add security-alerts to the rollout: stacks = ["security-alerts", "tamper"]'
DIFFERS = (
    f'tamper imports "other-LogGroupName", {BASE} exports "{EXPORT}": InstallationName differs; '
    "give both the same value."
)
ALL = f"5 accounts ({', '.join((A, B, C, D, E))}), eu-central-1, us-east-1"


def refused(
    cloud: Cloud,
    text: str = ALONE,
    built: Mapping[str, BuiltTemplate] | None = None,
    *others: str,
) -> str:
    """The message of a plan that is refused. Nothing was changed."""
    with pytest.raises(PreconditionError) as caught:
        planned(cloud, text, built, others=tuple(read(other) for other in others))
    reads = ("Describe", "List", "Get")
    assert [n for _, n, _, _, _ in cloud.record if not n.startswith(reads)] == []
    return str(caught.value)


def test_a_pack_whose_base_is_nowhere_is_refused() -> None:
    assert refused(new_cloud()) == (
        f'rollout baseline, stack tamper: it imports "{EXPORT}", which nothing exports in {ALL}\n  '
        f"{ADD_BASE}{NEED_ROLE}"
    )


def test_all_packs_without_a_base_are_named() -> None:
    text = SETTINGS.replace('"security-alerts", ', "")
    assert refused(new_cloud(), text) == (
        "rollout baseline: stacks import what nothing exports\n"
        f'  tamper imports "{EXPORT}" in {ALL}\n'
        f'  identity imports "{EXPORT}" in {ALL}\n'
        f'  exposure imports "{EXPORT}" in {ALL}\n'
        "  Add security-alerts to the rollout: "
        f'stacks = ["security-alerts", "tamper", "identity", "exposure"]{NEED_ROLE}'
    )


def test_a_stack_that_is_complete_is_advised_before_its_alternative() -> None:
    built = {"alerts": replace(base(name="alerts"), instead_of=BASE), **templates()}
    assert refused(new_cloud(), ALONE, built) == (
        f'rollout baseline, stack tamper: it imports "{EXPORT}", which nothing exports in {ALL}\n  '
        f"{ADD_BASE.replace('security-alerts to', 'security-alerts (or alerts) to')}{NEED_ROLE}"
    )


def test_a_parameter_of_another_meaning_does_not_differ() -> None:
    """Alerts on an existing log group export a bucket only if they are given one."""
    bucket = {"Export": {"Name": {"Fn::Sub": "${InstallationName}-Bucket"}}}
    output = {"Value": {"Ref": "LogBucketName"}, "Condition": "Bucket", **bucket}
    given = {"Bucket": {"Fn::Not": [{"Fn::Equals": [{"Ref": "LogBucketName"}, ""]}]}}
    declared = {**NAME, "LogBucketName": {"Type": "String", "Default": ""}}
    built = templates(
        tamper=_conditional({"Fn::Sub": "${InstallationName}-Bucket"}),
        alerts=base(
            name="alerts", Parameters=declared, Conditions=given, Outputs={"Bucket": output}
        ),
    )
    text = ALONE.replace('["tamper"]', '["alerts", "tamper"]') + (
        '[rollout.baseline.stack.tamper]\nparameters = { LogBucketName = "import" }\n'
    )
    assert refused(new_cloud(), text, built) == (
        'rollout baseline, stack tamper: it imports "security-alerts-Bucket", which nothing '
        f"exports in {ALL}\n  Correct the parameters that the names depend on, or deploy first "
        f"what exports them.{NEED_ROLE}"
    )


def test_a_stack_that_exports_what_the_rollout_has_is_not_advised() -> None:
    """An account and Region has each name once, so both could not be deployed."""
    bucket = {"Export": {"Name": {"Fn::Sub": "${InstallationName}-Bucket"}}}
    logs = {"Value": "logs", "Export": {"Name": LOG_GROUP}}
    built = templates(
        tamper=_conditional({"Fn::Sub": "${InstallationName}-Bucket"}),
        alerts=base(name="alerts"),
    ) | {BASE: base(Outputs={"Logs": logs, "Bucket": {"Value": "b", **bucket}})}
    text = ALONE.replace('["tamper"]', '["alerts", "tamper"]') + (
        '[rollout.baseline.stack.tamper]\nparameters = { LogBucketName = "import" }\n'
    )
    assert "Correct the parameters" in refused(new_cloud(), text, built)


def test_a_base_with_the_name_of_another_installation_does_not_help() -> None:
    text = SETTINGS.replace('"identity", ', "").replace(', "exposure"', "") + (
        '[rollout.baseline.stack.tamper]\nparameters = { InstallationName = "other" }\n'
    )
    assert refused(new_cloud(), text) == (
        'rollout baseline, stack tamper: it imports "other-LogGroupName", which nothing exports '
        f"in {ALL}\n  {DIFFERS}"
    )


def test_an_override_of_one_account_is_evaluated_there() -> None:
    text = SETTINGS + (
        f'[rollout.baseline.stack.tamper.parameter_overrides.{D}]\nInstallationName = "other"\n'
    )
    assert refused(new_cloud(), text) == (
        'rollout baseline, stack tamper: it imports "other-LogGroupName", which nothing exports '
        f"in 1 account ({D}), eu-central-1, us-east-1\n  {DIFFERS}"
    )


def test_a_shared_override_renames_base_and_packs_alike() -> None:
    text = SETTINGS + f'[rollout.baseline.parameter_overrides.{D}]\nInstallationName = "other"\n'
    cloud = new_cloud()
    assert applied(cloud, text).succeeded
    assert planned(cloud, text).empty


def _condition(holds: str) -> dict[str, Any]:
    return {"Conditions": {"Imports": {"Fn::Equals": [{"Ref": "LogBucketName"}, holds]}}}


def _conditional(imported: Any, **sections: Any) -> BuiltTemplate:
    """A pack that imports in one branch of Fn::If."""
    value = {"Fn::If": ["Imports", {"Fn::ImportValue": imported}, "none"]}
    parameters = {**NAME, "LogBucketName": {"Type": "String", "Default": ""}}
    return template(
        "tamper",
        Parameters=parameters,
        Resources={"Rule": {"Type": "AWS::Events::Rule", "Properties": {"Name": value}}},
        **({**_condition("import")} | sections),
    )


def test_a_branch_that_is_not_taken_imports_nothing() -> None:
    plan = planned(new_cloud(), ALONE, templates(tamper=_conditional(LOG_GROUP)))
    assert (plan.empty, plan.unknowns) == (False, ())


def test_a_branch_that_is_taken_imports() -> None:
    text = ALONE + 'parameters = { LogBucketName = "import" }\n'
    built = templates(tamper=_conditional(LOG_GROUP))
    assert f'it imports "{EXPORT}"' in refused(new_cloud(), text, built)


def _unknowns(plan: RolloutPlan) -> list[str]:
    return list(plan.unknowns)


def test_an_earlier_stack_whose_export_only_it_can_name_is_unknown() -> None:
    """StackSets calls stacks ``StackSet-NAME-UUID``, so the name of the base is not known."""
    name = {"Fn::Sub": "${AWS::StackName}-Logs"}
    outputs = {"LogGroupName": {"Value": "logs", "Export": {"Name": name}}}
    text = ALONE.replace('["tamper"]', f'["{BASE}", "tamper"]')
    built = {**templates(), BASE: base(Outputs=outputs)}
    assert _unknowns(planned(new_cloud(), text, built)) == [
        (
            f'tamper imports "{EXPORT}", and security-alerts exports names that cannot be '
            f"evaluated: {name}"
        )
    ]


@pytest.mark.parametrize(
    ("imported", "unknown"),
    [
        pytest.param(
            {"Fn::Sub": "${AWS::StackName}-Logs"},
            "tamper imports {'Fn::Sub': '${AWS::StackName}-Logs'}, a name that cannot be "
            "evaluated, so whether it is exported is not known.",
            id="the name of the stack",
        ),
        pytest.param(
            {"Fn::Sub": "${Secret}-Logs"},
            "tamper imports {'Fn::Sub': '${Secret}-Logs'}, a name that cannot be evaluated, so "
            "whether it is exported is not known.",
            id="a NoEcho parameter",
        ),
    ],
)
def test_an_import_that_cannot_be_evaluated_is_unknown(imported: Any, unknown: str) -> None:
    parameters = {**NAME, "Secret": {"Type": "String", "NoEcho": True, "Default": "x"}}
    filter_ = {
        "Type": "AWS::SNS::Topic",
        "Properties": {"TopicName": {"Fn::ImportValue": imported}},
    }
    built = templates(tamper=pack("tamper", Resources={"T": filter_}, Parameters=parameters))
    assert _unknowns(planned(new_cloud(), ALONE, built)) == [unknown]


def test_a_condition_that_cannot_be_evaluated_makes_an_import_unknown() -> None:
    condition = {"Imports": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "x"]}}
    built = templates(tamper=_conditional(LOG_GROUP, Conditions=condition))
    assert _unknowns(planned(new_cloud(), ALONE, built)) == [
        f'Whether tamper imports "{EXPORT}" depends on a condition that cannot be evaluated.'
    ]


# ------------------------------------------------------------------------------- other rollouts


def test_another_rollout_that_deployed_the_base_is_enough() -> None:
    cloud = new_cloud()
    assert applied(cloud, BASE_ROLLOUT).succeeded
    plan = planned(cloud, ALONE, others=(read(BASE_ROLLOUT),))
    assert (plan.empty, plan.unknowns) == (False, ())


def test_another_rollout_that_has_not_deployed_the_base_is_not() -> None:
    assert "which nothing exports in" in refused(new_cloud(), ALONE, None, BASE_ROLLOUT)


def test_another_rollout_counts_only_where_it_has_a_stack() -> None:
    cloud = new_cloud()
    assert applied(cloud, BASE_ROLLOUT).succeeded
    del cloud.stack_set(set_name(BASE)).instances[AccountRegion(D, US)]
    cloud.record.clear()
    assert f"which nothing exports in 1 account ({D}), us-east-1\n" in refused(
        cloud, ALONE, None, BASE_ROLLOUT
    )


def test_a_stack_of_another_rollout_that_is_not_current_is_unknown() -> None:
    cloud = new_cloud()
    assert applied(cloud, BASE_ROLLOUT).succeeded
    cloud.stack_set(set_name(BASE)).instances[AccountRegion(D, US)].status = "OUTDATED"
    assert _unknowns(planned(cloud, ALONE, others=(read(BASE_ROLLOUT),))) == [
        (
            f'tamper imports "{EXPORT}", and whether it is exported in 1 account ({D}), us-east-1 '
            f"is not known: StackSet {set_name(BASE)} is not CURRENT there."
        )
    ]


def test_another_rollout_of_an_account_without_access_is_unknown() -> None:
    other = read(BASE_ROLLOUT + 'account = "999999999999"\n')
    (unknown,) = _unknowns(planned(new_cloud(), ALONE, others=(other,)))
    assert f"StackSet {set_name(BASE)} could not be read: " in unknown


# ------------------------------------------------------------------------------- accounts


def test_exports_that_an_account_has_are_enough() -> None:
    cloud = new_cloud(exported={place: {EXPORT} for place in EVERYWHERE})
    plan = planned(cloud, READER)
    assert (plan.empty, plan.unknowns) == (False, ())
    assert len(cloud.requests("ListExports")) == len(EVERYWHERE)


def test_an_account_without_the_export_is_named() -> None:
    cloud = new_cloud(exported={place: {EXPORT} for place in EVERYWHERE if place.account != D})
    assert refused(cloud, READER) == (
        f'rollout baseline, stack tamper: it imports "{EXPORT}", which nothing exports in 1 '
        f"account ({D}), eu-central-1, us-east-1\n  {ADD_BASE}"
    )


def test_an_account_that_cannot_be_read_is_unknown() -> None:
    cloud = new_cloud(exported={place: {EXPORT} for place in EVERYWHERE}, closed={D})
    assert _unknowns(planned(cloud, READER)) == [
        (
            f'tamper imports "{EXPORT}", and whether it is exported in 1 account ({D}), '
            "eu-central-1, us-east-1 is not known: ListExports failed: not authorized to perform "
            "sts:AssumeRole"
        )
    ]


def test_what_is_exported_is_not_asked_where_the_rollout_exports_it() -> None:
    cloud = new_cloud()
    assert not planned(cloud, SETTINGS + 'member_read_role = "Reader"\n').empty
    assert cloud.requests("ListExports") == []


def test_the_management_account_is_read_with_its_own_credentials() -> None:
    cloud = new_cloud(exported={AccountRegion(MANAGER, region): {EXPORT} for region in REGIONS})
    text = ALONE + "include_management_account = true\n"
    assert f"which nothing exports in {ALL}\n" in refused(cloud, text)


# ------------------------------------------------------------------------------- what exists


def test_a_stack_that_imports_already_can_be_updated() -> None:
    """CloudFormation deletes no export that is imported."""
    cloud = new_cloud(exported={place: {EXPORT} for place in EVERYWHERE})
    assert applied(cloud, READER).succeeded
    plan = planned(cloud, ALONE, templates(tamper=pack("tamper", 2)))
    assert (plan.empty, plan.unknowns) == (False, ())


def test_an_update_that_imports_something_new_is_checked() -> None:
    cloud = new_cloud(exported={place: {EXPORT} for place in EVERYWHERE})
    assert applied(cloud, READER).succeeded
    cloud.record.clear()
    other = ALONE + 'parameters = { InstallationName = "other" }\n'
    assert 'it imports "other-LogGroupName"' in refused(cloud, other)


def test_stacks_that_do_not_change_are_not_checked() -> None:
    cloud = new_cloud(exported={place: {EXPORT} for place in EVERYWHERE})
    assert applied(cloud, READER).succeeded
    assert planned(cloud, ALONE).empty


def test_an_account_that_is_new_needs_the_base_too() -> None:
    cloud = new_cloud(exported={place: {EXPORT} for place in EVERYWHERE})
    assert applied(cloud, READER).succeeded
    cloud.units[TEST].append("000000000006")
    cloud.record.clear()
    assert "in 1 account (000000000006)" in refused(cloud)


# ------------------------------------------------------------------------------- exports that go


RENAMED = SETTINGS + 'parameters = { InstallationName = "other" }\n'


def test_an_export_that_a_pack_imports_is_not_removed() -> None:
    """Renaming an installation would change an export that is in use."""
    cloud = new_cloud()
    assert applied(cloud).succeeded
    cloud.record.clear()
    assert refused(cloud, RENAMED) == (
        f'rollout baseline, stack {BASE}: it would no longer export "{EXPORT}", which tamper '
        "imports, and CloudFormation refuses that\n  Remove tamper first: trailbell rollout "
        "remove baseline --stack tamper --all\n  Or roll out a second installation: another "
        "rollout with another InstallationName and other names of StackSets."
    )


def test_a_stack_set_that_was_renamed_elsewhere_fails_in_the_accounts() -> None:
    """CloudFormation refuses it there, which is why the plan does."""
    cloud = new_cloud()
    assert applied(cloud).succeeded
    stack_set = cloud.stack_set(set_name(BASE))
    assert stack_set.definition is not None
    for each in stack_set.definition["Parameters"]:
        if each["ParameterKey"] == "InstallationName":
            each["ParameterValue"] = "other"
    stack_set.instances[AccountRegion(A, EU)].status = "OUTDATED"
    text = SETTINGS.replace("max_concurrent", 'parameters = { Email = "x" }\nmax_concurrent')
    result = applied(cloud, text, resume=True)
    (failure,) = result.stages[0].failures.failed
    assert (
        failure.reason
        == f"Export {EXPORT} cannot be deleted as it is in use by {set_name('tamper')}"
    )


def test_accounts_with_overrides_are_not_judged_by_the_stack_set() -> None:
    """AWS does not list overrides, so what the stacks of these accounts export now is not known."""
    overrides = "".join(
        f'[rollout.baseline.parameter_overrides.{each}]\nInstallationName = "mine"\n'
        for each in (A, B, C, D, E)
    )
    cloud = new_cloud()
    assert applied(cloud, SETTINGS + overrides).succeeded
    assert applied(cloud, RENAMED + overrides).succeeded


def test_an_installation_without_packs_can_be_renamed() -> None:
    cloud = new_cloud()
    assert applied(cloud, BASE_ROLLOUT).succeeded
    renamed = BASE_ROLLOUT + 'parameters = { InstallationName = "other" }\n'
    assert applied(cloud, renamed).succeeded


def test_an_export_that_no_pack_imports_can_be_removed() -> None:
    cloud = new_cloud()
    outputs = {
        "Logs": {"Value": "logs", "Export": {"Name": LOG_GROUP}},
        "More": {"Value": "more", "Export": {"Name": "more"}},
    }
    assert applied(cloud, SETTINGS, {**templates(), BASE: base(Outputs=outputs)}).succeeded
    assert applied(cloud, SETTINGS).succeeded


# ------------------------------------------------------------------------------- names


def test_names_are_evaluated_with_what_is_certain_and_what_is_not() -> None:
    document = {
        "Conditions": {"Unknown": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "x"]}},
        "Resources": {
            "A": {"Type": "AWS::SNS::Topic", "Properties": {"N": {"Fn::ImportValue": "certain"}}},
            "B": {
                "Type": "AWS::SNS::Topic",
                "Condition": "Unknown",
                "Properties": {"N": {"Fn::ImportValue": "uncertain"}},
            },
        },
        "Outputs": {
            "C": {"Value": "1", "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-c"}}},
            "D": {"Value": "1", "Export": {"Name": "d"}},
        },
    }
    assert export_names(document, Scope()) == ExportNames(
        exports=frozenset({"d"}),
        imports=frozenset({"certain", "uncertain"}),
        unknown_exports=frozenset({"{'Fn::Sub': '${AWS::StackName}-c'}"}),
        uncertain=frozenset({"uncertain"}),
    )


@pytest.mark.parametrize(
    ("sections", "depends"),
    [
        pytest.param({}, False, id="nothing is imported or exported"),
        pytest.param(
            {"Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "1"]}}},
            False,
            id="a condition of something else",
        ),
        pytest.param(
            {"Outputs": {"O": {"Value": "1", "Export": {"Name": {"Ref": "AWS::AccountId"}}}}},
            True,
            id="the name of an export",
        ),
        pytest.param(
            {
                "Resources": {
                    "R": {"Type": "T", "P": {"Fn::ImportValue": {"Ref": "AWS::AccountId"}}}
                }
            },
            True,
            id="the name of an import",
        ),
        pytest.param(
            {
                "Conditions": {
                    "Inner": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "1"]},
                    "Outer": {"Fn::Not": [{"Condition": "Inner"}]},
                },
                "Resources": {
                    "R": {"Type": "T", "P": {"Fn::If": ["Outer", {"Fn::ImportValue": "x"}, "y"]}}
                },
            },
            True,
            id="a condition behind the condition of a branch",
        ),
        pytest.param(
            {
                "Conditions": {"C": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, "1"]}},
                "Outputs": {"O": {"Value": "1", "Condition": "C", "Export": {"Name": "x"}}},
            },
            True,
            id="the condition of an export",
        ),
    ],
)
def test_whether_names_depend_on_the_account(sections: dict[str, Any], *, depends: bool) -> None:
    assert names_depend_on({"Resources": {}} | sections, "AWS::AccountId") is depends
