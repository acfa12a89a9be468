"""
The actions that IAM knows, and whether IAM can limit them to resources.

In:    the data of IAM that the cfn-lint package contains as a JSON file.
Out:   facts about an action such as ``kms:CreateKey``.
Never: an import of cfn-lint.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from trailbell.errors import ContentError
from trailbell.template.schemas import schemas_folder

# Some versions of the service authorization reference have no resource type for these, the data of
# cfn-lint has topics. Only the resource * allows them in both cases.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
_NOT_LIMITED = frozenset(
    ("sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe")
)
_READ_ONLY = re.compile(r"[a-z0-9-]+:(BatchDescribe|Describe|Get|List|Lookup|Test)")


def exists(action: str) -> bool:
    """Whether IAM has this action. The handlers of some types declare names that are none."""
    return _entry(action) is not None


def begins(prefix: str) -> bool:
    """Whether the name of some action begins like this: ``s3:Get``."""
    service, _, start = prefix.partition(":")
    actions = _services().get(service, {}).get("Actions", {})
    return any(name.startswith(start.lower()) for name in actions)


def has_resources(action: str) -> bool:
    """Whether a policy can limit the action to resources."""
    return action not in _NOT_LIMITED and bool((_entry(action) or {}).get("Resources"))


def is_read_only(action: str) -> bool:
    """Whether an action only reads, as its name says."""
    return _READ_ONLY.match(action) is not None


def _entry(action: str) -> Mapping[str, Any] | None:
    service, _, name = action.partition(":")
    actions = _services().get(service, {}).get("Actions", {})
    entry: Mapping[str, Any] | None = actions.get(name.lower())
    return entry


@cache
def _services() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    path = schemas_folder().parent / "AdditionalSpecs" / "Policies.json"
    try:
        services: Mapping[str, Mapping[str, Mapping[str, Any]]] = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ContentError(
            location=str(path), problem=f"cannot be read ({error})", hint="reinstall cfn-lint"
        ) from error
    return services
