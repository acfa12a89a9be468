"""
Running code that is not ours: a module of content may raise anything.

In:    a block of code.
Out:   the same, but whatever it raises arrives as one `ContentError` that names its line.
Never: a swallowed fault. A keyboard interrupt passes through.
"""

import contextlib
import io
from collections.abc import Iterator
from types import TracebackType

from trailbell.errors import ContentError, InputError
from trailbell.place import Place, of_error


class _Translated:
    """A context manager, because only ``__exit__`` sees every exception without catching it."""

    def __init__(self, what: str, place: Place | None) -> None:
        self.what, self.place = what, place

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
        line, *picture = _in_words(error).split("\n")
        raise ContentError(
            place=str(of_error(error) or self.place or self.what),
            found=f"{self.what}: {line}",
            expected="\n".join(["mend that line", *picture]),
        ) from error


def _in_words(error: BaseException) -> str:
    """An exception in one line; troposphere's name classes as Python prints them.

    Ours speak for themselves, and may underline a fault in lines of their own.
    """
    if isinstance(error, InputError):
        return str(error)
    text = " ".join(str(error).split())
    for noise in ("<class 'troposphere.", "<class '", "'>"):
        text = text.replace(noise, "")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


@contextlib.contextmanager
def foreign(what: str, place: Place | None) -> Iterator[None]:
    """Run a block of content; ``what`` says what it is for, ``place`` where if nothing better.

    What it prints is dropped: troposphere writes to standard error before it raises, and the
    output of a build may be read by a machine.
    """
    with (
        _Translated(what, place),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        yield
