"""
Values that several tables have: accounts, Regions, roles, tags, parameters.

In:    nothing.
Out:   their types, and keys that are the same in environments and rollouts.
Never: a value that only one table has.
"""

from trailbell.settings.key_types import (
    Boolean,
    Decimal,
    Either,
    Key,
    ListOf,
    Named,
    Number,
    Text,
    Type,
)
from trailbell.template.limits import ACCOUNT_ID, TAGS

# Countries and partitions change; the directions within them are a short list.
REGION_PATTERN = (
    r"(?:[a-z]{2}|[a-z]{4}-[a-z]{2})(?:-gov|-iso[a-z]?)?"
    r"-(?:central|(?:north|south)(?:east|west)?|east|west)-[0-9]+"
)

REGION = Text(
    noun="Region",
    plural="Regions",
    pattern=REGION_PATTERN,
    hint="write a Region such as eu-central-1",
)
ACCOUNT = Text(
    noun="account ID",
    plural="account IDs",
    pattern=ACCOUNT_ID.pattern,
    hint="write twelve digits in quotes",
)
ARN = Text(noun="ARN", plural="ARNs")
STACK = Text(noun="stack", plural="stacks")

ANY_ACCOUNT = Key(
    type=ACCOUNT,
    summary="Account that the caller must be in. Any other account is rejected.",
    without="any account",
)
PROFILE = Key(
    type=Text(noun="profile"), summary="AWS profile.", without="from the AWS configuration"
)
TEMPLATE_BUCKET = Key(
    type=Text(noun="bucket"),
    summary=(
        "S3 bucket to upload templates larger than 51,200 bytes to. It must belong to the account "
        "of the caller; `123456789012/NAME` is the bucket of another account."
    ),
    without="none",
)
TAGS_OF_STACKS = Named(label="TAG", type=Text(), maximum=TAGS)

_SCALARS = (Text(), Number(), Boolean())
_PARAMETER = (
    *_SCALARS,
    Decimal(),
    ListOf(item=Either(alternatives=_SCALARS, hint="write a list of texts and numbers")),
)


def parameters(hint: str, *more: Type) -> Named:
    """Parameters of stacks; ``more`` are the types of further values."""
    return Named(label="PARAMETER", type=Either(alternatives=(*_PARAMETER, *more), hint=hint))
