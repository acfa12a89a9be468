"""Two rollouts of the settings that would work on one StackSet."""

import pytest

from tests.rollout.scenario import PROD, TEST
from trailbell.errors import SettingsError
from trailbell.rollout.configuration.settings import read_rollout, read_rollouts
from trailbell.settings import Table, parse

STACKS = ("security-alerts", "tamper")
ONE = f"""
stack = "security-alerts"
organizational_units = ["{PROD}"]
regions = ["eu-central-1"]
"""
TWO = f"""
stacks = ["security-alerts", "tamper"]
organizational_units = ["{TEST}"]
regions = ["eu-central-1"]
"""
SELF = ONE.replace(f'organizational_units = ["{PROD}"]', 'accounts = ["111122223333"]') + (
    'permission_model = "self-managed"\n'
)
P = "trailbell.toml: rollout.america"
SAME = 'rollouts "europe" and "america" have the StackSet "trailbell-security-alerts"'
GIVE = "give one of them stack_set_name"
ACCOUNTS = ", or give account in both if the accounts differ"
HERE, THERE = 'account = "111122223333"\n', 'account = "123456789012"\n'
ROLE = 'assume_role = "arn:aws:iam::{}:role/Deploy"\n'


def settings(europe: str, america: str) -> Table:
    text = f"[rollout.europe]\n{europe}\n[rollout.america]\n{america}\n"
    return parse(text)


@pytest.mark.parametrize(
    ("europe", "america", "expected"),
    [
        pytest.param(
            ONE,
            ONE,
            f"{P}: stack_set_name: {SAME}; {GIVE}{ACCOUNTS}",
            id="nothing distinguishes them",
        ),
        pytest.param(
            ONE,
            TWO,
            f"{P}.stack.security-alerts: stack_set_name: {SAME}; {GIVE}{ACCOUNTS}",
            id="one of several stacks",
        ),
        pytest.param(
            ONE + HERE,
            ONE + HERE + 'profile = "other"\n',
            f"{P}: stack_set_name: {SAME}; {GIVE}",
            id="another profile for the same account",
        ),
        pytest.param(
            ONE + HERE,
            ONE + ROLE.format("111122223333"),
            f"{P}: stack_set_name: {SAME}; {GIVE}",
            id="a role in the same account",
        ),
        pytest.param(
            ONE + HERE,
            ONE,
            f"{P}: stack_set_name: {SAME}; {GIVE}{ACCOUNTS}",
            id="an account that only one of them names",
        ),
        pytest.param(
            ONE + 'region = "eu-central-1"\n',
            ONE,
            f"{P}: stack_set_name: {SAME}; {GIVE}{ACCOUNTS}",
            id="a Region that only one of them names",
        ),
        pytest.param(
            ONE,
            TWO + '[rollout.america.stack.security-alerts]\nstack_set_name = "mine"\n'
            '[rollout.america.stack.tamper]\nstack_set_name = "trailbell-security-alerts"\n',
            f"{P}.stack.tamper: stack_set_name: {SAME}; {GIVE}{ACCOUNTS}",
            id="a StackSet of another stack",
        ),
        pytest.param(
            ONE,
            ONE + "delegated_administrator = true\n",
            f"{P}: stack_set_name: {SAME}; {GIVE}{ACCOUNTS}",
            id="a delegated administrator, whose StackSets are in the management account",
        ),
    ],
)
def test_two_rollouts_of_one_stack_set_are_refused(
    europe: str, america: str, expected: str
) -> None:
    table = settings(europe, america)
    messages = set()
    for name in ("europe", "america"):
        with pytest.raises(SettingsError) as caught:
            read_rollout(table, name, STACKS)
        messages.add(str(caught.value))
    with pytest.raises(SettingsError) as caught:
        read_rollouts(table, STACKS)
    assert {*messages, str(caught.value)} == {expected}


def test_an_error_in_the_other_rollout_does_not_hide_it() -> None:
    with pytest.raises(SettingsError) as caught:
        read_rollout(settings(ONE, ONE + "retain_on_account_removal = true\n"), "europe", STACKS)
    assert str(caught.value) == f"{P}: stack_set_name: {SAME}; {GIVE}{ACCOUNTS}"


@pytest.mark.parametrize(
    ("europe", "america"),
    [
        pytest.param(ONE, ONE + 'stack_set_name = "america"\n', id="another name"),
        pytest.param(
            ONE + 'region = "eu-central-1"\n', ONE + 'region = "us-east-1"\n', id="another Region"
        ),
        pytest.param(ONE + HERE, ONE + THERE, id="another account"),
        pytest.param(ONE + HERE, ONE + ROLE.format("123456789012"), id="a role in another account"),
        pytest.param(ONE + 'profile = "one"\n', ONE + 'profile = "other"\n', id="another profile"),
        pytest.param(
            SELF + HERE,
            ONE + HERE + "delegated_administrator = true\n",
            id="self-managed in the account of a delegated administrator",
        ),
    ],
)
def test_rollouts_with_their_own_stack_sets_are_accepted(europe: str, america: str) -> None:
    names = [each.name for each in read_rollouts(settings(europe, america), STACKS)]
    assert names == ["europe", "america"]
