"""
The tables in the documentation.

In:    the catalog, the stacks with their templates, the rules.
Out:   Markdown tables.
Never: where a table is. `trailbell.docs.blocks` puts it into a page.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from trailbell.catalog.detection import Catalog, Controls, Detection
from trailbell.compiler.stack import Stack
from trailbell.markdown import table
from trailbell.wording import capitalize


def packs_table(catalog: Catalog) -> str:
    """Each pack with its page and its detections."""
    return table(
        ("Pack", "Detections"),
        (
            (
                f"[`{pack}`](packs/{pack}.md)",
                ", ".join(f"`{d.id}`{_opt_in(d)}" for d in catalog if pack.name in d.packs),
            )
            for pack in catalog.packs
        ),
    )


def pack_detections_table(detections: Iterable[Detection]) -> str:
    """The detections of a pack, each with its severity and CIS control."""
    return table(
        ("Detection", "Severity", "CIS control", "Title"),
        (
            (f"[`{d.id}`](#{d.id}){_opt_in(d)}", d.severity, _cis_control(d.controls), d.title)
            for d in detections
        ),
    )


def _opt_in(detection: Detection) -> str:
    return " (opt-in)" if detection.opt_in else ""


def _cis_control(controls: Controls) -> str:
    if controls.related_cis_control is not None:
        return f"related to {controls.related_cis_control}"
    return "" if controls.cis_control is None else str(controls.cis_control)


def original_detections_table(catalog: Catalog) -> str:
    """The detections that replace an alarm of the original module, with the changes."""
    return table(
        ("Detection", "Severity", "Title", "Replaces", "Changes"),
        (
            (f"`{d.id}`", d.severity, d.title, d.original, d.changes_from_original)
            for d in catalog
            if d.original
        ),
    )


def stacks_table(stacks: Iterable[Stack], templates: Mapping[str, dict[str, Any]]) -> str:
    """Each stack with its summary, its Region and its number of resources."""
    return table(
        ("Stack", "Summary", "Region", "Resources"),
        (
            (
                f"`{stack.name}`",
                capitalize(stack.summary),
                stack.region_scope,
                str(len(templates[stack.name]["Resources"])),
            )
            for stack in stacks
        ),
    )


def parameters_table(templates: Mapping[str, dict[str, Any]]) -> str:
    """Each parameter with its default, its description and the stacks that have it.

    A parameter that is another one in some stacks has a row for each, together.
    """
    rows: dict[str, dict[tuple[str, str], list[str]]] = {}
    for stack, template in templates.items():
        for name, parameter in template["Parameters"].items():
            row = _default(parameter), parameter["Description"]
            rows.setdefault(name, {}).setdefault(row, []).append(stack)
    return table(
        ("Parameter", "Default", "Description", "Stacks"),
        (
            (f"`{name}`", default, description, _code_list(stacks))
            for name, variants in rows.items()
            for (default, description), stacks in variants.items()
        ),
    )


def _default(parameter: dict[str, Any]) -> str:
    if "Default" not in parameter:
        return "required"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _code_list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def rules_table(rules: Iterable[Any]) -> str:
    """Each rule with its ID, its name, linked to its page, and its requirement."""
    return table(
        ("Rule", "Name", "Requirement"),
        (
            (rule.id, f"[`{rule.shortdesc}`](rules/{rule.shortdesc}.md)", rule.description)
            for rule in rules
        ),
    )
