"""Rules for tests, written for them, as pySigma reads them."""

from pathlib import Path
from typing import Any

import yaml
from sigma.rule import SigmaRule

LOGSOURCE = {"product": "aws", "service": "cloudtrail"}


def roots_of(detection: dict[str, Any]) -> tuple[Any, ...]:
    """The conditions of a rule with this detection."""
    rule = SigmaRule.from_dict({"title": "A test", "logsource": LOGSOURCE, "detection": detection})
    return tuple(condition.parsed for condition in rule.detection.parsed_condition)


def roots_of_text(text: str) -> tuple[Any, ...]:
    """The conditions of a rule whose selections are written as YAML."""
    detection = yaml.safe_load(text)
    return roots_of({"condition": " and ".join(detection)} | detection)


def write_rule(folder: Path, text: str, name: str = "rule.yml", **members: Any) -> str:
    """Write a file with a rule; ``text`` is its detection. Returns the path."""
    rule = {"title": "A secret was destroyed", "logsource": LOGSOURCE} | members
    rule["detection"] = yaml.safe_load(text)
    path = folder / name
    path.write_text(yaml.safe_dump(rule, sort_keys=False))
    return str(path)
