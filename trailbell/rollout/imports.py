"""
What the stacks of a plan import, and which earlier stack of the rollout exports it.

In:    a `RolloutPlan`, the templates of its stacks.
Out:   `Imports`: what no stack of the rollout exports, by account and Region; what is not known.
Never: an import of a branch of Fn::If that is not taken, or of a stack that the plan leaves as it
       is. A stack that is current and is updated can import what it imports now, because
       CloudFormation deletes no export that is imported.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import ContentError
from trailbell.rollout.config import RolloutConfig
from trailbell.rollout.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.stack_order import evaluated_names
from trailbell.rollout.stage import InstanceAction, PlannedInstance
from trailbell.template.exports import ExportNames, imports_anything, names_depend_on

_DEPLOYED = (
    InstanceAction.CREATE,
    InstanceAction.UPDATE,
    InstanceAction.OUTDATED,
    InstanceAction.UPDATE_MOVED,
)
_EXPORTING = (*_DEPLOYED, InstanceAction.UNCHANGED, InstanceAction.RETAINED)
_CHINA = "aws-cn"
_CONDITION = "depends on a condition that cannot be evaluated."


@dataclass(frozen=True, order=True)
class Import:
    """A name that a stack imports."""

    stack: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Imports:
    """Imports that no stack of the rollout exports, and sentences about what is not known."""

    missing: Mapping[Import, tuple[AccountRegion, ...]] = field(default_factory=dict)
    unknowns: tuple[str, ...] = ()


@dataclass(frozen=True)
class NameReader:
    """The names of one stack in each place, evaluated once for equal places."""

    config: RolloutConfig
    template: BuiltTemplate
    partition: str
    by_account: bool
    known: dict[tuple[str, str, bool], ExportNames] = field(default_factory=dict)

    def names(self, location: AccountRegion, *, in_management_account: bool) -> ExportNames:
        """The names that the stack exports and imports there."""
        account, region = location
        own = self.by_account or account in self.config.parameter_overrides
        key = account if own else "", region, in_management_account
        if key not in self.known:
            domain = "amazonaws.com.cn" if self.partition == _CHINA else "amazonaws.com"
            pseudo = {
                "AWS::Region": region,
                "AWS::AccountId": account if own else "",
                "AWS::Partition": self.partition,
                "AWS::URLSuffix": domain,
                "AWS::StackName": self.config.stack_set_name if in_management_account else "",
            }
            given = {name: value for name, value in pseudo.items() if value}
            self.known[key] = evaluated_names(self.config, self.template, account, given)
        return self.known[key]


def name_reader(config: RolloutConfig, template: BuiltTemplate, partition: str) -> NameReader:
    """The reader of one stack. Names are evaluated for each account only if one depends on it."""
    by_account = names_depend_on(template.document, "AWS::AccountId")
    return NameReader(config, template, partition, by_account)


def find_imports(
    plan: RolloutPlan, templates: Mapping[str, BuiltTemplate], partition: str
) -> Imports:
    """Find the imports of all stacks that no earlier stack of the rollout exports."""
    missing: dict[Import, list[AccountRegion]] = {}
    unknowns: dict[str, None] = {}
    earlier: list[_Exporter] = []
    for stack_set in plan.stack_sets:
        template = templates[stack_set.stack]
        reader = name_reader(stack_set.rollout, template, partition)
        if imports_anything(template.document):
            for need, location in _needs(stack_set, reader, unknowns):
                doubt = _doubt(need.name, location, earlier)
                if doubt is None:
                    missing.setdefault(need, []).append(location)
                elif doubt:
                    unknowns[f'{need.stack} imports "{need.name}", and {doubt}'] = None
        earlier.append(_Exporter(stack_set, reader))
    return Imports(
        missing={need: tuple(locations) for need, locations in missing.items()},
        unknowns=tuple(unknowns),
    )


def _needs(
    stack_set: StackSetPlan, reader: NameReader, unknowns: dict[str, None]
) -> Iterator[tuple[Import, AccountRegion]]:
    """What the stack imports in each place where the plan deploys it."""
    present = _present_imports(stack_set, reader)
    for instance in stack_set.instances:
        if instance.action not in _DEPLOYED:
            continue
        inside = instance.in_management_account
        names = reader.names(instance.location, in_management_account=inside)
        for text in sorted(names.unknown_imports):
            unknowns[
                f"{stack_set.stack} imports {text}, a name that cannot be evaluated, so whether it "
                "is exported is not known."
            ] = None
        known = present if instance.action is InstanceAction.UPDATE and not inside else frozenset()
        for name in sorted(names.imports - known):
            if name in names.uncertain:
                unknowns[f'Whether {stack_set.stack} imports "{name}" {_CONDITION}'] = None
            else:
                yield Import(stack_set.stack, name), instance.location


def _present_imports(stack_set: StackSetPlan, reader: NameReader) -> frozenset[str]:
    """The names that the current stacks import, with the parameters of the StackSet."""
    definition, config = stack_set.definition, stack_set.rollout
    if definition is None or config.parameter_overrides:
        return frozenset()
    try:
        document = parse_document(definition.template, "The template of the StackSet")
    except ContentError:
        return frozenset()
    before = replace(
        reader,
        config=replace(config, parameters=definition.parameters),
        template=replace(reader.template, document=document),
        by_account=True,
        known={},
    )
    in_regions = [
        before.names(AccountRegion("", region), in_management_account=False)
        for region in config.regions
    ]
    return frozenset.intersection(*(each.imports - each.uncertain for each in in_regions))


@dataclass(frozen=True)
class _Exporter:
    """An earlier stack of the rollout, and what happens to it in each place."""

    plan: StackSetPlan
    reader: NameReader
    instances: dict[AccountRegion, PlannedInstance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instances.update((each.location, each) for each in self.plan.instances)


def _doubt(name: str, location: AccountRegion, earlier: list[_Exporter]) -> str | None:
    """Whether earlier stacks export a name: empty if one does, None if none does; or the doubt."""
    doubt: str | None = None
    for exporter in earlier:
        instance = exporter.instances.get(location)
        if instance is None:
            continue
        stack, inside = exporter.plan.stack, instance.in_management_account
        names = exporter.reader.names(location, in_management_account=inside)
        if name in names.exports:
            if instance.action is InstanceAction.INOPERABLE:
                doubt = f"{stack}, which exports it, is INOPERABLE in some accounts."
            elif instance.action in _EXPORTING and name not in names.uncertain:
                return ""
            elif instance.action in _EXPORTING:
                doubt = (
                    f"whether {stack} exports it depends on a condition that cannot be evaluated."
                )
        elif names.unknown_exports and instance.action in _EXPORTING:
            texts = ", ".join(sorted(names.unknown_exports))
            doubt = f"{stack} exports names that cannot be evaluated: {texts}"
    return doubt
