"""
The command line against another implementation: moto's StackSets and Organizations, over HTTP.

In moto, every operation succeeds immediately, and updates do not change stacks. It checks that
real requests are valid.
"""

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests import PROJECT
from trailbell.dist import manifest
from trailbell.rollout.configuration.config import REST

pytestmark = [
    pytest.mark.slow,
    pytest.mark.emulator,
    pytest.mark.skipif(importlib.util.find_spec("moto") is None, reason="moto is not installed"),
]

_MANAGER = "123456789012"
_REGION = "eu-central-1"
_REGIONS = ("eu-central-1", "us-east-1")


def _queue(name: str) -> dict[str, Any]:
    """A queue with a name: the names that moto generates are invalid in moto."""
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}


@dataclass
class Moto:
    """A moto server with an organization."""

    address: str
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.address,
            region_name=_REGION,
            aws_access_key_id="key",
            aws_secret_access_key="secret",  # noqa: S106 - of an emulator
        )

    def unit(self, name: str, accounts: int) -> tuple[str, list[str]]:
        """Create a unit with some accounts."""
        client = self.client("organizations")
        root = client.list_roots()["Roots"][0]["Id"]
        made = client.create_organizational_unit(ParentId=root, Name=name)
        unit = str(made["OrganizationalUnit"]["Id"])
        return unit, [self.account(f"{name}{number}", root, unit) for number in range(accounts)]

    def account(self, name: str, root: str, unit: str) -> str:
        client = self.client("organizations")
        status = client.create_account(Email=f"{name}@example.com", AccountName=name)
        id_ = str(status["CreateAccountStatus"]["AccountId"])
        client.move_account(AccountId=id_, SourceParentId=root, DestinationParentId=unit)
        return id_

    def run(self, *words: str) -> tuple[int, str, str]:
        """Run ``trailbell rollout``: exit code, standard output, standard error."""
        files = ["--settings", str(self.folder / "trailbell.toml")]
        files += ["--dist", str(self.folder / "dist")]
        done = subprocess.run(
            [sys.executable, "build.py", "rollout", words[0], *files, *words[1:]],
            cwd=PROJECT,
            env=os.environ | self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def settings(self, text: str) -> None:
        (self.folder / "trailbell.toml").write_text(text, encoding="utf-8")

    def template(self, *queues: str, **parameters: dict[str, Any]) -> None:
        """Write a ``dist/`` of one stack without compiling it."""
        document: dict[str, Any] = {"Resources": {name: _queue(name) for name in queues}}
        self.templates(alerts=document | ({"Parameters": parameters} if parameters else {}))

    def templates(self, **documents: dict[str, Any]) -> None:
        """Write a ``dist/`` of these stacks."""
        texts = {name: json.dumps(document) for name, document in documents.items()}
        entries = {name: self._entry(f"{name}.json", text) for name, text in texts.items()}
        listed = manifest.manifest_text(manifest.Manifest(stacks=entries))
        files = {f"{name}.json": text.encode() for name, text in texts.items()}
        manifest.write(self.folder / "dist", {**files, manifest.MANIFEST: listed.encode()})

    @staticmethod
    def _entry(name: str, text: str) -> manifest.StackEntry:
        file = manifest.describe_file(name, text)
        return manifest.StackEntry(
            summary="",
            where="",
            json=file,
            yaml=file,
            resources=1,
            parameters=0,
            outputs=0,
            capabilities={},
            regions=(),
            sources={},
            instead_of="",
        )

    def instances(self, stack_set: str = "baseline") -> list[tuple[str, str]]:
        response = self.client("cloudformation").list_stack_instances(StackSetName=stack_set)
        return sorted((each["Account"], each["Region"]) for each in response["Summaries"])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{address}/moto-api/data.json", timeout=1).close()  # noqa: S310 - ours
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


@pytest.fixture
def moto(server: str, tmp_path: Path) -> Moto:
    urllib.request.urlopen(  # noqa: S310 - ours
        urllib.request.Request(f"{server}/moto-api/reset", method="POST"),  # noqa: S310 - ours
        timeout=10,
    ).close()
    found = Moto(
        server,
        tmp_path,
        {
            "AWS_ENDPOINT_URL": server,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        },
    )
    found.client("organizations").create_organization(FeatureSet="ALL")
    found.template("High")
    return found


_BASE = f"""
[rollout.baseline]
stack = "alerts"
set = "baseline"
region = "{_REGION}"
regions = {json.dumps(_REGIONS)}
"""


def test_a_new_rollout_to_an_organization(moto: Moto) -> None:
    unit, accounts = moto.unit("prod", 2)
    moto.settings(_BASE + f'organizational_units = ["{unit}"]\n')
    assert moto.run("plan", "baseline", "--exit-code")[0] == 3
    code, out, err = moto.run("apply", "baseline", "--yes")
    assert (code, out.splitlines()[-1]) == (0, f"{REST}: done"), err
    pairs = sorted((account, region) for account in accounts for region in _REGIONS)
    assert moto.instances() == pairs
    assert moto.run("plan", "baseline", "--exit-code")[0] == 0
    assert moto.run("status", "baseline")[0] == 0


def test_a_new_account_in_an_old_region(moto: Moto) -> None:
    unit, accounts = moto.unit("prod", 1)
    moto.settings(_BASE + f'organizational_units = ["{unit}"]\n')
    assert (done := moto.run("apply", "baseline", "--yes"))[0] == 0, done
    root = moto.client("organizations").list_roots()["Roots"][0]["Id"]
    new = moto.account("new", root, unit)
    found = json.loads(moto.run("plan", "baseline", "--json")[1])
    assert [pair[:3] for pair in found["instances"] if pair[2] == "create"] == [
        [new, region, "create"] for region in _REGIONS
    ]
    assert len(accounts) == 1


def test_accounts_without_an_organization(moto: Moto) -> None:
    _, accounts = moto.unit("prod", 2)
    moto.settings(
        _BASE + f'permissions = "self-managed"\naccounts = {json.dumps(accounts)}\n'
        f'[rollout.baseline.wave.canary]\naccounts = ["{accounts[0]}"]\n'
    )
    code, out, err = moto.run("apply", "baseline", "--yes")
    assert (code, out.splitlines()[-2:]) == (0, ["canary: done", f"{REST}: done"]), out + err
    assert moto.run("remove", "baseline", "--region", "us-east-1", "--yes")[0] == 0
    assert moto.instances() == sorted((account, _REGION) for account in accounts)
    assert moto.run("remove", "baseline", "--all", "--yes")[0] == 0
    sets = moto.client("cloudformation").list_stack_sets()["Summaries"]
    assert [(each["StackSetName"], each["Status"]) for each in sets] == [("baseline", "DELETED")]


def test_a_new_template_reaches_the_stack_set(moto: Moto) -> None:
    unit, _ = moto.unit("prod", 1)
    moto.settings(_BASE + f'organizational_units = ["{unit}"]\n')
    assert (done := moto.run("apply", "baseline", "--yes"))[0] == 0, done
    moto.template("High", "Low")
    out = moto.run("plan", "baseline")[1]
    assert "    + Low  AWS::SQS::Queue  add" in out.splitlines()
    assert (done := moto.run("apply", "baseline", "--yes"))[0] == 0, done
    found = moto.client("cloudformation").describe_stack_set(StackSetName="baseline")
    assert set(json.loads(found["StackSet"]["TemplateBody"])["Resources"]) == {"High", "Low"}


def test_a_saved_plan_is_applied_once(moto: Moto) -> None:
    unit, accounts = moto.unit("prod", 2)
    moto.settings(_BASE + f'organizational_units = ["{unit}"]\n')
    plan = str(moto.folder / "plan.json")
    assert (done := moto.run("plan", "baseline", "--out", plan))[0] == 0, done
    assert moto.run("apply", "other", "--plan", plan, "--yes")[0] == 2
    assert (done := moto.run("apply", "--plan", plan, "--yes"))[0] == 0, done
    assert len(moto.instances()) == len(accounts) * len(_REGIONS)
    code, _, err = moto.run("apply", "--plan", plan, "--yes")
    assert (code, "is out of date: what would be done now differs" in err) == (2, True), err


def test_a_secret_is_pushed_by_a_saved_plan_and_nothing_else(moto: Moto) -> None:
    unit, _ = moto.unit("prod", 1)
    moto.template("High", Token={"Type": "String", "NoEcho": True})
    text = _BASE + f'organizational_units = ["{unit}"]\nparameters = {{ Token = "old-word" }}\n'
    moto.settings(text)
    assert (done := moto.run("apply", "baseline", "--yes"))[0] == 0, done
    moto.settings(text.replace("old-word", "new-word"))
    assert moto.run("plan", "baseline", "--exit-code")[0] == 0
    plan, push = moto.folder / "plan.json", ("--push-secret", "Token")
    code, out, err = moto.run("plan", "baseline", *push, "--out", str(plan), "--exit-code")
    assert (code, "  parameter Token: **** → ****" in out.splitlines()) == (3, True), out
    assert "new-word" not in out + err + plan.read_text("utf-8")
    assert moto.run("plan", "baseline", *push, "--exit-code", "--fail-on", "remove")[0] == 4
    assert moto.run("apply", "--plan", str(plan), *push, "--yes")[0] == 2
    assert (done := moto.run("apply", "--plan", str(plan), "--yes"))[0] == 0, done
    described = moto.client("cloudformation").describe_stack_set(StackSetName="baseline")
    assert described["StackSet"]["Parameters"] == [
        {"ParameterKey": "Token", "ParameterValue": "new-word"}
    ]


def test_a_plan_that_removes_stacks_can_be_blocked(moto: Moto) -> None:
    unit, accounts = moto.unit("prod", 1)
    moto.settings(_BASE + f'organizational_units = ["{unit}"]\n')
    assert moto.run("apply", "baseline", "--yes")[0] == 0
    moto.settings(_BASE.replace(', "us-east-1"', "") + f'organizational_units = ["{unit}"]\n')
    gate = ("--fail-on", "remove")
    assert moto.run("plan", "baseline", *gate)[0] == 1
    assert moto.run("plan", "baseline", "--exit-code", *gate)[0] == 4
    assert moto.run("plan", "baseline", "--exit-code", "--fail-on", "broaden")[0] == 3
    code, out, _ = moto.run("apply", "baseline", "--yes", "--json", *gate)
    result = json.loads(out)
    assert (code, result["succeeded"], result["message"]) == (
        1,
        False,
        "The plan is blocked by --fail-on remove. Nothing was changed.",
    )
    assert {stage["status"] for stage in result["stages"]} == {"not started"}
    assert len(moto.instances()) == len(accounts) * len(_REGIONS)


_SEVERAL = f"""
[rollout.baseline]
stacks = ["tamper", "identity", "base", "exposure"]
region = "{_REGION}"
regions = {json.dumps(_REGIONS)}
"""
_ORDER = ("base", "tamper", "identity", "exposure")
_PACKS = ("tamper", "identity", "exposure")


def _base_and_packs(queues: int = 1) -> dict[str, Any]:
    """A base with an export, and packs that import it."""
    name = {"Fn::Sub": "${InstallationName}-LogGroupName"}
    parameters = {"InstallationName": {"Type": "String", "Default": "main"}}
    base = {
        "Parameters": parameters,
        "Resources": {f"Base{number}": _queue(f"base{number}") for number in range(queues)},
        "Outputs": {"Logs": {"Value": "logs", "Export": {"Name": name}}},
    }
    return {"base": base} | {
        pack: {
            "Parameters": parameters,
            "Resources": {
                pack: _queue(pack)
                | {
                    "Properties": {
                        "QueueName": pack,
                        "Tags": [{"Key": "logs", "Value": {"Fn::ImportValue": name}}],
                    }
                }
            },
        }
        for pack in _PACKS
    }


def _self_managed(accounts: list[str]) -> str:
    """moto resolves imports in the accounts of self-managed StackSets only."""
    model = f'permission_model = "self-managed"\naccounts = {json.dumps(accounts)}\n'
    return _SEVERAL + model


def test_a_base_and_three_packs_in_five_accounts_and_two_regions(moto: Moto) -> None:
    unit, accounts = moto.unit("prod", 5)
    moto.templates(**_base_and_packs())
    moto.settings(_self_managed(accounts))
    code, out, err = moto.run("apply", "baseline", "--yes")
    assert (code, out.splitlines()[-5:]) == (
        0,
        [f"{REST}: done", *(f"  {name}: done" for name in _ORDER)],
    ), out + err
    pairs = sorted((account, region) for account in accounts for region in _REGIONS)
    assert [moto.instances(f"trailbell-{name}") for name in _ORDER] == [pairs] * 4
    assert moto.run("plan", "baseline", "--exit-code")[0] == 0
    assert moto.run("status", "baseline")[0] == 0
    root = moto.client("organizations").list_roots()["Roots"][0]["Id"]
    accounts.append(moto.account("new", root, unit))
    moto.settings(_self_managed(accounts))
    assert (done := moto.run("apply", "baseline", "--yes"))[0] == 0, done
    pairs = sorted((account, region) for account in accounts for region in _REGIONS)
    assert [moto.instances(f"trailbell-{name}") for name in _ORDER] == [pairs] * 4
    code, _, err = moto.run("remove", "baseline", "--stack", "base", "--all", "--yes")
    assert (code, '"exposure"' in err) == (2, True), err
    code, out, err = moto.run("remove", "baseline", "--all", "--yes")
    assert (code, out.splitlines()[-5:]) == (
        0,
        ["stack-set: done", *(f"  {name}: done" for name in reversed(_ORDER))],
    ), out + err
    sets = moto.client("cloudformation").list_stack_sets()["Summaries"]
    assert {each["Status"] for each in sets} == {"DELETED"}


def test_a_pack_without_its_base_is_refused(moto: Moto) -> None:
    unit, _ = moto.unit("prod", 1)
    moto.templates(**_base_and_packs())
    moto.settings(
        _SEVERAL.replace('"identity", "base", "exposure"', "").replace(", ]", "]")
        + f'organizational_units = ["{unit}"]\n'
    )
    code, _, err = moto.run("plan", "baseline")
    assert (code, 'Add base to the rollout: stacks = ["base", "tamper"]' in err) == (2, True), err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        pytest.param(("apply", "--yes"), 2, "Give the NAME of a rollout, or --plan FILE.\n",
                     id="neither a name nor a plan"),
        pytest.param(("plan", "nothing"), 2,
                     'error: unknown rollout "nothing"; known: baseline\n', id="no rollout"),
        pytest.param(("apply", "baseline"), 2, "This shell is not interactive. Use --yes.\n",
                     id="not interactive"),
        pytest.param(("remove", "baseline", "--yes"), 2,
                     "Give --account, --region, or both; or --all.\n", id="nothing to remove"),
        pytest.param(("plan", "baseline", "--json", "--markdown"), 2,
                     "--json and --markdown cannot be combined.\n", id="two formats"),
        pytest.param(("status", "baseline"), 1,
                     "error: DescribeStackSet: StackSet baseline does not exist\n", id="no set"),
        pytest.param(("plan", "baseline"), 1, "error: ListAccountsForParent: "
                     "Organizational unit ou-ab12-12345678 does not exist.\n", id="no such unit"),
    ],
)  # fmt: skip
def test_each_error_is_one_message(
    moto: Moto, words: tuple[str, ...], code: int, message: str
) -> None:
    moto.settings(_BASE + 'organizational_units = ["ou-ab12-12345678"]\n')
    done, _, err = moto.run(*words)
    assert (done, err.endswith(message)) == (code, True), err


def test_an_endpoint_that_returns_html_is_no_traceback(moto: Moto) -> None:
    moto.settings(_BASE + 'organizational_units = ["ou-ab12-12345678"]\n')
    moto.variables["AWS_ENDPOINT_URL"] += "/moto-api"
    code, _, err = moto.run("status", "baseline")
    assert (code, err.startswith("error: GetCallerIdentity: "), "Traceback" in err) == (
        1,
        True,
        False,
    )
