"""
Suggestions for shell completion: stacks, detections, environments, rollouts, Regions.

In:    the words of the command line so far, and the files of the project as they are.
Out:   the names that can follow. A file that cannot be read suggests nothing.
Never: an error, an import of content, or a call to AWS.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from trailbell import settings, text_files
from trailbell.command.dist_folder import dist_folder
from trailbell.compiler import literals
from trailbell.dist import manifest
from trailbell.errors import TrailbellError
from trailbell.project.root import BASELINE, project_root
from trailbell.validate.regions import known_regions

_PACK = re.compile(r'\bPack\(\s*name="([a-z0-9-]+)"')

Suggest = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
Names = Callable[[click.Context], Mapping[str, str]]
"""Names with one line about each, which zsh and fish show."""


def _suggest(names: Names) -> Suggest:
    """Suggest the names that begin with what was typed, without those that were given before."""

    def suggest(
        ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        try:
            known = names(ctx)
        except (TrailbellError, OSError, ValueError):
            return []
        given = ctx.params.get(param.name or "")
        used = frozenset(given) if isinstance(given, tuple) else frozenset()
        return [
            CompletionItem(name, help=known[name] or None)
            for name in sorted(known)
            if name.startswith(incomplete) and name not in used
        ]

    return suggest


def _stacks(ctx: click.Context) -> Mapping[str, str]:
    folder = ctx.params.get("dist_dir")
    entries = manifest.read(folder if isinstance(folder, Path) else dist_folder()).stacks
    return {name: entry.summary for name, entry in entries.items()}


def _detections(_: click.Context) -> Mapping[str, str]:
    return dict.fromkeys(
        (each for text in _modules("detections") for each in literals.ids(text)), ""
    )


def _packs(_: click.Context) -> Mapping[str, str]:
    return dict.fromkeys((each for text in _modules("stacks") for each in _PACK.findall(text)), "")


def _modules(content: str) -> Iterator[str]:
    """The modules of the project, and those of the baseline if the project uses it."""
    root = project_root()
    baseline = settings.load(None).values.get("baseline")
    used = not (isinstance(baseline, dict) and baseline.get("enabled") is False)
    paths = {
        path.name: path
        for folder in ([BASELINE, root] if used else [root])
        for path in sorted((folder / content).glob("*.py"))
    }
    return map(text_files.read_text, paths.values())


def _tables(section: str) -> Names:
    """The names of the tables of a section of the settings, such as ``[rollout.NAME]``."""

    def names(ctx: click.Context) -> Mapping[str, str]:
        path = ctx.params.get("settings_path")
        tables = settings.load(path if isinstance(path, Path) else None).values.get(section)
        return dict.fromkeys(tables if isinstance(tables, dict) else (), "")

    return names


def _regions(_: click.Context) -> Mapping[str, str]:
    return dict.fromkeys(known_regions(), "")


def suggest_words(words: Iterable[str]) -> Suggest:
    """Suggest words of a list that is typed with commas: ``replace,remove``."""
    known = tuple(words)

    def suggest(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
        before, comma, start = incomplete.rpartition(",")
        used = before.split(",")
        return [
            CompletionItem(f"{before}{comma}{word}")
            for word in known
            if word.startswith(start) and word not in used
        ]

    return suggest


suggest_stacks = _suggest(_stacks)
suggest_packs = _suggest(_packs)
suggest_detections = _suggest(_detections)
suggest_environments = _suggest(_tables("environment"))
suggest_rollouts = _suggest(_tables("rollout"))
suggest_regions = _suggest(_regions)
