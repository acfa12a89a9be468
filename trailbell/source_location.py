"""
The line of user code that created an object or raised an exception.

In:    the call stack, when an object is created; an exception.
Out:   a `SourceLocation`: file and line, relative to the project, the same on every machine.
Never: a line of a library or of the engine, because users fix their own code.
"""

import inspect
import sysconfig
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType

ENGINE = Path(__file__).resolve().parent
PROJECT = ENGINE.parent
_NOT_CONTENT = (str(ENGINE), sysconfig.get_path("stdlib"), "<")


@dataclass(frozen=True, order=True)
class SourceLocation:
    """A line of a file; ``path`` is relative to the project and uses ``/``."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@cache
def _content(filename: str) -> str | None:
    """The path to display for a file; None for a file of the engine or of a library."""
    path = Path(filename)
    if filename.startswith(_NOT_CONTENT) or "site-packages" in path.parts:
        return None
    resolved = path.resolve()
    if resolved.is_relative_to(PROJECT):
        return resolved.relative_to(PROJECT).as_posix()
    return path.name


def caller_location() -> SourceLocation | None:
    """The innermost line of user code on the call stack."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None:
        content = _content(frame.f_code.co_filename)
        if content is not None:
            return SourceLocation(content, frame.f_lineno)
        frame = frame.f_back
    return None


def location_of(error: BaseException) -> SourceLocation | None:
    """The innermost line of user code in the traceback of an exception."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return SourceLocation(_content(error.filename) or error.filename, error.lineno)
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        content = _content(frame.f_code.co_filename)
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
