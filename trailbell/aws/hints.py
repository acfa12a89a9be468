"""
What to do about a reason that AWS gives for a failure.

In:    the reason, whatever its letter case; the stack as the command line names it.
Out:   one sentence or two, with commands to copy; empty if no hint fits.
Never: a placeholder in a command where the name is known.
"""

import re
from collections.abc import Sequence

_NOT_ENABLED = (
    r"OptInRequired|opt.?in required|region.{0,40} (not enabled|disabled)|"
    r"not enabled in .{0,9}region"
)
_LIMIT = (
    r"limit.{0,40} (exceeded|reached)|LimitExceeded|(exceed\w*|reached) .{0,40}limit|"
    r"quota|ServiceLimit|too ?many|maximum ?number"
)

# The first that fits counts: the more specific come first. {stack} is the name of the stack, or
# nothing with the space before it.
_HINTS: Sequence[tuple[str, str]] = (
    (
        r"rate exceeded|throttl|too many requests",
        "AWS throttled the request. Run the command again.",
    ),
    (
        _NOT_ENABLED,
        (
            "The account has not enabled the Region. Enable it with: aws account enable-region "
            "--region-name REGION"
        ),
    ),
    (
        r"StackSetExecutionRole|StackSetAdministrationRole",
        (
            "Deploy the stack stackset-roles in that account, or correct the role names in "
            "trailbell.toml."
        ),
    ),
    (
        r"cannot be (updated|deleted) as it is in use by",
        (
            "Other stacks import this export. Add a second export, let the other stacks import "
            "that one, then change the first."
        ),
    ),
    (
        r"no export named",
        (
            "No stack in this account and Region exports this name. Deploy the stack that exports "
            "it first, and check parameters such as InstallationName."
        ),
    ),
    (
        r"denied by (the )?stack policy",
        "The stack policy denies this update. Give another one with --stack-policy.",
    ),
    (
        r"termination.?protection",
        (
            "Termination protection is enabled. Disable it with: trailbell delete{stack} "
            "--disable-termination-protection"
        ),
    ),
    (
        r"replacement type updates not supported",
        (
            "A failed stack cannot replace resources. Roll it back first with: trailbell "
            "rollback{stack}"
        ),
    ),
    (
        r"already exists|AlreadyExists|EntityAlreadyExists",
        (
            "A resource with this name already exists. Rename it, delete it, or import it with "
            "--import-existing."
        ),
    ),
    (
        r"not authorized|access ?denied|is not able to perform|UnauthorizedOperation|PassRole",
        (
            "The deployer lacks a permission. List the required ones with: "
            "trailbell permissions{stack}"
        ),
    ),
    (
        _LIMIT,
        (
            "A quota of the account is reached. Request an increase in Service Quotas, or delete "
            "resources."
        ),
    ),
    (r"BucketNotEmpty|not empty", "Empty the bucket, then run the command again."),
    (
        r"rollback triggered|RollbackTrigger|monitored alarm|went to ALARM",
        "A rollback alarm went into ALARM during the update. Investigate it before retrying.",
    ),
    (
        r"InsufficientS3BucketPolicy|incorrect s3 bucket policy|InsufficientEncryptionPolicy",
        "The bucket policy or key policy does not allow CloudTrail yet. Run the command again.",
    ),
    (
        r"internal ?failure|internal ?error|service ?unavailable",
        "AWS reported an internal error. Run the command again.",
    ),
)

_COMPILED = tuple((re.compile(pattern, re.IGNORECASE), text) for pattern, text in _HINTS)


def hint_for(reason: str, stack: str = "") -> str:
    """Return what to do about a reason; empty if no hint fits."""
    named = f" {stack}" if stack else ""
    for pattern, text in _COMPILED:
        if pattern.search(reason):
            return text.replace("{stack}", named)
    return ""
