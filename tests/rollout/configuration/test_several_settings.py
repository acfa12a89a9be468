"""``stacks = [...]`` and ``[rollout.NAME.stack.STACK]``: messages, parameters, order."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.rollout.scenario import A, D, E
from tests.rollout.several import (
    BASE,
    LOG_GROUP,
    NAME,
    SELF_MANAGED,
    SETTINGS,
    base,
    pack,
    read,
    template,
    templates,
)
from trailbell.dist.built_templates import BuiltTemplate
from trailbell.errors import InputError, SettingsError
from trailbell.rollout.plan.stack_set_definition import validate_for_stack_set

P = "trailbell.toml: rollout.baseline"
LIST = 'stacks = ["tamper", "identity", "security-alerts", "exposure"]'
TEN = [f"arn:aws:cloudformation:eu-central-1:1:stackset/s{number}:1" for number in range(10)]
KNOWN = "(exposure, identity, security-alerts, tamper)"


def _with_exports(*names: str) -> dict[str, Any]:
    return {n: {"Value": "1", "Export": {"Name": n}} for n in names}


def _circle() -> dict[str, BuiltTemplate]:
    """A base that imports what a pack exports."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"N": {"Fn::ImportValue": "of-tamper"}}}
    return templates(
        tamper=pack("tamper", Outputs=_with_exports("of-tamper")),
    ) | {BASE: base(Resources={"T": topic})}


