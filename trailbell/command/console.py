"""
Where people read.

In:    which stream.
Out:   a console: as wide as the terminal, plain and wide where there is none.
"""

from rich.console import Console

_WITHOUT_TERMINAL = 160


def console(*, stderr: bool = False) -> Console:
    """Colours on a terminal only, and not if ``NO_COLOR`` is set; ``[text]`` stays what it is."""
    made = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not made.is_terminal:
        made.width = _WITHOUT_TERMINAL
    return made
