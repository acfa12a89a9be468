"""
Every key of ``trailbell.toml``: its type, its default, its former names, and what it means.

In:    nothing.
Out:   the description of the whole file, from which files are checked, the JSON Schema and the
       reference are generated; an example of each table that has every key.
Never: a key that no reader asks for, or that a reader asks for and is not here; a test holds it.
"""

from collections.abc import Mapping

from trailbell.settings.catalog_keys import CATALOG, CATALOG_EXAMPLE
from trailbell.settings.environment_keys import ENVIRONMENT, ENVIRONMENT_EXAMPLE
from trailbell.settings.key_types import Boolean, Key, ListOf, Named, Section, Text
from trailbell.settings.replay_keys import REPLAY, REPLAY_EXAMPLE
from trailbell.settings.rollout_keys import ROLLOUT, ROLLOUT_EXAMPLE
from trailbell.settings.texts import STACK

VERSION = Text(
    noun="version",
    pattern=r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,2}",
    hint='write a version, like "0.2.0"',
)

_PROJECT = Key(
    type=Section(
        {
            "minimum_version": Key(
                type=VERSION,
                summary="Oldest version of Trailbell that can build the project.",
                without="any version",
            ),
        }
    ),
    summary="What the project needs.",
)

_BASELINE = Key(
    type=Section(
        {
            "enabled": Key(
                type=Boolean(),
                summary="Whether the baseline is built; if not, only what the project has.",
                default=True,
            ),
            "packs": Key(
                type=ListOf(item=Text(noun="pack", plural="packs")),
                summary="Packs of the baseline to take.",
                without="all packs",
            ),
            "stacks": Key(
                type=ListOf(item=STACK),
                summary="Stacks of the baseline to build.",
                without="all stacks of these packs",
            ),
            "deployed_elsewhere": Key(
                type=ListOf(item=STACK),
                summary=(
                    "Stacks of the baseline that another project deploys, so that stacks of this "
                    "one may import from them."
                ),
                without="none",
            ),
        }
    ),
    summary="What the project takes from the detections, policies and stacks of the package.",
)

_LINT = Key(
    type=Section(
        {
            "regions": Key(
                type=ListOf(
                    item=Text(noun="Region", plural="Regions"),
                    if_empty="name at least one Region, or remove the key",
                ),
                summary="Regions to validate for.",
                without="`us-east-1`, `us-west-2`, `cn-north-1`, `us-gov-west-1`",
            ),
            "ignore": Key(
                type=Named(
                    label="RULE",
                    type=Text(noun="reason", plural="reasons"),
                    pattern=r"[EWI][0-9]{4}|T000[0-5]",
                    problem="not the id of a rule",
                    hint="write an id such as W2001",
                ),
                summary="Rules whose findings do not stop a build, each with the reason.",
                without="none",
            ),
        }
    ),
    summary="Validation of the templates.",
)

ROOT = Section(
    {
        "project": _PROJECT,
        "baseline": _BASELINE,
        "catalog": CATALOG,
        "lint": _LINT,
        "replay": REPLAY,
        "environment": ENVIRONMENT,
        "rollout": ROLLOUT,
    }
)
"""The whole file."""

EXAMPLES: Mapping[str, str] = {
    "project": '[project]\nminimum_version = "0.2.0"\n',
    "baseline": """\
[baseline]
enabled = true
packs = ["essentials", "tamper", "identity"]
stacks = ["security-alerts", "tamper", "identity"]
deployed_elsewhere = ["trail"]
""",
    "catalog": CATALOG_EXAMPLE,
    "lint": """\
[lint]
regions = ["eu-central-1", "us-east-1"]

[lint.ignore]
W2001 = "The parameter is read by a macro."
""",
    "replay": REPLAY_EXAMPLE,
    "environment": ENVIRONMENT_EXAMPLE,
    "rollout": ROLLOUT_EXAMPLE,
}
"""For each table of the file, settings that have every key of it."""
