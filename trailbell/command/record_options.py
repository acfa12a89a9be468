"""
The options of commands that read CloudTrail records, and what they select.

In:    the command line.
Out:   `Records`: which records are read, and which installation has them; their hits.
Never: what a command makes of the hits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from trailbell import settings
from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.command.option import Decorator, option
from trailbell.command.placeholder_values import read_placeholders
from trailbell.command.progress import progress
from trailbell.replay.collecting.collect import collect
from trailbell.replay.detection import ReplayDetection
from trailbell.replay.hit import Collected
from trailbell.replay.settings import existing_corpus, read_replay_settings
from trailbell.settings import Table
from trailbell.wording import pluralize


@dataclass(frozen=True, kw_only=True)
class Records:
    """Which records are read. Times are in seconds since 1970; ``until`` is exclusive.

    ``placeholders`` are the values of resources in patterns. ``rules`` says whether EventBridge
    rules send messages.
    """

    paths: tuple[str, ...]
    since: int | None
    until: int | None
    accounts: tuple[str, ...]
    processes: int | None
    placeholders: dict[str, str]
    per_account: bool
    rules: bool

    def collect(self, detections: Sequence[ReplayDetection]) -> Collected:
        """The hits of detections, with a progress line."""
        counts = [0, 0]

        def count(records: int, files: int) -> None:
            counts[:] = [records, files]

        def text() -> str:
            return f"reading: {pluralize(counts[0], 'record')} in {pluralize(counts[1], 'file')}"

        with progress(text):
            return collect(
                detections,
                self.paths,
                processes=self.processes,
                since=self.since,
                until=self.until,
                accounts=self.accounts,
                on_progress=count,
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
)


def record_options(*, required: bool) -> Decorator:
    """The argument ``FILES`` and the options; the command gets ``records``, a `Records`.

    Unless ``required``, a command without files reads the corpus of the settings, or with
    ``--athena`` what Athena finds. ``[replay]`` also has defaults of options.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def with_records(**given: Any) -> Any:
            names = ("since", "until", "accounts", "processes")
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
        metavar = "FILES..." if required else "[FILES]..."
        return click.argument("paths", nargs=-1, required=required, metavar=metavar)(command)

    return decorate


def _paths(table: Table, named: tuple[str, ...], *, athena: bool) -> tuple[str, ...]:
    """The files that are named, or else the corpus of the settings; none of it with ``--athena``.

    Raises `click.UsageError` if there is nothing to read.
    """
    corpus = () if named or athena else existing_corpus(table)
    if not (named or athena or corpus):
        raise click.UsageError(
            "Missing argument 'FILES...'. Name files, use --athena, or set corpus in [replay] of "
            "trailbell.toml."
        )
    return named or corpus


def _is_empty(since: int | None, until: int | None) -> bool:
    return since is not None and until is not None and since >= until
