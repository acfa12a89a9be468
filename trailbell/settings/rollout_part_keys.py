"""
The keys of a rollout for one stack and for one wave, and what they share with the whole rollout.

In:    nothing.
Out:   the description of ``[rollout.NAME.stack.STACK]`` and ``[rollout.NAME.wave.WAVE]``.
Never: keys that only the whole rollout has. `trailbell.settings.rollout_keys` has them.
"""

from trailbell.settings.key_types import (
    Boolean,
    Choice,
    Either,
    Key,
    ListOf,
    Named,
    Number,
    Section,
    Text,
    below,
)
from trailbell.settings.texts import ACCOUNT, REGION, parameters
from trailbell.template.limits import STACK_NAME

UNIT = Text(
    noun="organizational unit",
    plural="organizational units",
    pattern=r"ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}|r-[a-z0-9]{4,32}",
    hint="write an organizational unit (ou-...) or the root (r-...)",
)
STACK_SET_NAME = Text(
    noun="name",
    pattern=STACK_NAME.pattern,
    hint="write a letter and up to 127 letters, digits and hyphens",
)
VALUES = parameters("write a text, a number or a list")
OVERRIDES = Named(
    label="ACCOUNT",
    type=VALUES,
    pattern=ACCOUNT.pattern,
    problem="is not an account ID",
    hint="write twelve digits",
)


def _count_or_percent(minimum: int) -> Either:
    """A number of accounts, or a percentage up to 100."""
    hint = f'write a number of accounts from {minimum}, or a percentage such as "10%"'
    percent = rf"(?:0{{0,2}}[{minimum}-9]|0?[1-9][0-9]|100)%"
    return Either(
        alternatives=(
            Number(minimum=minimum, hint=hint),
            Text(noun="percentage", pattern=percent, hint=hint),
        ),
        hint=hint,
    )


PREFERENCES = {
    "max_concurrent": Key(
        type=_count_or_percent(1),
        summary="Accounts at a time in each Region.",
        default=1,
    ),
    "failure_tolerance": Key(
        type=_count_or_percent(0),
        summary="Accounts that may fail in each Region.",
        default=0,
    ),
    "concurrency_mode": Key(
        type=Choice(("strict", "soft")),
        summary="Whether failures reduce the number of accounts at a time (strict) or not (soft).",
        default="strict",
    ),
    "region_concurrency": Key(
        type=Choice(("sequential", "parallel")),
        summary="Whether Regions are deployed one after another or at the same time.",
        default="sequential",
        former=("regions_at_once",),
        former_type=Boolean(),
    ),
}

_CHECK = Section(
    {
        "alarms": Key(
            type=ListOf(item=Text(noun="alarm", plural="CloudWatch alarms")),
            summary="Alarms in the member accounts that must not go into ALARM.",
            without="none",
        ),
        "wait_minutes": Key(
            type=Number(minimum=0, maximum=24 * 60, hint="write 0 to 1440 minutes"),
            summary="Minutes to wait and to monitor these alarms.",
            default=0,
            former=("minutes",),
        ),
        "command": Key(
            type=ListOf(
                if_empty='name a program and its arguments: ["./check.sh", "canary"]',
            ),
            summary="Program, with its arguments, that must exit with 0.",
            without="none",
        ),
    }
)

WAVE = Section(
    {
        "accounts": Key(
            type=ListOf(item=ACCOUNT),
            summary=(
                "Accounts in this wave. The last wave may name none: it then takes all others. If "
                "it names some, a wave `remaining accounts` with all others is added."
            ),
            without="none",
        ),
        "organizational_units": Key(
            type=ListOf(item=UNIT),
            summary="Organizational units in this wave, of a service-managed rollout.",
            without="none",
        ),
        **below(PREFERENCES, "that of the rollout"),
        "check": Key(
            type=_CHECK,
            summary="What must hold after the wave, before the next one starts.",
            without="none",
        ),
    }
)

STACK_OF_ROLLOUT = Section(
    {
        "stack_set_name": Key(
            type=STACK_SET_NAME,
            summary="Name of the StackSet. No other rollout may have it.",
            without="`trailbell-` and the stack",
            former=("set",),
        ),
        "parameters": Key(
            type=VALUES,
            summary="Parameters of this stack, over those of the rollout.",
            without="those of the rollout",
        ),
        "parameter_overrides": Key(
            type=OVERRIDES,
            summary="Parameters of this stack in one account, over those of the rollout.",
            without="those of the rollout",
            former=("override",),
        ),
        "accounts": Key(
            type=ListOf(item=ACCOUNT, unique=True, if_empty="name at least one account"),
            summary=(
                "The only accounts of the rollout that get this stack. Automatic deployment is "
                "disabled for it."
            ),
            without="all of the rollout",
        ),
        "regions": Key(
            type=ListOf(item=REGION, unique=True, if_empty="name at least one Region"),
            summary="The only Regions of the rollout that get this stack.",
            without="all of the rollout",
        ),
    }
)
