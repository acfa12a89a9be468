"""
Whether the project deploys a pack.

In:    the name of a pack; ``[baseline]`` and ``[catalog]``; the stacks of the project and of the
       baseline.
Out:   an error that names the key that leaves the pack out.
Never: content. A module that cannot be read is reported by the build.
"""

from collections.abc import Sequence

from trailbell.build.baseline import BaselineSelection, read_baseline
from trailbell.compiler.stack import Stack
from trailbell.errors import SettingsError
from trailbell.settings import Table
from trailbell.source_location import is_baseline

_OTHER = "choose another pack with --pack"


def check_deployed(pack: str, table: Table, stacks: Sequence[Stack]) -> None:
    """Raise `SettingsError` if no stack that is built has the pack, or ``[catalog]`` omits it."""
    ours = [stack for stack in stacks if is_baseline(stack.location)]
    baseline = read_baseline(
        table, {stack.pack.name for stack in ours if stack.pack}, {stack.name for stack in ours}
    )
    with_pack = [stack for stack in stacks if stack.pack and stack.pack.name == pack]
    in_baseline = [stack for stack in with_pack if stack in ours]
    if with_pack == in_baseline and not any(
        _deploys(baseline, stack, pack) for stack in in_baseline
    ):
        raise _left_out_by_baseline(pack, table, baseline, in_baseline)
    catalog = table.table("catalog")
    packs = catalog.strings("packs") if catalog else None
    if catalog and packs is not None and pack not in packs:
        raise catalog.error("packs", f'does not have the pack "{pack}"', f"add it, or {_OTHER}")


def _deploys(baseline: BaselineSelection, stack: Stack, pack: str) -> bool:
    required = None if stack.without_detections else pack
    return baseline.has_pack(pack) and baseline.has_stack(stack.name, required)


def _left_out_by_baseline(
    pack: str, table: Table, baseline: BaselineSelection, stacks: Sequence[Stack]
) -> SettingsError:
    below = table.table("baseline") or table
    if not baseline.enabled:
        problem = f'false leaves out the pack "{pack}"'
        return below.error("enabled", problem, _OTHER)
    if not baseline.has_pack(pack):
        return below.error("packs", f'does not have the pack "{pack}"', f"add it, or {_OTHER}")
    names = ", ".join(sorted(stack.name for stack in stacks))
    problem = f'has no stack that deploys the pack "{pack}"'
    return below.error("stacks", problem, f"add one ({names}), or {_OTHER}")
