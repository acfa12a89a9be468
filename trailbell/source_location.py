"""
The line of user code that created an object or raised an exception.

In:    the call stack, when an object is created; an exception.
Out:   a `SourceLocation`: file and line, relative to the project, the same on every machine.
Never: a line of a library or of the engine, because users fix their own code.
"""

import inspect
import sysconfig
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType

from trailbell.project.root import BASELINE, BASELINE_NAME, CONTENT, ENGINE, chosen_root

_NOT_CONTENT = (f"{ENGINE}/", sysconfig.get_path("stdlib"))


@dataclass(frozen=True, order=True)
class SourceLocation:
    """A line of a file; ``path`` is relative to the project and uses ``/``."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def content_path(filename: str) -> str | None:
    """The path to display for a file; None for a file of the engine or of a library.

    It is relative to the project, or that of the baseline in the package.
    """
    return _content_path(filename, chosen_root())


@cache
def _content_path(filename: str, root: Path | None) -> str | None:
    if filename.startswith("<"):
        return None
    path = Path(filename)
    if root != BASELINE and _is_baseline(path):
        return f"{BASELINE_NAME}/{path.relative_to(BASELINE).as_posix()}"
    if filename.startswith(_NOT_CONTENT) or "site-packages" in path.parts:
        return None
    resolved = path.resolve()
    if root is not None and resolved.is_relative_to(root):
        return resolved.relative_to(root).as_posix()
    return path.name


def is_baseline(location: SourceLocation | None) -> bool:
    """Whether a line is in the baseline, of which a clone is the project itself."""
    return location is not None and (chosen_root() == BASELINE or is_installed(location))


def is_installed(location: SourceLocation | None) -> bool:
    """Whether a line is in the baseline and not in the project."""
    return location is not None and location.path.startswith(f"{BASELINE_NAME}/")


def _is_baseline(path: Path) -> bool:
    """Whether a file belongs to the content of the baseline, not to the engine."""
    return path.is_relative_to(BASELINE) and path.relative_to(BASELINE).parts[0] in CONTENT


def caller_location() -> SourceLocation | None:
    """The innermost line of user code on the call stack."""
    return next(_content_frames(), None)


def definition_location() -> SourceLocation | None:
    """The line of the statement of a module that calls this, perhaps through functions.

    Without one, for example in a function that a program calls later, the innermost line.
    """
    return next(_content_frames(module_level=True), None) or caller_location()


def _content_frames(*, module_level: bool = False) -> Iterator[SourceLocation]:
    """The lines of user code on the call stack, or those of statements of modules only."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        content = content_path(frame.f_code.co_filename)
        if content is not None and (not module_level or frame.f_code.co_name == "<module>"):
            yield SourceLocation(content, frame.f_lineno)
        frame = frame.f_back


def location_of(error: BaseException) -> SourceLocation | None:
    """The innermost line of user code in the traceback of an exception."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return SourceLocation(content_path(error.filename) or error.filename, error.lineno)
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        content = content_path(frame.f_code.co_filename)
        if content is not None:
            return SourceLocation(content, line)
    return None


def display_path(path: Path) -> str:
    """A path to display, relative to the working directory if it is below it."""
    working_directory = Path.cwd()
    absolute = path.resolve()
    if absolute.is_relative_to(working_directory):
        return str(absolute.relative_to(working_directory))
    return str(absolute)
