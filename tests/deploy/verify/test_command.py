"""``trailbell verify``: what it prints, and its exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT
from tests.deploy.fake import Fake
from tests.dist.folders import write

EMPTY = {"Resources": {"Wait": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}
OTHER = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


@pytest.fixture
def options(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "none.toml").write_text("")
    dist = write(tmp_path / "dist", one=EMPTY, two=EMPTY)
    return ("--dist", str(dist), "--settings", str(tmp_path / "none.toml"))


def verify(options: tuple[str, ...], *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "build.py", "verify", *words, *options],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout


def deploy(fake: Fake, name: str, **more: object) -> None:
    resources = [("Wait", "AWS::CloudFormation::WaitConditionHandle", "CREATE_COMPLETE")]
    stack = {"template": EMPTY, "resources": resources, "protected": True}
    fake.put(name, "CREATE_COMPLETE", **(stack | more))


def test_stacks_after_a_missing_one_are_verified(fake: Fake, options: tuple[str, ...]) -> None:
    deploy(fake, "two", template=OTHER)
    code, out = verify(options, "one", "two")
    assert (code, out.splitlines()) == (
        1,
        [
            "one: 1 problem",
            "  Stack one is not deployed in us-east-1.",
            "two: 2 problems",
            "  The deployed template differs from dist/ in Wait, Queue. Deploy the stack.",
            "  Queue: The resource is in the template but not deployed.",
        ],
    )


def test_only_remarks_exit_with_0(fake: Fake, options: tuple[str, ...]) -> None:
    deploy(fake, "one")
    assert verify(options, "one") == (
        0,
        (
            "one: OK\n"
            "  Remark: AWS::CloudFormation::WaitConditionHandle is not read back; drift detection "
            "compares it: Wait.\n"
        ),
    )


def test_what_is_to_do_exits_with_1(fake: Fake, options: tuple[str, ...]) -> None:
    deploy(fake, "one", protected=False)
    code, out = verify(options, "one")
    assert (code, out.splitlines()[0]) == (1, "one: 1 to do")
    assert out.splitlines()[1].startswith("  To do: Termination protection is off: ")


def test_json_has_the_kind_of_each_discrepancy(fake: Fake, options: tuple[str, ...]) -> None:
    deploy(fake, "two")
    code, out = verify(options, "one", "two", "--json")
    assert (code, json.loads(out)) == (
        1,
        {
            "one": [
                {
                    "logical_id": "",
                    "text": "Stack one is not deployed in us-east-1.",
                    "kind": "fault",
                }
            ],
            "two": [
                {
                    "logical_id": "",
                    "text": "AWS::CloudFormation::WaitConditionHandle is not read back; drift "
                    "detection compares it: Wait.",
                    "kind": "remark",
                }
            ],
        },
    )


def test_a_stack_that_does_not_exist_in_dist_is_wrong_input(
    fake: Fake, options: tuple[str, ...]
) -> None:
    assert fake.stacks == {}
    assert verify(options, "three") == (2, "")


def test_without_names_the_deployed_stacks_are_verified(
    fake: Fake, options: tuple[str, ...]
) -> None:
    deploy(fake, "two", template=OTHER)
    code, out = verify(options)
    assert (code, [line for line in out.splitlines() if not line.startswith(" ")]) == (
        1,
        ["two: 2 problems"],
    )


def test_without_names_and_deployed_stacks_there_is_nothing_to_verify(
    fake: Fake, options: tuple[str, ...]
) -> None:
    fake.put("one", "REVIEW_IN_PROGRESS")
    assert verify(options) == (2, "")
