"""The policies of a rollout: of its operator, and of the execution role."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from click.testing import CliRunner

from tests import PROJECT
from tests.called_operations import actions_of, operations
from trailbell.command import rollout_permissions as command
from trailbell.deploy.permissions import iam_actions
from trailbell.deploy.permissions.deployer import PermissionOptions, Policies
from trailbell.deploy.permissions.policy import Scope, characters
from trailbell.dist.built_templates import load_templates
from trailbell.rollout.configuration import settings
from trailbell.rollout.configuration.config import Rollout
from trailbell.rollout.permissions import execution_role_policies, operator_policies
from trailbell.settings import parse

_SERVICE = """
[rollout.baseline]
stack = "trail"
region = "eu-central-1"
account = "111122223333"
organizational_units = ["ou-ab12-00000001"]
regions = ["eu-central-1", "us-east-1"]
"""
_SELF = """
[rollout.baseline]
stack = "trail"
permission_model = "self-managed"
region = "eu-central-1"
account = "111122223333"
accounts = ["123456789012"]
regions = ["us-east-1"]
"""
_SET = "arn:aws:cloudformation:eu-central-1:111122223333:stackset/trailbell-trail:*"


def config(text: str) -> Rollout:
    table = parse(text)
    return settings.read_rollout(table, "baseline", ["trail"])


def policies(text: str, *, execution: bool = False, **options: Any) -> Policies:
    build = execution_role_policies if execution else operator_policies
    template = load_templates(PROJECT / "dist", ["trail"])[0]
    return build(config(text), {"trail": template}, PermissionOptions(scope=Scope(), **options))


def statements(text: str, **options: Any) -> dict[str, dict[str, Any]]:
    """The statements of all policies by Sid, which is unique."""
    by_sid = {}
    for policy in policies(text, **options).policies:
        assert characters(policy.document()) <= 6_144
        for each in policy.document()["Statement"]:
            assert each["Sid"] not in by_sid
            by_sid[each["Sid"]] = each
    return by_sid


# ----------------------------------------------------------------- the operator

_IN_MANAGEMENT_ACCOUNT = {
    *("CloudTrailTrail", "CloudTrailTrailLinkedRole", "CloudTrailTrailPassRole", "DeployStacks"),
    *("IAMRole", "KMSKey", "LogsLogGroup", "ReadBuckets", "ReadOnly"),
    *("S3BucketAndS3BucketPolicy", "Unscoped"),
}
_ALWAYS = {"AdministerStackSet", "ChangeStackInstances", "CreateStackSet", "ReadOrganization"}


@pytest.mark.parametrize(
    ("text", "sids"),
    [
        pytest.param(_SELF, _ALWAYS, id="self-managed with the default roles"),
        pytest.param(
            _SELF + 'administration_role = "arn:aws:iam::111122223333:role/Own"',
            _ALWAYS | {"PassAdministrationRole"},
            id="self-managed with an own administration role",
        ),
        pytest.param(_SERVICE, _ALWAYS, id="service-managed"),
        pytest.param(
            _SERVICE + 'template_bucket = "templates"',
            _ALWAYS | {"ReadTemplateBucket", "UploadTemplates"},
            id="with a bucket for long templates",
        ),
        pytest.param(
            _SERVICE + 'member_read_role = "Reader"',
            _ALWAYS | {"AssumeRoles"},
            id="with a role that reads in member accounts",
        ),
        pytest.param(
            _SERVICE + "include_management_account = true",
            _ALWAYS | _IN_MANAGEMENT_ACCOUNT,
            id="with the management account",
        ),
        pytest.param(
            _SERVICE
            + "include_management_account = true\n"
            + 'management_deploy_role = "arn:aws:iam::111122223333:role/Deployer"',
            _ALWAYS | {"AssumeRoles"},
            id="with a role for the management account",
        ),
    ],
)
def test_statements_of_the_operator(text: str, sids: set[str]) -> None:
    without_organization_trail = set(statements(text)) - {"CloudTrailTrailLinkedRole"}
    assert without_organization_trail == sids - {"CloudTrailTrailLinkedRole"}


def test_only_this_stack_set_can_be_changed() -> None:
    by_sid = statements(_SERVICE)
    assert by_sid["AdministerStackSet"]["Resource"] == [_SET]
    assert by_sid["ChangeStackInstances"] == {
        "Sid": "ChangeStackInstances",
        "Effect": "Allow",
        "Action": [
            "cloudformation:CreateStackInstances",
            "cloudformation:DeleteStackInstances",
            "cloudformation:UpdateStackInstances",
            "cloudformation:UpdateStackSet",
        ],
        "Resource": [
            *(
                f"arn:aws:cloudformation:*:*:type/resource/AWS-{name}"
                for name in (
                    *("CloudTrail-Trail", "IAM-Role", "KMS-Key", "Logs-LogGroup"),
                    *("S3-Bucket", "S3-BucketPolicy"),
                )
            ),
            "arn:aws:cloudformation:eu-central-1:111122223333:stackset-target/trailbell-trail:*",
            _SET,
        ],
    }


def test_the_stack_set_of_a_delegated_administrator_is_in_another_account() -> None:
    by_sid = statements(_SERVICE + "delegated_administrator = true")
    assert by_sid["AdministerStackSet"]["Resource"] == [
        "arn:aws:cloudformation:eu-central-1:*:stackset/trailbell-trail:*"
    ]


def test_an_own_administration_role_is_passed_to_cloudformation() -> None:
    role = "arn:aws:iam::111122223333:role/Own"
    by_sid = statements(f'{_SELF}administration_role = "{role}"')
    assert by_sid["PassAdministrationRole"] == {
        "Sid": "PassAdministrationRole",
        "Effect": "Allow",
        "Action": ["iam:PassRole"],
        "Resource": [role],
        "Condition": {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
    }


def test_the_role_of_the_management_account_needs_a_policy_of_its_own() -> None:
    role = "arn:aws:iam::111122223333:role/Deployer"
    text = f'{_SERVICE}include_management_account = true\nmanagement_deploy_role = "{role}"'
    assert policies(text).notes == (
        (
            f'The role "{role}" deploys the stack in the management account. Its permissions: '
            "trailbell permissions trail --stack-name trailbell-trail."
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_SELF, id="self-managed"),
        pytest.param(
            _SERVICE + "include_management_account = true\n[rollout.baseline.wave.all]\n"
            'accounts = ["123456789012"]\ncheck = { alarms = ["a"] }',
            id="service-managed",
        ),
    ],
)
@pytest.mark.parametrize("execution", [False, True])
def test_every_action_is_one_that_iam_knows(text: str, *, execution: bool) -> None:
    actions = {a for each in statements(text, execution=execution).values() for a in each["Action"]}
    assert {a for a in actions if not iam_actions.exists(a)} == (
        {"cloudformation:*"} if execution else set()
    )


_ALL_FEATURES = (
    _SERVICE + 'include_management_account = true\ntemplate_bucket = "templates"\n'
    'member_read_role = "Reader"\n[rollout.baseline.wave.all]\naccounts = ["123456789012"]\n'
    'check = { alarms = ["a"] }'
)


def test_every_operation_that_a_rollout_calls_is_allowed() -> None:
    """Operations are arguments of calls, or names in the plan."""
    model = Loader().load_service_model("cloudformation", "service-2")
    paths = [
        *sorted((PROJECT / "trailbell" / "rollout").rglob("*.py")),
        *(PROJECT / "trailbell" / "aws" / f"{name}.py" for name in ("stack_set", "organization")),
        *sorted((PROJECT / "trailbell" / "aws").glob("region*.py")),
    ]
    texts = {
        node.value
        for path in paths
        if path.name != "permissions.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    called = actions_of(set(operations(paths)) | texts & set(model["operations"]))
    assert {"CreateStackInstances", "ListParents", "UpdateStackSet"} <= called
    permitted = {a.split(":")[1] for s in statements(_ALL_FEATURES).values() for a in s["Action"]}
    assert called - permitted == set()


# ----------------------------------------------------------------- the execution role


def test_the_execution_role_writes_to_names_of_this_stack_set_only() -> None:
    by_sid = statements(_SELF, execution=True)
    writes = {
        arn
        for each in by_sid.values()
        if not all(map(iam_actions.is_read_only, each["Action"]))
        for arn in each["Resource"]
    }
    assert writes == {
        "*",  # cloudformation:*, the minimum that AWS documents, and kms:CreateKey
        "arn:aws:cloudtrail:us-east-1:*:trail/security-alerts-trail-us-east-1",
        "arn:aws:iam::*:role/StackSet-trailbell-trail*",
        "arn:aws:kms:us-east-1:*:key/*",
        "arn:aws:logs:us-east-1:*:log-group:StackSet-trailbell-trail-*-LogGroup-*",
        "arn:aws:s3:::stackset-trailbell-trail*",
    }
    assert [sid for sid, each in by_sid.items() if each["Resource"] == ["*"]] == [
        *("ManageStacks", "Unscoped", "ReadOnly"),
    ]


def test_names_in_the_overrides_of_an_account_are_included() -> None:
    text = _SELF + '[rollout.baseline.parameter_overrides."123456789012"]\nBucketName = "own-logs"'
    assert statements(text, execution=True)["S3BucketAndS3BucketPolicy"]["Resource"] == [
        *("arn:aws:s3:::own-logs", "arn:aws:s3:::stackset-trailbell-trail*"),
    ]


# ----------------------------------------------------------------- the command


def _invoke(folder: Path, text: str, *arguments: str) -> Any:
    path = folder / "trailbell.toml"
    path.write_text(text)
    words = ["baseline", "--settings", str(path), *arguments]
    return CliRunner().invoke(command.permissions, words)


def test_the_command_prints_one_document(tmp_path: Path) -> None:
    result = _invoke(tmp_path, _SERVICE)
    assert set(json.loads(result.stdout)) == {"Version", "Statement"}
    assert (result.exit_code, result.stderr) == (0, "")


def test_only_a_self_managed_rollout_has_execution_roles_to_write(tmp_path: Path) -> None:
    result = _invoke(tmp_path, _SERVICE, "--for-execution-role")
    assert result.exit_code == 2
    assert re.search("Error: AWS creates the execution roles of service-managed", result.stderr)
