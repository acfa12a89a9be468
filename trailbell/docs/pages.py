"""
The parts of the documentation that are true because they are generated.

In:    the catalogue, the compiled templates, our rules; and a page with marked blocks.
Out:   the page with its blocks made anew.
Never: prose. A page outside its blocks is left as it is.

A block stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trailbell.audit.controls import CONTROLS, Control
from trailbell.catalog.detection import Catalog, Controls, Detection, Pack
from trailbell.catalog.explain import alarm_condition
from trailbell.compiler.stack import Stack
from trailbell.errors import UnknownNameError
from trailbell.markdown import table

_BLOCK = re.compile(
    r"(<!-- generated: (?P<name>[a-z-]+) -->\n)(?:.*?\n)??(<!-- end -->)", re.DOTALL
)


def fill_blocks(text: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """The page with each block made anew. Raises `UnknownNameError` for a block of no
    known name.
    """

    def made(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in blocks:
            raise UnknownNameError("generated block", name, blocks)
        return f"{found[1]}\n{blocks[name]().strip()}\n\n{found[3]}"

    return _BLOCK.sub(made, text)


def packs_table(written: Catalog) -> str:
    """Each pack: its page, and its detections; those that are opt-in say so."""
    return table(
        ("Pack", "Detections"),
        (
            (
                f"[`{pack}`](docs/{pack}.md)",
                ", ".join(f"`{d.id}`{_opt_in(d)}" for d in written if pack in d.packs),
            )
            for pack in Pack
        ),
    )


def _opt_in(detection: Detection) -> str:
    return " (opt-in)" if detection.opt_in else ""


def original_detections_table(written: Catalog) -> str:
    """The detections that stand for an alarm of the original: what changed, and why."""
    return table(
        ("Detection", "Severity", "Tells you that", "Stands for", "What changed"),
        (
            (f"`{d.id}`", d.severity, _lower(d.title), d.original, d.changes_from_original)
            for d in written
            if d.original
        ),
    )


def _lower(title: str) -> str:
    """A title in mid-sentence: ``a network ACL …``, but ``KMS …`` as it is."""
    first, *_ = title.split(" ", 1)
    return title if len(first) > 1 and first.isupper() else title[0].lower() + title[1:]


def stacks_table(known: Iterable[Stack], documents: Mapping[str, dict[str, Any]]) -> str:
    """Each stack: name, what it is, where it goes, how many resources."""
    return table(
        ("Stack", "What", "Where", "Resources"),
        (
            (
                f"`{s.name}`",
                s.summary[0].upper() + s.summary[1:],
                s.region_scope,
                str(len(documents[s.name]["Resources"])),
            )
            for s in known
        ),
    )


def parameters_table(documents: Mapping[str, dict[str, Any]]) -> str:
    """Each parameter of any stack: name, default, what it is, and the stacks that have it."""
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for stack, document in documents.items():
        for name, parameter in document["Parameters"].items():
            found.setdefault(name, (parameter, []))[1].append(stack)
    return table(
        ("Parameter", "Default", "What", "Stacks"),
        (
            (f"`{name}`", _default(parameter), parameter["Description"], _code(where))
            for name, (parameter, where) in found.items()
        ),
    )


def _default(parameter: dict[str, Any]) -> str:
    if "Default" not in parameter:
        return "required"
    return f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def rules_table(known: Iterable[Any]) -> str:
    """Each rule of ours: id, name, what it wants, where AWS says so."""
    return table(
        ("Rule", "Name", "What it wants"),
        (
            (rule.id, f"`{rule.shortdesc}`", f"[{rule.description}]({rule.source_url})")
            for rule in known
        ),
    )


def pack_page(pack: Pack, written: Iterable[Detection]) -> str:
    """The whole page of a pack: a table, and each detection told in full."""
    detections = [detection for detection in written if pack in detection.packs]
    overview = table(
        ("Detection", "Severity", "CIS item", "Tells you that"),
        (
            (f"[`{d.id}`](#{d.id}){_opt_in(d)}", d.severity, _item(d.controls), _lower(d.title))
            for d in detections
        ),
    )
    return "\n".join(
        [
            f"# The pack `{pack}`",
            "",
            "<!-- Generated from detections/ by `python build.py docs`. -->",
            "",
            overview,
            "",
            *(line for detection in detections for line in _detection(detection)),
        ]
    )


def _item(controls: Controls) -> str:
    if controls.related_cis_control is not None:
        return f"relates to {controls.related_cis_control}"
    return "" if controls.cis_control is None else str(controls.cis_control)


def _detection(detection: Detection) -> list[str]:
    return [
        f"## {detection.id}",
        "",
        f"**{detection.title}.** {detection.why}",
        "",
        (
            f"- Severity: {detection.severity}. Rings {alarm_condition(detection)}. "
            f"{detection.timing.reason}"
        ),
        *_controls(detection),
        *([f"- Packs: {_code(detection.packs)}."] if len(detection.packs) > 1 else []),
        *(["- Opt-in: deployed only if it is switched on."] if detection.opt_in else []),
        *(["- Exact: an auditor wants this text to the letter."] if detection.verbatim else []),
        *(
            [f"- Stands for {detection.original!r}: {detection.changes_from_original}"]
            if detection.changes_from_original
            else []
        ),
        *(
            [f"- Noise and limits: {detection.false_positives}"]
            if detection.false_positives
            else []
        ),
        "",
        "When it rings:",
        "",
        *(f"{number}. {step}" for number, step in enumerate(detection.runbook, 1)),
        "",
        "```text",
        detection.pattern_text,
        "```",
        "",
        f"Fires: {'; '.join(example.description for example in detection.fires)}.",
        "",
        f"Silent: {'; '.join(example.description for example in detection.silent)}.",
        "",
        *_how_to_switch(detection),
        *_how_to_tune(detection),
        "<details><summary>An event that it fires on</summary>",
        "",
        "```json",
        json.dumps(detection.fires[0].event, indent=2),
        "```",
        "",
        "</details>",
        "",
    ]


def _controls(detection: Detection) -> list[str]:
    lines = []
    for control in CONTROLS:
        if control.cis_item == detection.controls.cis_control:
            lines.append(
                f"- Controls: {_in_versions(control)}{_at_security_hub(detection, control)}."
            )
        if control.cis_item == detection.controls.related_cis_control:
            lines.append(
                f"- Relates to {_in_versions(control)}, and does not satisfy it; "
                f"the pack `{Pack.CIS}` does."
            )
    techniques = ", ".join(
        f"[{technique}](https://attack.mitre.org/techniques/{technique.replace('.', '/')}/)"
        for technique in detection.controls.mitre_attack
    )
    return [*lines, f"- ATT&CK: {techniques}."] if techniques else lines


def _at_security_hub(detection: Detection, control: Control) -> str:
    """Security Hub compares whole texts, so it counts a detection only if that is exact."""
    if not control.security_hub:
        return ""
    if detection.verbatim:
        return f", Security Hub {control.security_hub}"
    return f"; not Security Hub {control.security_hub}, which wants another text to the letter"


def _in_versions(control: Control) -> str:
    """The numbers of a control in CIS: ``CIS 3.3 (1.2), 4.3 (1.3 to 5.0), 5.3 (6.0 to 7.0)``."""
    versions: dict[str, list[str]] = {}
    for version, number in control.cis.items():
        versions.setdefault(number, []).append(version)
    spans = (
        f"{number} ({' to '.join(dict.fromkeys((known[0], known[-1])))})"
        for number, known in versions.items()
    )
    return f"CIS {', '.join(spans)}"


def _how_to_switch(detection: Detection) -> list[str]:
    to = "on" if detection.opt_in else "off"
    return _toml(f"To switch it {to}", "[catalogue]", f'{to} = ["{detection.id}"]')


def _how_to_tune(detection: Detection) -> list[str]:
    """A block that changes nothing until its values are changed, but for the exclusions."""
    lines = [
        f"[catalogue.detection.{detection.id}]",
        f'severity = "{detection.severity}"',
        f"threshold = {detection.timing.threshold}",
    ]
    if not detection.verbatim:
        lines.append('exclude = { roles = ["Deployer"], addresses = ["192.0.2.*"] }')
    return _toml("To tune it", *lines)


def _toml(what: str, *lines: str) -> list[str]:
    return [f"{what}, in `trailbell.toml`:", "", "```toml", *lines, "```", ""]
