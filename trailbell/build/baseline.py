"""
What a project takes from the baseline: ``[baseline]`` in ``trailbell.toml``.

In:    a table of settings; the names of the baseline's packs and stacks.
Out:   a `BaselineSelection`.
Never: what the project defines. It is always built.

::

    [baseline]
    enabled = true                              # default; false builds only your own
    packs = ["essentials", "tamper"]            # default: all packs
    stacks = ["security-alerts", "tamper"]      # default: all stacks of these packs
    deployed_elsewhere = ["alerts"]             # by another project; yours may import from it
"""

from collections.abc import Collection
from dataclasses import dataclass

from trailbell.settings import Table


@dataclass(frozen=True)
class BaselineSelection:
    """What is built of the baseline. None means everything."""

    enabled: bool = True
    packs: frozenset[str] | None = None
    stacks: frozenset[str] | None = None
    deployed_elsewhere: frozenset[str] = frozenset()

    def has_pack(self, pack: str) -> bool:
        """Whether detections of a pack of the baseline are built."""
        return self.enabled and (self.packs is None or pack in self.packs)

    def has_stack(self, stack: str, pack: str | None) -> bool:
        """Whether a stack of the baseline is built. ``pack`` is the one without which it is not."""
        chosen = self.enabled and (self.stacks is None or stack in self.stacks)
        return chosen and (pack is None or self.has_pack(pack))


def read_baseline(
    settings: Table, packs: Collection[str], stacks: Collection[str]
) -> BaselineSelection:
    """Read ``[baseline]``. Raises `trailbell.errors.SettingsError`."""
    table = settings.table("baseline")
    if table is None:
        return BaselineSelection()
    selection = BaselineSelection(
        enabled=table.boolean("enabled") is not False,
        packs=_known(table, "packs", packs, "pack"),
        stacks=_known(table, "stacks", stacks, "stack"),
        deployed_elsewhere=_known(table, "deployed_elsewhere", stacks, "stack") or frozenset(),
    )
    for key in ("packs", "stacks"):
        if not selection.enabled and getattr(selection, key) is not None:
            raise table.error(key, "has no effect with enabled = false", "remove one of the two")
    both = (selection.stacks or frozenset()) & selection.deployed_elsewhere
    if both:
        raise table.error(
            "deployed_elsewhere",
            f'"{min(both)}" is also in "stacks"',
            "remove it from one of the two",
        )
    return selection


def _known(table: Table, key: str, known: Collection[str], noun: str) -> frozenset[str] | None:
    names = table.strings(key)
    for name in names or ():
        if name not in known:
            raise table.error(
                key,
                f'the baseline has no {noun} "{name}"',
                "",
                known=frozenset(known),
                name=name,
            )
    return None if names is None else frozenset(names)
