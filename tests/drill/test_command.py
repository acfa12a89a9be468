"""The command: its errors, and what they lead to."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.deploy.fake import Fake, Fault
from tests.drill.account import ACCOUNT
from trailbell.command import drill
from trailbell.errors import TrailbellError

_DENIED = (
    "DescribeStacks: User is not authorized to perform it\n"
    "  Show the required permissions with: trailbell permissions --for drill"
)
_SEVERAL = (
    'command line: stack_name: "StackSet-1" is the name of several stacks; include {stack} in the '
    "name"
)


@pytest.mark.parametrize(
    ("words", "fault", "code", "message"),
    [
        pytest.param((), Fault.DENIED, 1, _DENIED, id="a denied call names the policy of drills"),
        pytest.param(
            ("--stack-name", "StackSet-1"), None, 2, _SEVERAL, id="one name for all stacks"
        ),
        pytest.param(
            ("--stack", "security-alerts", "--stack-name", "StackSet-1"), None, 2,
            f"detection root-account-use: It is not deployed in us-east-1 of account {ACCOUNT}.\n"
            "  Deploy a stack that has it (security-alerts), or select another environment or "
            "Region.",
            id="one stack of a rollout",
        ),
    ],
)  # fmt: skip
def test_an_error_says_what_to_do(
    fake: Fake, tmp_path: Path, words: tuple[str, ...], fault: Fault | None, code: int, message: str
) -> None:
    settings = tmp_path / "trailbell.toml"
    settings.write_text("")
    if fault is not None:
        fake.fault("DescribeStacks", fault)
    options = ("--settings", str(settings), "--yes", *words)
    result = CliRunner().invoke(
        drill.command, ["root-account-use", *options], standalone_mode=False
    )
    assert isinstance(result.exception, TrailbellError)
    assert (str(result.exception), result.exception.exit_code) == (message, code)
