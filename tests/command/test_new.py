"""``trailbell new`` in a project: what it writes builds, and what it refuses leaves no file."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import PROJECT
from tests.scaffold.records import DELETE_SECRET, DENIED, OWN

pytestmark = pytest.mark.slow

_CLONE = PROJECT


def _run(root: Path, *command: str) -> tuple[int, str, str]:
    """Run a module of Python in a project. Returns the exit code, the output and the errors."""
    environment = os.environ | {
        "PYTHONPATH": str(_CLONE),
        "PYTHONDONTWRITEBYTECODE": "1",
        "XDG_CACHE_HOME": str(root.parent / "cache"),
    }
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout, done.stderr


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "dist" not in path.parts
    }


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as ``trailbell init`` writes it, with records in its folder."""
    root = tmp_path_factory.mktemp("started") / "project"
    assert _run(root.parent, "trailbell", "init", str(root))[0] == 0
    (root / "record.json").write_text(json.dumps(DELETE_SECRET))
    (root / "two.json").write_text(json.dumps([DELETE_SECRET, {**DENIED, "eventID": "b"}]))
    return root


@pytest.fixture
def root(started: Path, tmp_path: Path) -> Path:
    """The project, to be changed."""
    return Path(shutil.copytree(started, tmp_path / "project"))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(
            ["detection", "Bad_Id"],
            '"Bad_Id" is not a detection ID; use lowercase letters, digits and single hyphens, a '
            'letter first, and at most 60 characters, like "root-account-use"',
            id="an ID in another form",
        ),
        pytest.param(
            ["detection", "kms"],
            "detections/kms.py would replace the module trailbell/baseline/detections/kms.py; "
            "choose another name",
            id="a module of the baseline",
        ),
        pytest.param(
            ["detection", "production-access"],
            "detections/production_access.py exists already; choose another name, or edit that "
            "file",
            id="a module of the project",
        ),
        pytest.param(
            ["detection", "new-one", "--pack", "onw"],
            'unknown pack "onw"; did you mean "own"?',
            id="an unknown pack",
        ),
        pytest.param(
            ["detection", "new-one", "--event", "kms:DisabelKey"],
            'unknown event of kms "DisabelKey"; did you mean "DisableKey"?',
            id="an unknown event",
        ),
        pytest.param(
            ["detection", "new-one", "--event", "kmss:DisableKey"],
            'unknown service "kmss"; did you mean "kms"?',
            id="an unknown service",
        ),
        pytest.param(
            ["detection", "new-one", "--event", "zzzzzz"],
            '--event: there is no service "zzzzzz"; write the first part of an eventSource and an '
            'eventName, like "iam:CreateUser"',
            id="no service of a similar name",
        ),
        pytest.param(
            ["detection", "new-one", "--from", "none.json"],
            "none.json: no such file; name a file with a record, as CloudTrail or the AWS CLI "
            "writes it",
            id="no file",
        ),
        pytest.param(
            ["detection", "new-one", "--from", "two.json"],
            "two.json: there are 2 records in it; choose one with --event-id:\n"
            f"  2025-09-02T07:15:40Z  DeleteSecret  {DELETE_SECRET['eventID']}\n"
            "  2025-09-02T07:15:40Z  PutKeyPolicy  b",
            id="several records",
        ),
        pytest.param(
            ["stack", "own"],
            'the stack "own" exists already, at stacks/own.py:17; choose another name',
            id="a stack of the project",
        ),
        pytest.param(
            ["policy", "responders"],
            "policies/responders.py exists already; choose another name, or edit that file",
            id="a policy of the project",
        ),
    ],
)
def test_what_cannot_be_written_is_one_error_and_no_file(
    arguments: list[str], error: str, started: Path
) -> None:
    before = _files(started)
    assert _run(started, "trailbell", "new", *arguments) == (2, "", f"error: {error}\n")
    assert _files(started) == before


_OTHER_PACK = "choose another pack with --pack"


