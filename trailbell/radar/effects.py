"""
What an operation does, by its name: stop, delete, disable, suppress, share, grant, export, change.

In:    the name of an operation.
Out:   its `Effect`s, the most specific first; none if it reads, creates, or only changes tags.
Never: a judgment. Most operations with an effect are harmless; that is what dismissals say.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Effect(StrEnum):
    """What an operation does to a guard, a record, or data."""

    STOP = "stop"
    DELETE = "delete"
    DISABLE = "disable"
    SUPPRESS = "suppress"
    SHARE = "share"
    GRANT = "grant"
    EXPORT = "export"
    CHANGE = "change"
    """Changes a configuration, so that less is guarded or recorded."""


_MODIFIERS = ("Batch", "Bulk", "Admin", "Force")
"""Words before the verb: ``BatchDisableStandards``."""

# fmt: off
_READING = frozenset((
    *("Get", "List", "Describe", "Search", "Lookup", "Query", "Test", "Validate", "Check", "Head"),
    *("Preview", "Simulate", "Count", "Estimate", "Discover", "Detect", "Select", "Scan", "View"),
    *("Verify", "Receive", "Evaluate", "Retrieve", "Read", "Poll", "Is", "Predict", "Calculate"),
    *("Decode", "Compare", "Filter"),
))
_VERBS: Mapping[Effect, frozenset[str]] = MappingProxyType({
    Effect.STOP: frozenset((
        *("Stop", "Suspend", "Pause", "Terminate", "Cancel", "Abort", "Close", "Leave", "Halt"),
        *("Shutdown", "End"),
    )),
    Effect.DELETE: frozenset((
        *("Delete", "Remove", "Deregister", "Purge", "Destroy", "Release", "Retire", "Reset"),
        *("Clear", "Discard", "Withdraw", "Erase", "Forget", "Expire", "Deprovision", "Unregister"),
    )),
    Effect.DISABLE: frozenset((
        *("Disable", "Deactivate", "Disassociate", "Disconnect", "Detach", "Unsubscribe", "Revoke"),
        *("Reject", "Decline", "Deauthorize", "Unassign", "Unlink", "Unlock", "Deny", "Opt"),
        *("Deprecate", "Unmonitor", "Unpublish", "Downgrade"),
    )),
    Effect.SUPPRESS: frozenset((
        *("Archive", "Suppress", "Mute", "Ignore", "Exclude", "Dismiss", "Snooze", "Silence"),
    )),
    Effect.SHARE: frozenset(("Share", "Invite", "Accept", "Publish", "Unshare", "Expose")),
    Effect.GRANT: frozenset(("Grant", "Authorize", "Allow", "Assume", "Delegate", "Attach")),
    Effect.EXPORT: frozenset(("Export", "Copy", "Download", "Replicate", "Transfer", "Unload")),
    Effect.CHANGE: frozenset((
        *("Update", "Put", "Modify", "Set", "Change", "Edit", "Replace", "Configure", "Apply"),
    )),
})
# fmt: on

# Parts of the name, for operations whose verb alone says too little.
_PARTS: Mapping[Effect, re.Pattern[str]] = MappingProxyType(
    {
        Effect.SUPPRESS: re.compile(
            "Filter|IPSet|Trusted|Suppress|Mute|Exclusion|Exempt|Exception|AutomationRule"
            "|ArchiveRule|AllowList|UpdateFindings|Override|DryRun"
        ),
        Effect.DELETE: re.compile("Deletion(?!Protection)"),
        Effect.DISABLE: re.compile("Disassociation|Deactivation|Deregistration(?!Protection)"),
        Effect.EXPORT: re.compile(
            "Export|Transfer|StoreImage|CrossRegion"
            "|Replicat(?!ionGroup|ionSubnet|ionInstance|ionTask)"
        ),
        Effect.SHARE: re.compile(
            "(Put|Set|Attach|Modify).*Policy|ResourcePolicy|Acl(?![a-z])|PublicAccess|Shar(e|ing)"
            "|CrossAccount|Peering|Publicly|(Image|Snapshot)Attribute|ProjectVisibility"
        ),
        Effect.GRANT: re.compile(
            "Grant|Permi(t|ssion)|AccessKey|AccessEntry|AccessPolicy|Credential|LoginProfile"
            "|Password(?!Policy)|Trust|Principal|Delegat|Administrator|AdminAccount|Entitlement"
            "|Authoriz|AuthToken|AccessToken"
        ),
    }
)
_HANDS_OUT = re.compile(
    "Credentials|Password(?!Policy)|AccessToken|AuthToken|FederationToken|SecretValue"
)
"""What an operation that reads hands out: it grants something."""

_ENDS = frozenset((Effect.STOP, Effect.DELETE, Effect.DISABLE))
"""What ends something: ``DeleteResourcePolicy`` shares nothing."""

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_TAGS = re.compile("Tag(s|ging)?(From|For|On|$)")


def effects_of(operation: str) -> tuple[Effect, ...]:
    """The effects that the name of an operation says, that of its verb first.

    >>> [*map(str, effects_of("DisableSecurityHubV2"))]
    ['disable']
    >>> [*map(str, effects_of("CreateTrustedEntitySet"))]
    ['suppress', 'grant']
    >>> effects_of("ListDetectors"), effects_of("CreateDetector"), effects_of("RemoveTags")
    ((), (), ())
    """
    verb, rest = _verb_and_rest(operation)
    if _TAGS.search(rest):
        return ()
    if verb in _READING:
        return (Effect.GRANT,) if _HANDS_OUT.search(rest) and verb != "List" else ()
    by_verb = [effect for effect, verbs in _VERBS.items() if verb in verbs]
    if not _ENDS.isdisjoint(by_verb):
        return tuple(by_verb)
    by_part = [effect for effect, parts in _PARTS.items() if parts.search(operation)]
    is_change = by_verb == [Effect.CHANGE]
    return tuple(dict.fromkeys((*by_part, *by_verb) if is_change else (*by_verb, *by_part)))


def _verb_and_rest(operation: str) -> tuple[str, str]:
    words = _WORD.findall(operation)
    while len(words) > 1 and words[0] in _MODIFIERS:
        words = words[1:]
    return (words[0], "".join(words[1:])) if words else ("", "")
