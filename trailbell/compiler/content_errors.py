"""
Running code that is not ours: a module of content may raise anything.

In:    a block of code.
Out:   the same, but whatever it raises arrives as one `ContentError` that names its line.
Never: a swallowed fault. A keyboard interrupt passes through.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from types import TracebackType

from trailbell.errors import ContentError, InputError
from trailbell.source_location import SourceLocation, location_of

# What troposphere prints before a check of its own raises an error that says nothing.
_CHECK = re.compile(
    r"<class 'troposphere\.(?P<type>[\w.]+)'>: \w+\.(?P<property>\w+)"
    r" function validator '(?P<check>\w+)'"
)


class _Translator:
    """A context manager, because only ``__exit__`` sees every exception without catching it."""

    def __init__(self, what: str, place: SourceLocation | None, printed: io.StringIO) -> None:
        self.what, self.place, self.printed = what, place, printed

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
            location=str(location_of(error) or self.place or self.what),
            problem=f"{self.what}: {line}",
            hint="\n".join(["mend that line", *picture]),
        ) from error


def _describe(error: BaseException, printed: str) -> str:
    """An exception in one line; troposphere's without the way Python prints classes.

    Ours speak for themselves, and may underline a fault in lines of their own.
    """
    if isinstance(error, InputError):
        return str(error)
    text = " ".join(str(error).split())
    for noise in ("<class 'troposphere.", "<class '", "'>"):
        text = text.replace(noise, "")
    check = _CHECK.search(printed)
    if check:
        refused = f"{check['type']}.{check['property']} is no {check['check']}"
        text = f"{refused}: {text}" if text else refused
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextlib.contextmanager
def as_content_errors(what: str, place: SourceLocation | None) -> Iterator[None]:
    """Run a block of content; ``what`` says what it is for, ``place`` where if nothing better.

    What it prints is kept from the output of a build, which may be read by a machine.
    """
    printed = io.StringIO()
    with (
        _Translator(what, place, printed),
        contextlib.redirect_stderr(printed),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        yield
