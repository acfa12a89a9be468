"""``trailbell new``: write a detection, a stack or a policy that builds, and its test."""

import re

import click

from trailbell import settings
from trailbell.catalog.detection import Severity
from trailbell.command.deployed_pack import check_deployed
from trailbell.command.lazy_group import LazyGroup
from trailbell.command.option import examples, option
from trailbell.command.output import print_text
from trailbell.command.suggestions import suggest_packs
from trailbell.project.content_packages import import_content_from
from trailbell.project.root import project_root
from trailbell.scaffold.create import (
    DetectionOptions,
    NewFiles,
    create_detection,
    create_policy,
    create_stack,
    event_of,
)
from trailbell.scaffold.existing import Existing, read_existing
from trailbell.scaffold.new_files import check_new, write_new
from trailbell.scaffold.read_record import read_record

_TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")


COMMANDS = {
    "detection": ("trailbell.command.new", "detection", "Write a detection and its test."),
    "stack": ("trailbell.command.new", "stack", "Write a stack and its test."),
    "policy": ("trailbell.command.new", "policy", "Write an IAM policy and its test."),
}


@click.command(
    "new",
    cls=LazyGroup,
    table=COMMANDS,
    epilog=examples(
        "new detection secret-destroyed --from record.json",
        "new stack external-access",
        "new policy log-reader",
    ),
)
def command() -> None:
    """Write a detection, a stack or a policy that builds, and its test.

    Existing files are never changed.
    """


@click.command(
    "detection",
    epilog=examples(
        "new detection secret-destroyed --from record.json --severity high",
        "new detection key-disabled --event kms:DisableKey --pack own",
    ),
)
@click.argument("identifier", metavar="ID")
@option(
    "--from",
    "record_file",
    type=click.Path(allow_dash=True),
    metavar="FILE",
    help=(
        "File with a CloudTrail record for which to write the detection, in any form that "
        '"trailbell test" reads; - for standard input. Account numbers, names, addresses, keys '
        "and all other text that is not known to be harmless are replaced by examples. Default: "
        "the event of --event."
    ),
)
@option(
    "--event-id",
    metavar="ID",
    help="The eventID of the record. Required if the file has several.",
)
@option(
    "--event",
    "event_name",
    metavar="SERVICE:NAME",
    help="API call to detect, if there is no record. Default: iam:CreateUser.",
)
@option(
    "--pack",
    default="own",
    metavar="NAME",
    shell_complete=suggest_packs,
    help="Pack of the detection. Default: own.",
)
@option("--title", default="", metavar="TEXT", help="Title. Default: one made from the event.")
@option(
    "--severity",
    type=click.Choice([severity.value for severity in Severity]),
    default=Severity.MEDIUM.value,
    help="Severity. Default: medium.",
)
@option(
    "--technique",
    default="",
    metavar="ID",
    help=(
        "Technique of MITRE ATT&CK. Default: that of a detection for the same event, otherwise "
        "T1078.004 (Cloud Accounts)."
    ),
)
def detection(
    identifier: str,
    record_file: str | None,
    event_id: str | None,
    event_name: str | None,
    pack: str,
    title: str,
    severity: str,
    technique: str,
) -> int:
    """Write a detection with the ID, and its test.

    With --from, the pattern is written for a real CloudTrail record: for its API call, its outcome,
    and the parameters that make it dangerous in any account.
    """
    if record_file and event_name:
        raise click.UsageError("--from and --event cannot be combined.")
    if event_id and not record_file:
        raise click.UsageError("--event-id selects a record of the file in --from.")
    if technique and not _TECHNIQUE.fullmatch(technique):
        raise click.UsageError(f'--technique "{technique}" is not an ID such as T1098.001.')
    table = settings.load(None)
    existing = _read_existing()
    existing.check_detection(identifier)
    existing.check_known_pack(pack)
    check_deployed(pack, table, existing.stacks)
    module = identifier.replace("-", "_")
    check_new(project_root(), {f"detections/{module}.py": ""})
    record = (
        read_record(record_file, event_id)
        if record_file
        else event_of(event_name or "iam:CreateUser")
    )
    options = DetectionOptions(identifier, pack, Severity(severity), title, technique)
    return _write(create_detection(options, record, existing, place=record_file or ""))


@click.command("stack", epilog=examples("new stack external-access", "new stack own --pack own"))
@click.argument("name")
@option(
    "--pack", default="", metavar="NAME", help="New pack that the stack deploys. Default: none."
)
def stack(name: str, pack: str) -> int:
    """Write a stack with the NAME, and its test."""
    settings.load(None)
    return _write(create_stack(name, pack, _read_existing()))


@click.command("policy", epilog=examples("new policy log-reader", "new policy key-user --help"))
@click.argument("name")
def policy(name: str) -> int:
    """Write a function that returns an IAM policy, and its test."""
    settings.load(None)
    return _write(create_policy(name))


def _read_existing() -> Existing:
    import_content_from(project_root())
    return read_existing()


def _write(new: NewFiles) -> int:
    write_new(project_root(), new.texts)
    for name in new.texts:
        click.echo(f"wrote {name}")
    for note in new.notes:
        print_text(note)
    return 0
