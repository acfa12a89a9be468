"""
Parameter values as CloudFormation takes them: as text.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
"""

from typing import Any


def parameter_value(value: Any) -> str | None:
    """Convert a string, number, Boolean or list of these to text; None for anything else.

    A Boolean is ``true`` or ``false``; the entries of a list are joined by commas.
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case list() | tuple() if all(isinstance(entry, str | int) for entry in value):
            return ",".join(parameter_value(entry) or "" for entry in value)
        case _:
            return None