@pytest.mark.parametrize(
    ("text", "built", "expected"),
    [
        pytest.param(
            SETTINGS.replace(LIST, LIST + '\nstack = "tamper"'),
            templates(),
            f"{P}.stack: is given with stacks; give stack or stacks, not both",
            id="stack and stacks",
        ),
        pytest.param(
            SETTINGS.replace(LIST, "stacks = []"),
            templates(),
            f"{P}.stacks: is empty; name at least one stack {KNOWN}",
            id="no stack",
        ),
        pytest.param(
            SETTINGS.replace(LIST, "") + "[rollout.baseline.stack.tamper]\n",
            templates(),
            f"{P}.stacks: is missing; name the stacks of the rollout {KNOWN}",
            id="a table of a stack without stacks",
        ),
        pytest.param(
            SETTINGS.replace('"tamper",', '"tamper", "tamper",'),
            templates(),
            f'{P}.stacks: has "tamper" twice; remove one of them',
            id="a stack twice",
        ),
        pytest.param(
            SETTINGS.replace('"tamper"', '"tampr"'),
            templates(),
            f'{P}.stacks: unknown stack "tampr"; did you mean "tamper"?',
            id="a stack that dist/ does not have",
        ),
        pytest.param(
            SETTINGS + "[rollout.baseline.stack.tampr]\n",
            templates(),
            f'{P}.stack.tampr: is not a stack of this rollout; did you mean "tamper"?',
            id="a table of a stack that the rollout does not have",
        ),
        pytest.param(
            SETTINGS + "[rollout.baseline.stack.tamper]\nmax_concurrent = 1\n",
            templates(),
            f"{P}.stack.tamper.max_concurrent: unknown key; known: accounts, parameter_overrides, "
            "parameters, regions, stack_set_name",
            id="a key that all stacks share",
        ),
        pytest.param(
            SETTINGS + "[rollout.baseline.stack.tamper]\nregions = ['us-east-2']\n",
            templates(),
            f'{P}.stack.tamper.regions: "us-east-2" is not a Region of the rollout; did you mean '
            '"us-east-1"?',
            id="a Region of one stack that the rollout does not have",
        ),
        pytest.param(
            SELF_MANAGED + f"[rollout.baseline.stack.tamper]\naccounts = ['{E}']\n",
            templates(),
            f'{P}.stack.tamper.accounts: "{E}" is not an account of the rollout; remove '
            "it, or add it to the rollout",
            id="an account of one stack that a self-managed rollout does not have",
        ),
        pytest.param(
            SETTINGS + "[rollout.baseline.stack.tamper]\naccounts = []\n",
            templates(),
            f"{P}.stack.tamper.accounts: is empty; name at least one account",
            id="a stack without accounts",
        ),
        pytest.param(
            SETTINGS + "[rollout.baseline.stack.tamper]\nregions = []\n",
            templates(),
            f"{P}.stack.tamper.regions: is empty; name at least one Region",
            id="a stack without Regions",
        ),
        pytest.param(
            SETTINGS
            + f"[rollout.baseline.stack.tamper]\naccounts = ['{A}']\n"
            + f"[rollout.baseline.stack.tamper.parameter_overrides.{D}]\nThreshold = 2\n",
            templates(),
            f"{P}.stack.tamper.parameter_overrides.{D}: the stack is not there; remove it, or add "
            'it to "accounts" of [rollout.baseline.stack.tamper]',
            id="an override of a stack for an account that does not get it",
        ),
        pytest.param(
            SETTINGS
            + f"[rollout.baseline.stack.tamper]\naccounts = ['{A}', '{D}']\n"
            + f"[rollout.baseline.stack.security-alerts]\naccounts = ['{D}']\n",
            templates(tamper=base(1, "tamper")),
            f'{P}: stacks: "tamper" and "security-alerts" both export '
            '"security-alerts-LogGroupName", and an account and Region has it once; remove one of '
            "them, or give one another value for the parameter of the name",
            id="two limited stacks that export the same name in one account",
        ),
        pytest.param(
            SETTINGS + 'stack_set_name = "mine"\n',
            templates(),
            f"{P}.stack_set_name: names one StackSet, and there are several; write it below "
            "[rollout.baseline.stack.tamper]",
            id="one name for all StackSets",
        ),
        pytest.param(
            SETTINGS + '[rollout.baseline.stack.tamper]\nstack_set_name = "trailbell-identity"\n',
            templates(),
            f'{P}.stacks: several stacks have the StackSet "trailbell-identity"; give each stack '
            "its own stack_set_name",
            id="two stacks in one StackSet",
        ),
        pytest.param(
            SETTINGS + 'parameters = { Emial = "a@b.example" }\n',
            templates(),
            f"{P}: Emial: no stack of the rollout has this parameter; correct the name, did you "
            'mean "Email"?',
            id="a parameter that no stack has",
        ),
        pytest.param(
            SETTINGS + f"[rollout.baseline.parameter_overrides.{D}]\nTreshold = 2\n",
            templates(),
            f"{P}: Treshold: no stack of the rollout has this parameter; correct the name, did you "
            'mean "Threshold"?',
            id="an override that no stack has",
        ),
        pytest.param(
            SETTINGS + '[rollout.baseline.stack.tamper.parameters]\nEmail = "a@b.example"\n',
            templates(),
            f"{P}.stack.tamper: Email: does not exist in the template; correct the name, or "
            "see the changelog for renamed and removed parameters (InstallationName, Threshold)",
            id="a parameter of one stack that only another one has",
        ),
        pytest.param(
            SETTINGS + '[rollout.baseline.stack.tamper.parameters]\nThreshold = "many"\n',
            templates(),
            f'{P}.stack.tamper: Threshold: "many" is not valid; it must be a number',
            id="an invalid value of one stack",
        ),
        pytest.param(
            SETTINGS + 'parameters = { Threshold = "many" }\n',
            templates(),
            f'{P}: Threshold: "many" is not valid; it must be a number',
            id="an invalid value of all stacks",
        ),
        pytest.param(SETTINGS, templates(), None, id="all is well"),
        pytest.param(
            SETTINGS
            + f"auto_deployment = true\nauto_deployment_depends_on = {TEN}\n"
            + f"[rollout.baseline.stack.security-alerts]\naccounts = ['{A}']\n",
            templates(),
            None,
            id="a base without automatic deployment is no dependency",
        ),
        pytest.param(
            SETTINGS,
            templates(identity=pack("identity", Parameters={**NAME, "Needed": {"Type": "String"}})),
            f"{P}.stack.identity: Needed: the parameter has no value and no default; write it in "
            "the settings: parameters = { Needed = ... }",
            id="a parameter that one stack needs",
        ),
        pytest.param(
            SETTINGS
            + f'[rollout.baseline.stack.tamper.parameter_overrides.{A}]\nThreshold = "x"\n',
            templates(),
            f'{P}.stack.tamper.parameter_overrides.{A}: Threshold: "x" is not valid; it must be a '
            "number",
            id="an invalid override of one stack",
        ),
        pytest.param(
            SETTINGS + f'[rollout.baseline.parameter_overrides.{A}]\nThreshold = "x"\n',
            templates(),
            f'{P}.parameter_overrides.{A}: Threshold: "x" is not valid; it must be a number',
            id="an invalid override of all stacks",
        ),
        pytest.param(
            SETTINGS,
            _circle(),
            f"{P}: stacks: circular dependency: tamper, identity, security-alerts, exposure; roll "
            "them out separately",
            id="a circle",
        ),
        pytest.param(
            SETTINGS,
            templates(tamper=base(1, "tamper")),
            f'{P}: stacks: "tamper" and "security-alerts" both export '
            '"security-alerts-LogGroupName", and an account and Region has it once; remove one of '
            "them, or give one another value for the parameter of the name",
            id="two stacks that export the same name",
        ),
        pytest.param(
            SETTINGS + f"auto_deployment = true\nauto_deployment_depends_on = {TEN}\n",
            templates(),
            f'{P}: auto_deployment: the StackSet of "tamper" would depend on 11 others; AWS '
            "accepts 10 in automatic deployment",
            id="more dependencies than AWS accepts",
        ),
    ],
)
def test_what_is_wrong_is_said(
    text: str, built: Mapping[str, BuiltTemplate], expected: str | None
) -> None:
    def check() -> None:
        for config in read(text, built).stack_sets:
            validate_for_stack_set(config, built[config.stack])

    if expected is None:
        check()
        return
    with pytest.raises(InputError) as caught:
        check()
    assert str(caught.value) == expected


