"""
Settings of a replay: ``[replay]`` in ``trailbell.toml``.

In:    the settings.
Out:   `ReplaySettings`.
Never: a look at the records. Other commands check the table without them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from trailbell.catalog.placeholders import PLACEHOLDERS
from trailbell.settings import Table

_S3 = "s3://"


@dataclass(frozen=True, kw_only=True)
class ReplaySettings:
    """
    What the settings say. ``corpus`` are paths from the current folder, and addresses in S3.

    ``organization`` is an installation for all accounts. ``rules`` says whether messages of
    EventBridge rules count.
    """

    corpus: tuple[str, ...] = ()
    organization: bool = False
    rules: bool = True
    placeholders: Mapping[str, str] = field(default_factory=dict)


def read_replay_settings(settings: Table) -> ReplaySettings:
    """Read ``[replay]``. Raises `trailbell.errors.SettingsError`."""
    table = settings.table("replay")
    if table is None:
        return ReplaySettings()
    folder = Path(table.file).parent
    placeholders = table.table("placeholders")
    return ReplaySettings(
        corpus=tuple(_path(folder, each, table) for each in table.strings("corpus") or ()),
        organization=bool(table.boolean("organization")),
        rules=table.boolean("rules") is not False,
        placeholders=_values(placeholders) if placeholders else {},
    )


def existing_corpus(settings: Table) -> tuple[str, ...]:
    """The corpus, all of which is there. Raises `trailbell.errors.SettingsError`."""
    corpus = read_replay_settings(settings).corpus
    for path in corpus:
        table = settings.table("replay")
        if table is not None and not path.startswith(_S3) and not Path(path).exists():
            problem = f"there is no file or directory {path}"
            raise table.error("corpus", problem, "correct the path, or name files for the command")
    return corpus


def _path(folder: Path, path: str, table: Table) -> str:
    if path.startswith(_S3):
        return path
    if path in ("", "-"):
        problem = f'"{path}" is neither a file nor a directory'
        raise table.error(
            "corpus", problem, "write a path, or an address such as s3://bucket/prefix"
        )
    return str(folder / path)


def _values(table: Table) -> dict[str, str]:
    known = frozenset(PLACEHOLDERS)
    for name in table.names():
        if name not in known:
            raise table.error(name, "unknown placeholder", "", known=known, name=name)
    return {name: table.string(name) or "" for name in table.names()}
