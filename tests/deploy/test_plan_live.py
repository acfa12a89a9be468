"""``plan --live`` and ``deploy`` end in the same way for stacks that cannot be planned."""

from pathlib import Path

import pytest

from tests.deploy.fake import Fake, Fault
from tests.deploy.test_command import run
from tests.dist.folders import write

PACK = {
    "Resources": {
        "T": {
            "Type": "AWS::SNS::Topic",
            "Properties": {"DisplayName": {"Fn::ImportValue": "missing"}},
        }
    }
}


@pytest.fixture
def options(tmp_path: Path, fake: Fake) -> tuple[str, ...]:
    assert fake.requests == []
    (tmp_path / "none.toml").write_text("")
    return (
        *("--dist", str(write(tmp_path / "dist", pack=PACK))),
        *("--settings", str(tmp_path / "none.toml")),
    )


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("plan", "pack", "--live"), id="plan"),
        pytest.param(("plan", "pack", "--live", "--fail-on", "replace"), id="plan with a gate"),
        pytest.param(("deploy", "pack", "--yes"), id="deploy"),
    ],
)
def test_a_stack_that_imports_what_nothing_exports(
    options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    done = run(*words, *options)
    lines = [line.strip().removeprefix("failure: ") for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert 'imports "missing", which no stack in us-east-1 exports' in lines
    assert "Deploy the stack that exports it." in lines


def test_a_gate_with_exit_codes_distinguishes_what_is_blocked(options: tuple[str, ...]) -> None:
    assert run("plan", "pack", "--live", "--exit-code", *options).returncode == 4


def test_a_call_that_aws_refuses_is_no_wrong_input(fake: Fake, options: tuple[str, ...]) -> None:
    fake.exports["missing"] = "x"
    fake.fault("CreateChangeSet", Fault.DENIED)
    assert run("plan", "pack", "--live", *options).returncode == 1