@pytest.mark.parametrize(
    ("settings", "arguments", "error"),
    [
        *(
            pytest.param(
                "[catalog]\nbogus = 1",
                [kind, "new-one"],
                "trailbell.toml: catalog.bogus: unknown key",
                id=f"an unknown key, and a {kind}",
            )
            for kind in ("detection", "stack", "policy")
        ),
        pytest.param(
            '[project]\nminimum_version = "99.0"',
            ["detection", "new-one"],
            "trailbell.toml: this project is for Trailbell 99.0 or newer",
            id="a project for a newer version",
        ),
        pytest.param(
            '[baseline]\npacks = ["essentials"]',
            ["detection", "new-one", "--pack", "cis"],
            'trailbell.toml: baseline.packs: does not have the pack "cis"; add it, or '
            f"{_OTHER_PACK}",
            id="a pack of the baseline that is not taken",
        ),
        pytest.param(
            '[baseline]\nstacks = ["security-alerts"]',
            ["detection", "new-one", "--pack", "tamper"],
            'trailbell.toml: baseline.stacks: has no stack that deploys the pack "tamper"; add one '
            "(tamper, tamper-chat, tamper-hunt, tamper-queries, tamper-realtime), or "
            f"{_OTHER_PACK}",
            id="a pack whose stacks are not taken",
        ),
        pytest.param(
            "[baseline]\nenabled = false",
            ["detection", "new-one", "--pack", "tamper"],
            f'trailbell.toml: baseline.enabled: false leaves out the pack "tamper"; {_OTHER_PACK}',
            id="a pack of the baseline without the baseline",
        ),
        pytest.param(
            '[catalog]\npacks = ["essentials"]',
            ["detection", "new-one"],
            'trailbell.toml: catalog.packs: does not have the pack "own"; add it, or '
            f"{_OTHER_PACK}",
            id="a pack that is not selected",
        ),
    ],
)
def test_settings_that_forbid_it_are_an_error_and_no_file(
    settings: str, arguments: list[str], error: str, root: Path
) -> None:
    (root / "trailbell.toml").write_text(settings)
    before = _files(root)
    code, out, err = _run(root, "trailbell", "new", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {root / error}"), err
    assert _files(root) == before


@pytest.mark.parametrize(
    ("settings", "pack"),
    [
        pytest.param('[baseline]\npacks = ["tamper"]', "tamper", id="of the baseline"),
        pytest.param("[baseline]\nenabled = false", "own", id="of the project"),
        pytest.param('[catalog]\npacks = ["own"]', "own", id="that is selected"),
    ],
)
def test_a_pack_that_settings_take_can_be_named(settings: str, pack: str, root: Path) -> None:
    (root / "trailbell.toml").write_text(settings)
    assert _run(root, "trailbell", "new", "detection", "new-one", "--pack", pack)[0] == 0


@pytest.mark.parametrize(
    ("options", "error"),
    [
        pytest.param(
            ["--from", "record.json", "--event", "iam:CreateUser"],
            "--from and --event cannot be combined.",
            id="a record and an event",
        ),
        pytest.param(
            ["--event-id", "b"],
            "--event-id selects a record of the file in --from.",
            id="an ID without a file",
        ),
        pytest.param(
            ["--technique", "1098"],
            '--technique "1098" is not an ID such as T1098.001.',
            id="a technique without its letter",
        ),
    ],
)
def test_options_that_contradict_each_other_are_an_error(
    options: list[str], error: str, started: Path
) -> None:
    code, _, err = _run(started, "trailbell", "new", "detection", "new-one", *options)
    assert (code, err.splitlines()[-1]) == (2, f"Error: {error}")


def test_a_folder_that_is_no_project_is_an_error(tmp_path: Path) -> None:
    code, _, err = _run(tmp_path, "trailbell", "new", "policy", "reader")
    assert code == 2
    assert err.startswith(f"error: {tmp_path} is not in a project: ")


@pytest.mark.slow
def test_what_is_written_builds_passes_its_tests_and_asks_for_review(root: Path) -> None:
    before = _files(root)
    for arguments in (
        ["detection", "secret-destroyed", "--from", "record.json", "--severity", "high"],
        ["stack", "external-access"],
        ["stack", "payments", "--pack", "payments"],
        ["detection", "payment-key-disabled", "--event", "kms:DisableKey", "--pack", "payments"],
        ["policy", "log-reader"],
    ):
        code, _, err = _run(root, "trailbell", "new", *arguments)
        assert (code, err) == (0, "")
    new = {name for name in _files(root) if name not in before}
    assert new == {
        "detections/payment_key_disabled.py",
        "detections/secret_destroyed.py",
        "policies/log_reader.py",
        "stacks/external_access.py",
        "stacks/payments.py",
        "tests/records/secret-destroyed.json",
        "tests/test_external_access_stack.py",
        "tests/test_log_reader_policy.py",
        "tests/test_payment_key_disabled.py",
        "tests/test_payments_stack.py",
        "tests/test_secret_destroyed.py",
    }
    assert {name: text for name, text in _files(root).items() if name in before} == before
    code, out, err = _run(root, "trailbell", "build")
    assert (code, err) == (0, ""), out
    assert {line.split(":")[1].strip() for line in out.splitlines() if "# Review:" in line} == {
        name for name in new if not name.startswith("tests/")
    }
    code, out, _ = _run(root, "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert code == 0, out


def test_it_says_what_was_replaced_and_what_to_review(root: Path) -> None:
    command = ("new", "detection", "secret-destroyed", "--from", "record.json")
    assert _run(root, "trailbell", *command)[1].splitlines() == [
        "wrote detections/secret_destroyed.py",
        "wrote tests/test_secret_destroyed.py",
        "wrote tests/records/secret-destroyed.json",
        (
            "Replaced in the record: 2 key or unique IDs, 1 e-mail address, 1 account number, "
            "3 names, 2 times, 1 IP address, 1 user agent and 2 UUIDs. Review the files before you "
            "commit them: only you know whether they still name something."
        ),
        'Review the lines below each "# Review:" in detections/secret_destroyed.py.',
    ]
    record = (root / "tests/records/secret-destroyed.json").read_text()
    assert [word for word in (OWN, "jane", "Acme", "billing") if word in record] == []
