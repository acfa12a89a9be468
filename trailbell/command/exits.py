"""
The exit codes of ``--exit-code``.

In:    whether there are changes, whether they are blocked.
Out:   the exit code, and the sentence about it in a help text.
Never: 1 or 2. They mean the same for every command: findings or a failure, invalid input.
"""

HELP = "Exit with 0 if there are no changes, 3 if there are changes, 4 if the plan is blocked."


def exit_code(*, changes: bool, blocked: bool) -> int:
    """Return the code for ``--exit-code``."""
    return 4 if blocked else 3 if changes else 0
