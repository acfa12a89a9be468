"""
Pause garbage collection.

In:    a block of code that creates many objects and releases few: compiling, linting.
Out:   the same, about 20 % faster.
Never: code that runs for long, because no garbage is freed before its end.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Disable garbage collection within the block, if it is enabled."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
