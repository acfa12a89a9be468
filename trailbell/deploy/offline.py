"""
What a template would change, without asking an account.

In:    a template, and the one it is compared with.
Out:   a `StackPlan`: what is added, changed and removed, what that means, what will be refused.
Never: certainty about values. What depends on a parameter or a condition is "perhaps".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from trailbell.deploy import effects
from trailbell.deploy.comparison import changes, defaults, values
from trailbell.deploy.plan import Change, Depth, Level, Pin, Remark, Replacement, StackPlan
from trailbell.deploy.schema import schema
from trailbell.deploy.source import Source
from trailbell.deploy.template import Document, properties, resources


def plan(source: Source, before: Document | None, against: str, *, region: str = "") -> StackPlan:
    """What deploying this template does where the other one stands (None: nothing does)."""
    changed = changes(before or {}, source, region or "us-east-1")
    said = tuple(remarks(before or {}, source.document, changed, region or "us-east-1"))
    return StackPlan(
        stack=source.stack,
        name=source.stack,
        region=region,
        depth=Depth.OFFLINE,
        against=against,
        created=before is None,
        changes=changed,
        effects=effects.effects(before, source.document, changed),
        remarks=said,
        parameters=defaults(before or {}, source.document) if before is not None else (),
        outputs=values(before or {}, source.document, "Outputs", "Value"),
        capabilities=source.capabilities,
        pin=Pin(template=source.sha256),
    )


def remarks(
    before: Document, after: Document, changed: tuple[Change, ...], region: str
) -> Iterator[Remark]:
    """What CloudFormation will refuse, as far as the templates tell."""
    old, new = resources(before), resources(after)
    for change in changed:
        name = change.logical_id
        if name not in old or name not in new:
            continue
        if old[name].get("Type") != change.type:
            yield Remark(
                level=Level.FAILURE,
                logical_id=name,
                text=f"was {old[name].get('Type')}; a type never changes, give it a new logical id",
            )
        elif change.replacement is Replacement.YES and _keeps_name(change, new[name], region):
            yield Remark(
                level=Level.FAILURE,
                logical_id=name,
                text="is replaced but keeps the name that the template gives it, and the new one "
                "is made first; change the name too",
            )


def _keeps_name(change: Change, resource: Mapping[str, Any], region: str) -> bool:
    """Whether old and new resource would have one name while both exist."""
    kind = schema(change.type, region)
    if kind is None or kind.deleted_first:
        return False
    touched = {each.path for each in change.properties}
    given = properties(resource)
    own = kind.type.rsplit("::", 1)[1] + "Name"
    names = kind.naming or ((own,) if (own,) in kind.create_only else ())
    return bool(names) and all(name in given and name not in touched for name in names)
