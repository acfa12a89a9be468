"""
The accounts that may read log files, such as those of security tools.

In:    nothing.
Out:   the parameter ``ReaderAccounts``, its condition, and their IDs for policies.
"""

from troposphere import Parameter, Ref, Split, Sub

from stacks.pieces.trail_owner import GROUP
from trailbell import ParameterInput, is_set

READER_ACCOUNTS = ParameterInput(
    parameter=Parameter(
        "ReaderAccounts",
        Type="String",
        Default="",
        AllowedPattern="^$|^[0-9]{12}(,[0-9]{12})*$",
        Description=(
            "IDs of accounts that may read log files, separated by commas. Leave empty for none."
        ),
        ConstraintDescription="must be empty, or 12-digit account IDs separated by commas",
    ),
    label="Accounts that read log files (optional)",
    group=GROUP,
)
CONDITIONS = {"HasReaders": is_set("ReaderAccounts")}
READERS = Split(",", Ref("ReaderAccounts"))
"""The IDs. The condition ``HasReaders`` has to hold."""
READERS_AND_OWNER = Split(",", Sub("${ReaderAccounts},${AWS::AccountId}"))
"""The same and this account, which owns the bucket."""
