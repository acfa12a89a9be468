"""
When log files move to an archive storage class, and to which.

In:    nothing.
Out:   the parameter ``Archive``, its condition, and the `TRANSITIONS` of a lifecycle rule.
"""

from troposphere import Equals, If, Not, NoValue, Parameter, Ref, Select, Split, s3

from stacks.pieces.trail_owner import GROUP
from trailbell import ParameterInput

INPUT = ParameterInput(
    parameter=Parameter(
        "Archive",
        Type="String",
        Default="none",
        AllowedPattern="^none$|^(GLACIER_IR|GLACIER|DEEP_ARCHIVE):[1-9][0-9]{0,3}$",
        Description=(
            "Storage class to which log files of at least 128 KB move, and after how many days: "
            '"GLACIER_IR:90". Fewer days than LogFileRetentionInDays, or "none".'
        ),
        ConstraintDescription=(
            'must be "none", or GLACIER_IR, GLACIER or DEEP_ARCHIVE with a number of days, such as '
            "GLACIER_IR:90"
        ),
    ),
    label="Archive of log files",
    group=GROUP,
)
CONDITIONS = {"Archives": Not(Equals(Ref("Archive"), "none"))}
_PARTS = Split(":", Ref("Archive"))

# Amazon S3 moves no object below 128 KB unless a rule says so. Small files stay, because each
# archived object is billed for another 40 KB. Amazon S3 rejects a transition after the expiration.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
TRANSITIONS = If(
    "Archives",
    [
        s3.LifecycleRuleTransition(
            StorageClass=Select(0, _PARTS), TransitionInDays=Select(1, _PARTS)
        )
    ],
    NoValue,
)
