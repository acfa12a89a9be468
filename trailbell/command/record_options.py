"""
The options of commands that read CloudTrail records, and what they select.

In:    the command line.
Out:   `Records`: which records are read, and which installation has them; their hits.
Never: what a command makes of the hits.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any

import click

from trailbell import settings
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.command.option import option
from trailbell.command.placeholder_values import read_placeholders
from trailbell.command.progress import Progress, progress
from trailbell.command.suggestions import suggest_regions
from trailbell.replay.collecting.buckets import open_bucket
from trailbell.replay.collecting.collect import collect
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected
from trailbell.replay.settings import existing_corpus, read_replay_settings
from trailbell.settings import Table
from trailbell.wording import pluralize

_ACCOUNT = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, kw_only=True)
class Records:
    """Which records are read. Times are in seconds since 1970; ``until`` is exclusive.

    ``placeholders`` are the values of resources in patterns. ``rules`` says whether EventBridge
    rules send messages. ``region`` and ``profile`` are those of AWS, for buckets and Athena.
    """

    paths: tuple[str, ...]
    since: int | None
    until: int | None
    accounts: tuple[str, ...]
    processes: int | None
    placeholders: dict[str, str]
    per_account: bool
    rules: bool
    region: str = ""
    profile: str = ""

    def collect(self, detections: Sequence[ReplayDetection]) -> Collected:
        """The hits of detections, with a progress line."""
        counts = [0, 0]

        lines: list[Progress] = []

        def text() -> str:
            return f"reading: {pluralize(counts[0], 'record')} in {pluralize(counts[1], 'file')}"

        with ExitStack() as shown:

            def count(records: int, files: int) -> None:
                """The line is a thread, which must not be there when processes are copied."""
                counts[:] = [records, files]
                if not lines:
                    lines.append(shown.enter_context(progress(text)))

            return collect(
                detections,
                self.paths,
                processes=self.processes,
                since=self.since,
                until=self.until,
                accounts=self.accounts,
                on_progress=count,
                open_bucket=partial(open_bucket, region=self.region, profile=self.profile),
            )


def _seconds(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f'"{text}" is not a date or time, such as 2026-11-23 or 2026-11-23T12:00:00Z.'
        ) from error
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp())


def _account_ids(
    _context: click.Context, _option: click.Parameter, texts: tuple[str, ...]
) -> tuple[str, ...]:
    for text in texts:
        if not _ACCOUNT.fullmatch(text):
            raise click.BadParameter(f'"{text}" is not the 12 digits of an account.')
    return texts


_OPTIONS = (
    option(
        "--since",
        callback=_seconds,
        metavar="TIME",
        help="Read events from this date or time on, UTC: 2026-11-23. Default: all.",
    ),
    option(
        "--until",
        callback=_seconds,
        metavar="TIME",
        help="Read events before this date or time, UTC. Default: all.",
    ),
    option(
        "--account",
        "accounts",
        multiple=True,
        metavar="ID",
        callback=_account_ids,
        help="Read events of this account only. Can be repeated. Default: all.",
    ),
    option(
        "--organization/--no-organization",
        default=None,
        help=(
            "One installation has the events of all accounts, as with an organization trail. "
            "Default: that of the settings, or else each account has its own alarms."
        ),
    ),
    option(
        "--placeholder",
        "placeholders",
        multiple=True,
        metavar="NAME=VALUE",
        help=(
            "Value for a placeholder in the patterns, as NAME=VALUE. Can be repeated. "
            f"Placeholders: {', '.join(PLACEHOLDERS)}."
        ),
    ),
    option(
        "--processes",
        type=click.IntRange(min=1),
        metavar="N",
        help="Processes that read records. Default: one for each core.",
    ),
    option(
        "--region",
        default="",
        metavar="REGION",
        shell_complete=suggest_regions,
        help="AWS Region of a bucket or of Athena. Default: that of the AWS configuration.",
    ),
    option(
        "--profile",
        default="",
        metavar="NAME",
        help="AWS profile for a bucket or Athena. Default: that of the AWS configuration.",
    ),
)


def record_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument ``FILES`` and the options; the command gets ``records``, a `Records`.

    Without files, the corpus of the settings is read, or with ``--athena`` what Athena finds.
    ``[replay]`` also has defaults of options.
    """

    @wraps(function)
    def with_records(**given: Any) -> Any:
        names = ("since", "until", "accounts", "processes", "region", "profile")
        table = settings.load(None)
        configured = read_replay_settings(table)
        placeholders = read_placeholders(given.pop("placeholders"))
        organization = given.pop("organization")
        records = Records(
            **{name: given.pop(name) for name in names},
            paths=_paths(table, given.pop("paths"), athena=bool(given.get("workgroup"))),
            placeholders={**configured.placeholders, **placeholders},
            per_account=not (configured.organization if organization is None else organization),
            rules=configured.rules,
        )
        if _is_empty(records.since, records.until):
            raise click.UsageError("--since must be before --until.")
        return function(records=records, **given)

    command: Callable[..., Any] = with_records
    for each in reversed(_OPTIONS):
        command = each(command)
    return click.argument("paths", nargs=-1, metavar="[FILES]...")(command)


def _paths(table: Table, named: tuple[str, ...], *, athena: bool) -> tuple[str, ...]:
    """The files that are named, or else the corpus of the settings; none of it with ``--athena``.

    Raises `click.UsageError` if there is nothing to read.
    """
    corpus = () if named or athena else existing_corpus(table)
    if not (named or athena or corpus):
        raise click.UsageError(
            "Missing argument 'FILES...'. Name files, or set corpus in [replay] of trailbell.toml."
        )
    return named or corpus


def _is_empty(since: int | None, until: int | None) -> bool:
    return since is not None and until is not None and since >= until
