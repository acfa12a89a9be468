"""
A while without garbage collection.

In:    a block of code that makes much and drops little: compiling, linting.
Out:   the same, a fifth faster.
Never: a program that runs for long: what is garbage in the block stays until its end.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """While this lasts, nothing is collected; afterwards as before."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
