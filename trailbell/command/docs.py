"""``build.py docs``: make the generated blocks of the documentation anew."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from pathlib import Path

import click
from cfnlint.helpers import load_plugins

from trailbell import docs
from trailbell.command.content import content
from trailbell.compile import compiled
from trailbell.place import PROJECT
from trailbell.validate.lint import RULES

PAGES = ("README.md",)


def blocks() -> Mapping[str, Callable[[], str]]:
    """What each generated block is to hold."""
    found = content()
    for fault in found.faults:
        raise fault
    documents = {s.name: compiled(s, found.catalogue).document for s in found.stacks}
    return {
        "detections": lambda: docs.detections(found.catalogue),
        "stacks": lambda: docs.stacks(found.stacks, documents),
        "parameters": lambda: docs.parameters(documents),
        "rules": lambda: docs.rules(sorted(load_plugins(str(RULES)), key=attrgetter("id"))),
    }


@click.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a page is stale.")
def command(*, check: bool) -> int:
    """Make the generated tables of the documentation anew."""
    known = blocks()
    stale = []
    for name in PAGES:
        path = Path(PROJECT, name)
        old = path.read_text(encoding="utf-8")
        new = docs.page(old, known)
        if new != old:
            stale.append(name)
            if not check:
                path.write_text(new, encoding="utf-8")
    click.echo(f"{'stale' if check else 'written'}: {', '.join(stale)}" if stale else "all is true")
    return 1 if check and stale else 0
