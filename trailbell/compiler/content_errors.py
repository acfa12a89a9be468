"""
Run the code of a user's modules, which may raise any exception.

In:    a block of code.
Out:   every exception as a `ContentError` with the line of the user's code.
Never: an ignored exception, or a translated keyboard interrupt.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from types import TracebackType

from trailbell.errors import ContentError, InputError
from trailbell.source_location import SourceLocation, location_of

# What troposphere prints before one of its validators raises an error without a message.
_VALIDATOR = re.compile(
    r"<class 'troposphere\.(?P<type>[\w.]+)'>: \w+\.(?P<property>\w+)"
    r" function validator '(?P<validator>\w+)'"
)


class _Translator:
    """A context manager, because ``__exit__`` gets every exception without catching it."""

    def __init__(self, label: str, location: SourceLocation | None, printed: io.StringIO) -> None:
        self.label, self.location, self.printed = label, location, printed

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None or isinstance(error, (ContentError, KeyboardInterrupt)):
            return
        line, *picture = _describe(error, self.printed.getvalue()).split("\n")
        raise ContentError(
            location=str(location_of(error) or self.location or self.label),
            problem=f"{self.label}: {line}",
            hint="\n".join(["fix this line", *picture]),
        ) from error


def _describe(error: BaseException, printed: str) -> str:
    """An exception as one line of text, in troposphere's case without the syntax of class names.

    Our own messages are not changed. They can have more lines, which mark the position.
    """
    if isinstance(error, InputError):
        return str(error)
    text = " ".join(str(error).split())
    for noise in ("<class 'troposphere.", "<class '", "'>"):
        text = text.replace(noise, "")
    failed = _VALIDATOR.search(printed)
    if failed:
        problem = f"{failed['type']}.{failed['property']} is not a valid {failed['validator']}"
        text = f"{problem}: {text}" if text else problem
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextlib.contextmanager
def as_content_errors(label: str, location: SourceLocation | None) -> Iterator[None]:
    """Run a block of the user's code, and raise its exceptions as `ContentError`.

    ``label`` says what the code is for, and ``location`` is used if the exception has none. What
    the code prints is discarded, because the output of a build may be JSON.
    """
    printed = io.StringIO()
    with (
        _Translator(label, location, printed),
        contextlib.redirect_stderr(printed),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        yield