def test_each_stack_has_its_parameters_and_its_stack_set() -> None:
    text = SETTINGS + (
        'parameters = { Email = "a@b.example", Threshold = 3, InstallationName = "main" }\n'
        f"[rollout.baseline.parameter_overrides.{A}]\n"
        'Email = "own@b.example"\n'
        "Threshold = 4\n"
        "[rollout.baseline.stack.tamper]\n"
        'stack_set_name = "tamper-set"\n'
        "parameters = { Threshold = 5 }\n"
        f"[rollout.baseline.stack.tamper.parameter_overrides.{A}]\n"
        "Threshold = 6\n"
    )
    rollout = read(text)
    shared = {"InstallationName": "main"}
    assert {
        each.stack: (each.stack_set_name, each.parameters, each.parameter_overrides)
        for each in rollout.stack_sets
    } == {
        BASE: (
            "trailbell-security-alerts",
            {**shared, "Email": "a@b.example"},
            {A: {"Email": "own@b.example"}},
        ),
        "tamper": ("tamper-set", {**shared, "Threshold": "5"}, {A: {"Threshold": "6"}}),
        "identity": ("trailbell-identity", {**shared, "Threshold": "3"}, {A: {"Threshold": "4"}}),
        "exposure": ("trailbell-exposure", {**shared, "Threshold": "3"}, {A: {"Threshold": "4"}}),
    }


def test_an_account_whose_overrides_a_stack_does_not_declare_has_none_there() -> None:
    """An empty table stays: it removes the overrides of an account."""
    text = SETTINGS + (
        f'[rollout.baseline.parameter_overrides.{A}]\nEmail = "own@b.example"\n'
        f"[rollout.baseline.parameter_overrides.{D}]\n"
    )
    overrides = {each.stack: each.parameter_overrides for each in read(text).stack_sets}
    assert (overrides[BASE], overrides["tamper"]) == (
        {A: {"Email": "own@b.example"}, D: {}},
        {D: {}},
    )


def test_the_order_comes_from_exports_and_imports() -> None:
    rollout = read(SETTINGS)
    assert rollout.stacks == (BASE, "tamper", "identity", "exposure")
    needs = frozenset({BASE})
    assert rollout.requires == {
        "tamper": needs, "identity": needs, "exposure": needs, BASE: frozenset()
    }  # fmt: skip


def test_one_stack_in_the_list_is_the_same_as_one_stack() -> None:
    listed = SETTINGS.replace(LIST, 'stacks = ["security-alerts"]')
    single = SETTINGS.replace(LIST, 'stack = "security-alerts"')
    name = 'stack_set_name = "mine"\n'
    assert read(listed) == read(single)
    assert read(listed + name) == read(single + name)


