"""
What a pack is.

In:    the stacks that deploy a pack.
Out:   a `Pack`. Detections name it.
Never: a list of packs. A project has those that its stacks deploy.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Pack:
    """Detections that are deployed together, by the stacks that have this pack.

    ``title`` says in a few words what they detect. A detection in several packs is deployed by the
    enabled one with the lowest ``order``, which also sorts lists. Exclusions for all detections do
    not apply to detections of a pack that ``guards_alarms``.

    Raises `ValueError` for a value that cannot be used.
    """

    name: str
    title: str
    order: int
    guards_alarms: bool = False

    def __post_init__(self) -> None:
        name: object = self.name
        title: object = self.title
        order: object = self.order
        if not isinstance(name, str) or not _KEBAB.fullmatch(name):
            raise ValueError(
                f'the name of a pack must be in kebab case, like "my-pack", not {name!r}'
            )
        if not isinstance(title, str) or not title.strip():
            raise ValueError(f'the title of the pack "{name}" must be text that is not empty')
        if not isinstance(order, int) or isinstance(order, bool):
            raise ValueError(
                f'the order of the pack "{name}" must be a whole number, not {order!r}'
            )

    def __str__(self) -> str:
        return self.name

    @property
    def logical_id(self) -> str:
        """The name as a part of logical IDs: ``MyPack``."""
        return "".join(part.capitalize() for part in self.name.split("-"))


def in_order(packs: Iterable[Pack]) -> tuple[Pack, ...]:
    """Packs of different names, sorted."""
    return tuple(sorted(packs, key=lambda pack: (pack.order, pack.name)))
