"""``trailbell rollout permissions``: the IAM policies that a rollout needs."""

from pathlib import Path

import click

from trailbell.command.option import examples, option
from trailbell.command.options import DIST, SETTINGS
from trailbell.command.permissions import (
    ALLOW_DELETION,
    OUTPUT_DIR,
    PARTITION,
    TEMPLATE_KEY,
    write_policies,
)
from trailbell.command.rollout_request import RolloutFiles
from trailbell.command.suggestions import suggest_rollouts
from trailbell.deploy.permissions.deployer import PermissionOptions
from trailbell.deploy.permissions.policy import Scope
from trailbell.rollout.configuration.config import PermissionModel
from trailbell.rollout.permissions import execution_role_policies, operator_policies


@click.command(
    "permissions",
    epilog=examples(
        "rollout permissions baseline", "rollout permissions baseline --for-execution-role"
    ),
)
@click.argument("name", shell_complete=suggest_rollouts)
@SETTINGS
@DIST
@option(
    "--for-execution-role",
    "for_execution_role",
    is_flag=True,
    help=(
        "Print the policy of the execution role in the accounts of a self-managed rollout instead."
    ),
)
@ALLOW_DELETION
@TEMPLATE_KEY
@OUTPUT_DIR
@PARTITION
def permissions(
    name: str,
    settings_path: Path | None,
    dist_dir: Path,
    partition: str,
    template_key: str,
    output_dir: Path | None,
    *,
    for_execution_role: bool,
    allow_deletion: bool,
) -> int:
    """Print the IAM policy that a principal needs to apply the rollout NAME with all its stacks.

    AWS is not contacted.
    """
    files = RolloutFiles(settings_path=settings_path, dist_dir=dist_dir, output="text")
    request = files.request(name)
    if for_execution_role and request.rollout.shared.permission_model is not PermissionModel.SELF:
        raise click.UsageError(
            "AWS creates the execution roles of service-managed rollouts. --for-execution-role is "
            'for permission_model = "self-managed".'
        )
    options = PermissionOptions(
        scope=Scope(partition=partition),
        allow_deletion=allow_deletion,
        template_key=template_key,
    )
    build = execution_role_policies if for_execution_role else operator_policies
    write_policies(build(request.rollout, request.templates, options), output_dir)
    return 0
