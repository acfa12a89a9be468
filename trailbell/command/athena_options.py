"""
The options of commands that read the hits of detections with Athena.

In:    the command line.
Out:   `AthenaOptions`; the hits, after the plan was shown and confirmed.
Never: a query without confirmation, or a question where no one can answer.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import click

from trailbell.aws.client import SessionConfig
from trailbell.aws.sign_in import ExpectedAccount, sign_in
from trailbell.command.option import is_not_interactive, option
from trailbell.command.options import YES
from trailbell.command.output import print_lines
from trailbell.command.progress import progress
from trailbell.command.record_options import Records
from trailbell.command.terminal import Terminal
from trailbell.replay.collecting.athena_scan import AthenaRequest, build_plan, plan_lines, run_plan
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected
from trailbell.styled_text import line

_OPTIONS = (
    option(
        "--athena",
        "workgroup",
        metavar="WORKGROUP",
        help=(
            "Evaluate the detections with Athena in this workgroup, such as that of the stack "
            "hunt. Needs --since. Default: read FILES."
        ),
    ),
    option(
        "--database",
        default="trailbell",
        metavar="NAME",
        help="Database of the table cloudtrail_logs, for --athena. Default: trailbell.",
    ),
    YES,
)


@dataclass(frozen=True, kw_only=True)
class AthenaOptions:
    """Where the queries run, and whether they run without confirmation."""

    workgroup: str
    database: str
    yes: bool

    def collect(self, detections: Sequence[ReplayDetection], records: Records) -> Collected | None:
        """
        The hits of detections; None if the plan was not confirmed.

        Raises `PreconditionError` for what cannot run, and `AwsError`.
        """
        terminal = Terminal(yes=self.yes)
        if not self.yes and not terminal.interactive():
            raise is_not_interactive("Use --yes to run queries, which cost money.")
        assert records.since is not None  # see `check`
        until = records.until if records.until is not None else int(time.time())
        request = AthenaRequest(
            workgroup=self.workgroup,
            database=self.database,
            since=records.since,
            until=until,
            accounts=records.accounts,
        )
        config = SessionConfig(region=records.region, profile=records.profile)
        with progress("adding up the sizes of log files"):
            session, _ = sign_in(config, ExpectedAccount("--athena", ""))
            plan = build_plan(session, detections, request)
        print_lines(map(line, plan_lines(plan)), err=True)
        if not terminal.confirm("Run it?"):
            return None
        with progress("waiting for Athena"):
            return run_plan(session, plan)

    def check(self, records: Records) -> None:
        """Raise `click.UsageError` for options that exclude each other, or without events."""
        if records.paths:
            raise click.UsageError("Give FILES or --athena, not both.")
        if records.since is None:
            raise click.UsageError("--athena needs --since: Athena bills what it reads.")
        if records.since > time.time():
            raise click.UsageError("--since is in the future.")


def athena_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options; the command gets ``athena``, an `AthenaOptions` or None.

    It is below `record_options`, whose files are not read then.
    """

    @wraps(function)
    def with_athena(records: Records, **given: Any) -> Any:
        options = AthenaOptions(
            **{name: given.pop(name) for name in ("database", "yes")},
            workgroup=given.pop("workgroup") or "",
        )
        if options.workgroup:
            options.check(records)
        athena = options if options.workgroup else None
        return function(records=records, athena=athena, **given)

    command: Callable[..., Any] = with_athena
    for each in reversed(_OPTIONS):
        command = each(command)
    return command
