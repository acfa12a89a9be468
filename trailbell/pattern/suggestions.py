"""
Names that were probably meant.

In:    a text that should be a known name, or match one, and the names.
Out:   whether any name matches, and what to write instead.
Never: knowledge of what the names are.
"""

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase


def any_match(text: str, names: Iterable[str]) -> bool:
    """Whether ``text``, in which a star matches any text, matches a name.

    >>> any_match("Create*", ["CreateUser", "DeleteUser"]), any_match("Createuser", ["CreateUser"])
    (True, False)
    """
    if "*" not in text:
        return text in names
    pattern = text.replace("[", "[[]").replace("?", "[?]")
    return any(fnmatchcase(name, pattern) for name in names)


def suggest(text: str, names: Iterable[str]) -> str:
    """What to write instead of ``text``.

    >>> suggest("CreateUsers", ["CreateUser", "DeleteUser"])
    'did you mean "CreateUser"?'
    """
    near = difflib.get_close_matches(text.replace("*", ""), sorted(names), n=1)
    return f'did you mean "{near[0]}"?' if near else "look up the name in the AWS documentation"