def test_a_name_that_only_an_override_has_is_a_dependency_too() -> None:
    built = templates(tamper=pack("tamper", Parameters={**NAME}))
    text = SETTINGS.replace(LIST, 'stacks = ["tamper", "security-alerts"]') + (
        '[rollout.baseline.stack.tamper]\nparameters = { InstallationName = "other" }\n'
        f"[rollout.baseline.stack.tamper.parameter_overrides.{A}]\n"
        f'InstallationName = "{BASE}"\n'
    )
    assert read(text, built).required_by("tamper") == frozenset({BASE})
    assert LOG_GROUP == {"Fn::Sub": "${InstallationName}-LogGroupName"}


def test_a_secret_to_push_belongs_to_a_stack() -> None:
    built = templates(
        tamper=pack("tamper", Parameters={**NAME, "Token": {"Type": "String", "NoEcho": True}})
    )
    text = SETTINGS + 'parameters = { Token = "word" }\n'
    rollout = read(text, built, push_secrets=("Token",))
    assert {each.stack: each.push_secrets for each in rollout.stack_sets} == {
        BASE: (), "tamper": ("Token",), "identity": (), "exposure": ()
    }  # fmt: skip
    with pytest.raises(SettingsError) as caught:
        read(text, built, push_secrets=("Tokn",))
    assert str(caught.value) == (
        '--push-secret: Tokn: is no NoEcho parameter; correct it, did you mean "Token"?'
    )


def test_a_limited_stack_has_its_accounts_and_regions_and_its_own_overrides() -> None:
    """Regions keep the order of the rollout; overrides of other accounts are for other stacks."""
    text = SETTINGS.replace(
        '["eu-central-1", "us-east-1"]', '["us-east-1", "eu-central-1", "eu-west-1"]'
    ) + (
        "auto_deployment = true\n"
        f"[rollout.baseline.parameter_overrides.{A}]\nThreshold = 4\n"
        f"[rollout.baseline.parameter_overrides.{D}]\nThreshold = 5\n"
        "[rollout.baseline.stack.tamper]\n"
        f"accounts = ['{D}']\n"
        "regions = ['eu-central-1', 'us-east-1']\n"
        "[rollout.baseline.stack.identity]\nregions = ['eu-west-1']\n"
    )
    rollout = read(text)
    every = ("us-east-1", "eu-central-1", "eu-west-1")
    assert {
        each.stack: (
            each.only_accounts,
            each.regions,
            each.parameter_overrides,
            each.auto_deployment.enabled,
        )
        for each in rollout.stack_sets
    } == {
        "tamper": ((D,), ("us-east-1", "eu-central-1"), {D: {"Threshold": "5"}}, False),
        "identity": ((), ("eu-west-1",), {A: {"Threshold": "4"}, D: {"Threshold": "5"}}, True),
        BASE: ((), every, {}, True),
        "exposure": ((), every, {A: {"Threshold": "4"}, D: {"Threshold": "5"}}, True),
    }
    assert (rollout.shared.regions, rollout.shared.auto_deployment.enabled) == (every, True)


def test_stacks_that_share_no_place_may_export_the_same_name() -> None:
    """And a pack requires the one that is where it is."""
    text = SETTINGS + "".join(
        f"[rollout.baseline.stack.{stack}]\naccounts = ['{account}']\n"
        for stack, account in ((BASE, A), ("tamper", D), ("identity", D))
    )
    rollout = read(text, templates(tamper=base(1, "tamper")))
    assert (rollout.shared.only_accounts, rollout.stacks, rollout.requires) == (
        (),
        ("tamper", "identity", BASE, "exposure"),
        {
            "tamper": frozenset(),
            "identity": frozenset({"tamper"}),
            BASE: frozenset(),
            "exposure": frozenset({"tamper", BASE}),
        },
    )


def test_stacks_that_import_nothing_stay_in_the_order_of_the_settings() -> None:
    built = templates(exposure=template("exposure"), tamper=template("tamper"))
    expected = ("tamper", BASE, "identity", "exposure")
    assert read(SETTINGS, built).stacks == expected
