"""
The keys of ``[replay]``: which records ``trailbell replay`` reads, and as what.

In:    nothing.
Out:   the description of the table, and an example that has every key.
Never: which placeholders there are. `trailbell.replay.settings` asks the catalog.
"""

from trailbell.settings.key_types import Boolean, Key, ListOf, Named, Section, Text

REPLAY = Key(
    type=Section(
        {
            "corpus": Key(
                type=ListOf(
                    item=Text(noun="path", plural="paths"),
                    if_empty="name a file, a directory or an s3:// address, or remove the key",
                ),
                summary=(
                    "Files, directories and `s3://BUCKET/PREFIX` that `trailbell replay` reads if "
                    "none are named. Paths are relative to the settings."
                ),
                without="none: the command names them",
            ),
            "organization": Key(
                type=Boolean(),
                summary=(
                    "Whether one installation has the events of all accounts, as with an "
                    "organization trail. If not, each account has its own alarms."
                ),
                default=False,
            ),
            "rules": Key(
                type=Boolean(),
                summary=(
                    "Whether EventBridge rules send a message for each event, which the stack "
                    "`realtime` does."
                ),
                default=True,
            ),
            "placeholders": Key(
                type=Named(
                    label="PLACEHOLDER",
                    type=Text(noun="value", plural="values"),
                ),
                summary=(
                    "Values of the placeholders in patterns, such as the name of the log group."
                ),
                without="sample values",
            ),
        }
    ),
    summary="What `trailbell replay` reads, and for which installation.",
)

REPLAY_EXAMPLE = """\
[replay]
corpus = ["logs/", "s3://security-logs/AWSLogs/o-a1b2c3d4e5/"]
organization = true
rules = false
placeholders = { LogGroupName = "organization-trail" }
"""
