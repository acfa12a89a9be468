"""The reference of the settings."""

import re

import pytest

from tests.settings.test_description import DESCRIBED
from trailbell.docs.settings_page import former_names_table, settings_block
from trailbell.settings.keys import ROOT


def test_a_table_has_an_example_and_its_keys() -> None:
    assert (
        settings_block("baseline")
        == """\
```toml
[baseline]
enabled = true
packs = ["essentials", "tamper", "identity"]
stacks = ["security-alerts", "tamper", "identity"]
deployed_elsewhere = ["trail"]
```

`[baseline]`:

| Key | Value | Default | Example | Meaning |
| --- | --- | --- | --- | --- |
| `enabled` | `true` or `false` | `true` | `true` | Whether the baseline is built; if not, only \
what the project has. |
| `packs` | list of packs | all packs | `["essentials", "tamper", "identity"]` | Packs of the \
baseline to take. |
| `stacks` | list of stacks | all stacks of these packs | `["security-alerts", "tamper", \
"identity"]` | Stacks of the baseline to build. |
| `deployed_elsewhere` | list of stacks | none | `["trail"]` | Stacks of the baseline that another \
project deploys, so that stacks of this one may import from them. |"""
    )


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(
            "catalog",
            "| `period` | 10, 20, 30, or a multiple of 60 up to 86,400 |",
            id="a number with exceptions",
        ),
        pytest.param(
            "catalog", "| `threshold` | whole number from 1 |", id="a number without an end"
        ),
        pytest.param("catalog", "| `severity` | `high`, `medium` or `low` |", id="words"),
        pytest.param(
            "catalog", "| `detection` | table for each ID | none | above |", id="a table of its own"
        ),
        pytest.param(
            "lint", "| `ignore` | table of reasons |", id="texts by names that users choose"
        ),
        pytest.param(
            "environment",
            "| `notification_arns` | list of ARNs, at most 5 |",
            id="a list with an end",
        ),
        pytest.param(
            "environment",
            '| `stack_name` | name | `"{stack}"` | `"watch-{stack}"` |',
            id="a default and an example",
        ),
        pytest.param(
            "environment",
            "| `rollback_minutes` | whole number, 0 to 180 |",
            id="a number with an end",
        ),
        pytest.param(
            "rollout",
            "| `max_concurrent` | whole number from 1, or percentage | `1` |",
            id="a number or a percentage",
        ),
        pytest.param(
            "rollout",
            '| `stack` | stack, or table for each STACK | none | `"trail"` |',
            id="the value that is no table",
        ),
        pytest.param(
            "rollout",
            '| `tags` | table of texts | none | `{ owner = "security" }` |',
            id="a short table",
        ),
    ],
)
def test_a_row_has_the_values_the_default_and_an_example(name: str, row: str) -> None:
    assert [line for line in settings_block(name).splitlines() if line.startswith(row)] != []


def test_keys_of_the_table_above_are_listed_by_their_names() -> None:
    assert settings_block("environment").splitlines()[-1] == (
        "`[environment.NAME.stack.STACK]` has these keys of `[environment.NAME]`: `stack_name`, "
        "`parameters`, `tags`, `depends_on`, `notification_arns`, `stack_policy`, "
        "`termination_protection`, `rollback_alarms`, `rollback_minutes`, `on_failure`, "
        "`service_role`, `template_bucket`. The default is that of the environment."
    )
    assert (
        "`[rollout.NAME.wave.WAVE]` also has these keys of `[rollout.NAME]`: `max_concurrent`, "
        "`failure_tolerance`, `concurrency_mode`, `region_concurrency`. The default is that of the "
        "rollout."
    ) in settings_block("rollout").splitlines()


def test_a_table_that_is_the_same_in_another_place_refers_to_it() -> None:
    lines = settings_block("catalog").splitlines()
    assert lines[-1] == "`[catalog.detection.ID.exclude]` has the keys of `[catalog.exclude]`."


@pytest.mark.parametrize("name", ROOT.keys)
def test_every_key_is_on_the_page(name: str) -> None:
    block = settings_block(name)
    listed = {*re.findall(r"^\| `(\w+)` \|", block, re.MULTILINE)}
    described = {
        key
        for address in DESCRIBED
        for table, _, key in [address.rpartition(".")]
        if table.startswith(name) and not table.endswith("PARAMETER")
    }
    assert described == listed


def test_former_names_have_their_table_and_their_current_name() -> None:
    lines = former_names_table().splitlines()
    assert lines[:4] == [
        "| Table | Former name | Name |",
        "| --- | --- | --- |",
        *(
            f"| {table} | `{former}` | `{name}` |"
            for table, former, name in [
                ("top of the file", "catalog" + "ue", "catalog"),
                ("`[catalog]`", "on", "enable"),
            ]
        ),
    ]
