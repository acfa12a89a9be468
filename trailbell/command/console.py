"""
The console that tables are printed to.

In:    the stream, standard output or standard error.
Out:   a console as wide as the terminal, or wide and plain without one.
"""

from rich.console import Console

_WITHOUT_TERMINAL = 160


def console(*, stderr: bool = False) -> Console:
    """A console with colors on a terminal only, and not if ``NO_COLOR`` is set."""
    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made.width = _WITHOUT_TERMINAL
    return made
