"""
How a command ends that is asked to tell changes apart.

In:    whether there are changes, whether they are blocked.
Out:   the exit code, and the sentence that says so in a help text.
Never: 1 or 2, which say the same of every command: findings or a failure, wrong input.
"""

HELP = "Exit 0 without changes, 3 with changes, 4 if they are blocked."


def exit_code(*, changes: bool, blocked: bool) -> int:
    """The code for ``--exit-code``."""
    return 4 if blocked else 3 if changes else 0
