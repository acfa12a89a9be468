"""
Which stacks import what a stack exports: as long as they do, it can be neither changed nor deleted.

In:    a stack.
Out:   its exports that are imported, with the importing stacks.
Never: a stack of another account or Region: imports do not reach beyond them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from dataclasses import dataclass
from functools import partial

from trailbell.aws.cloudformation import CloudFormation, Stack
from trailbell.aws.threads import run_concurrently
from trailbell.errors import AwsError


@dataclass(frozen=True)
class ImportedExport:
    """An export, and the stacks that import it."""

    name: str
    importers: tuple[str, ...]


@dataclass(frozen=True)
class Imports:
    """The imported exports of a stack. ``unreadable`` is the reason if they could not be read."""

    exports: tuple[ImportedExport, ...] = ()
    unreadable: str = ""

    @property
    def stacks(self) -> tuple[str, ...]:
        """The names of all importing stacks."""
        return tuple(sorted({name for export in self.exports for name in export.importers}))


def read_imports(cloud: CloudFormation, stack: Stack) -> Imports:
    """Read which stacks import from this one. Raises no `AwsError`: that is a reason."""
    try:
        importers = run_concurrently(partial(_read, cloud, name) for name in stack.exports)
    except AwsError as error:
        return Imports(unreadable=error.reason)
    return Imports(tuple(export for export in importers if export.importers))


def _read(cloud: CloudFormation, name: str) -> ImportedExport:
    return ImportedExport(name, cloud.importers(name))
