"""The operations of AWS that modules call, and the actions that allow them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# The action that allows an operation, where it has another name.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_ACTION_OF_OPERATION = {
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
}
# GetCallerIdentity needs no permission:
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
_WITHOUT_PERMISSION = {"GetCallerIdentity"}
_OPERATION = re.compile(r"(?:[A-Z][a-z0-9]+)+")


def operations(paths: list[Path]) -> Iterator[str]:
    """The operations that modules call by name, or describe as an ``Operation``."""
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="call" | "pages"), args=[*arguments]):
                    values = arguments[:2]
                case ast.Call(func=ast.Name(id="Operation"), keywords=keywords):
                    values = [each.value for each in keywords if each.arg == "name"]
                case _:
                    continue
            texts = (str(each.value) for each in values if isinstance(each, ast.Constant))
            yield from (text for text in texts if _OPERATION.fullmatch(text))


def actions_of(names: set[str]) -> set[str]:
    """The names of the actions that allow operations."""
    return {_ACTION_OF_OPERATION.get(name, name) for name in names - _WITHOUT_PERMISSION}
