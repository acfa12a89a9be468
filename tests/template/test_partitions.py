"""The console domains are those of the partitions that stacks and commands support."""

from stacks.pieces.topics import topics
from trailbell.template.partitions import CONSOLE_DOMAINS


def test_the_mapping_in_templates_is_the_same_table() -> None:
    assert topics().mappings == {
        "Console": {partition: {"Domain": domain} for partition, domain in CONSOLE_DOMAINS.items()}
    }
