"""
The names of change sets: which run created them, and whether it still runs.

In:    the token of a change set; the name of a change set in an account.
Out:   a name; whether a run on this machine left it behind.
Never: a change set of another run taken for an abandoned one. A run on another machine may still be
       in progress, and nothing shows it.
"""

import hashlib
import os
import platform
import re
import uuid

RUN_PREFIX = "trailbell-run-"
REVIEW_PREFIX = "trailbell-review-"

_OWN = re.compile(rf"{RUN_PREFIX}([0-9a-f]{{8}})-(\d+)-[0-9a-f]+")


def run_name(token: str) -> str:
    """Return the name of a change set that this run executes or deletes."""
    return f"{RUN_PREFIX}{_machine()}-{os.getpid()}-{token}"


def is_abandoned(name: str) -> bool:
    """Whether a run on this machine created it, and that process has ended."""
    match = _OWN.fullmatch(name)
    return match is not None and match[1] == _machine() and not _is_running(int(match[2]))


def _machine() -> str:
    """A digest that differs between machines, and between containers with own network cards."""
    return hashlib.sha256(f"{platform.node()} {uuid.getnode()}".encode()).hexdigest()[:8]


def _is_running(process: int) -> bool:
    """Whether a process of this number exists. On other systems a check could end it."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it belongs to another user
        return True
    return True
