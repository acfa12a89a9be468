"""``trailbell permissions``: the IAM policies that deploying needs."""

import json
from pathlib import Path

import click

from trailbell.command.option import Decorator, examples, option
from trailbell.command.options import StackOptions, stack_options
from trailbell.command.output import print_note
from trailbell.command.suggestions import suggest_stacks
from trailbell.deploy.permissions.deployer import (
    PermissionOptions,
    Policies,
    deployer_policies,
)
from trailbell.deploy.permissions.drill import drill_policies
from trailbell.deploy.permissions.policy import Scope
from trailbell.deploy.target import resolve_stacks
from trailbell.template.partitions import CONSOLE_DOMAINS

PARTITION = option(
    "--partition",
    type=click.Choice(tuple(CONSOLE_DOMAINS)),
    default="aws",
    help="AWS partition of the ARNs. Default: aws.",
)
ALLOW_DELETION = option(
    "--allow-deletion",
    "allow_deletion",
    is_flag=True,
    help=(
        "Also allow deleting the resources that the templates retain, as the rollback of a failed "
        "first deployment does. Default: not allowed."
    ),
)
TEMPLATE_KEY: Decorator = option(
    "--template-key",
    "template_key",
    default="",
    metavar="ARN",
    help="ARN of the KMS key that encrypts the template bucket. Default: no KMS key.",
)
OUTPUT_DIR = option(
    "--output-dir",
    "output_dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Directory to write each policy to, as NAME.json. Default: standard output.",
)


@click.command(
    "permissions",
    epilog=examples(
        "permissions alerts",
        "permissions alerts tamper --for-service-role",
        "permissions alerts --for drill",
    ),
)
@click.argument("stacks", nargs=-1, shell_complete=suggest_stacks)
@stack_options
@option(
    "--for-service-role",
    "for_service_role",
    former=("--boundary",),
    is_flag=True,
    help="Print the policy for a CloudFormation service role instead.",
)
@option(
    "--for",
    "purpose",
    type=click.Choice(["deploy", "drill"]),
    default="deploy",
    help="What the policy is for: deploy and verify (default), or drill.",
)
@ALLOW_DELETION
@TEMPLATE_KEY
@OUTPUT_DIR
@PARTITION
def command(
    options: StackOptions,
    stacks: tuple[str, ...],
    purpose: str,
    partition: str,
    template_key: str,
    output_dir: Path | None,
    *,
    for_service_role: bool,
    allow_deletion: bool,
) -> int:
    """Print the IAM policy that a principal needs to deploy STACKS (default: all), or with --for
    drill to run trailbell drill.

    Names in the policy are those that the templates have with the given parameters, which also
    apply to the stacks that STACKS can import from. One policy is
    printed as its document. If the permissions exceed the 6,144 characters of a managed policy,
    a JSON list is printed, with the PolicyName and PolicyDocument of each. AWS is not contacted.
    """
    if purpose == "drill" and for_service_role:
        raise click.UsageError("--for drill and --for-service-role cannot be combined.")
    work = options.select(stacks, parameters_of_all=True)
    environment = work.environment
    permission_options = PermissionOptions(
        scope=Scope(
            partition=partition,
            account=environment.account or "*",
            region=environment.region or "*",
        ),
        all_stacks=resolve_stacks(work.templates, work.templates, environment),
        for_service_role=for_service_role,
        allow_deletion=allow_deletion,
        template_key=template_key,
    )
    build = drill_policies if purpose == "drill" else deployer_policies
    write_policies(build(work.stacks_to_deploy(), permission_options), output_dir)
    return 0


def write_policies(policies: Policies, output_dir: Path | None) -> None:
    """Print policies, or write each to a file; print the notes to standard error."""
    if output_dir is None:
        click.echo(json.dumps(policies.to_json(), indent=4))
    else:
        output_dir.mkdir(parents=True, exist_ok=True)
        for policy in policies.policies:
            path = output_dir / f"{policy.name}.json"
            path.write_text(json.dumps(policy.document(), indent=4) + "\n", encoding="utf-8")
            click.echo(str(path))
    for note in policies.notes:
        print_note(note)
