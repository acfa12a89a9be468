"""
What the stacks of a plan import, and which earlier stack of the rollout exports it.

In:    a `RolloutPlan`, the templates of its stacks.
Out:   `Imports`: what no stack of the rollout exports, by account and Region; what is not known.
Never: an import of a branch of Fn::If that is not taken, or of a stack that the plan leaves as it
       is. A stack that is current and is updated can import what it imports now, because
       CloudFormation deletes no export that is imported.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from trailbell.aws.stack_set import AccountRegion
from trailbell.dist.built_templates import BuiltTemplate, parse_document
from trailbell.errors import ContentError
from trailbell.rollout.configuration.config import RolloutConfig
from trailbell.rollout.configuration.stack_order import evaluated_names
from trailbell.rollout.model.plan import RolloutPlan, StackSetPlan
from trailbell.rollout.model.stage import InstanceAction, PlannedInstance
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
    earlier: list[_Stack] = []
    for stack_set in plan.stack_sets:
        template = templates[stack_set.stack]
        stack = _Stack(stack_set, name_reader(stack_set.rollout, template, partition))
        if imports_anything(template.document):
            present = _present_imports(stack_set, partition)
            for places in _equal_places(stack, earlier):
                unknowns |= dict.fromkeys(_unknown_imports(stack_set.stack, places.names))
                for name in sorted(places.imports(present)):
                    doubt = _doubt(name, places.earlier)
                    if doubt is None:
                        need = Import(stack_set.stack, name)
                        missing.setdefault(need, []).extend(places.locations)
                    elif doubt:
                        unknowns[f'{stack_set.stack} imports "{name}", and {doubt}'] = None
        earlier.append(stack)
    return Imports(
        missing={need: tuple(locations) for need, locations in missing.items()},
        unknowns=tuple(unknowns),
    )


@dataclass(frozen=True)
class _Stack:
    """A stack of the rollout, its names, and what happens to it in each place."""

    plan: StackSetPlan
    reader: NameReader
    instances: dict[AccountRegion, PlannedInstance] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instances.update((each.location, each) for each in self.plan.instances)

    def at(self, location: AccountRegion) -> "_Exporter | None":
        """What the stack exports in a place; None if it has no stack instance there."""
        instance = self.instances.get(location)
        if instance is None:
            return None
        inside = instance.in_management_account
        names = self.reader.names(location, in_management_account=inside)
        return _Exporter(self.plan.stack, names, instance.action)


@dataclass(frozen=True)
class _Exporter:
    """What an earlier stack exports in a place, and what happens to it there."""

    stack: str
    names: ExportNames
    action: InstanceAction


@dataclass(frozen=True)
class _Places:
    """Places in which a stack imports the same names, and earlier stacks do the same."""

    names: ExportNames
    current: bool
    earlier: tuple[_Exporter, ...]
    locations: list[AccountRegion] = field(default_factory=list)

    def imports(self, present: frozenset[str]) -> frozenset[str]:
        """The names that must be exported; not those that a current stack imports already."""
        return self.names.imports - self.names.uncertain - (present if self.current else set())


def _equal_places(stack: _Stack, earlier: Sequence[_Stack]) -> Iterable[_Places]:
    """The places in which the plan deploys a stack, equal ones together: there can be 85,000."""
    places: dict[tuple[object, ...], _Places] = {}
    for instance in stack.plan.instances:
        if instance.action not in _DEPLOYED:
            continue
        location, inside = instance.location, instance.in_management_account
        names = stack.reader.names(location, in_management_account=inside)
        exporters = tuple(each for other in earlier if (each := other.at(location)))
        current = instance.action is InstanceAction.UPDATE and not inside
        key = (id(names), current, *((id(each.names), each.action) for each in exporters))
        if key not in places:
            places[key] = _Places(names, current, exporters)
        places[key].locations.append(location)
    return places.values()


def _unknown_imports(stack: str, names: ExportNames) -> Iterator[str]:
    for text in sorted(names.unknown_imports):
        yield (
            f"{stack} imports {text}, a name that cannot be evaluated, so whether it is exported "
            "is not known."
        )
    for name in sorted(names.imports & names.uncertain):
        yield f'Whether {stack} imports "{name}" {_CONDITION}'


def present_reader(stack_set: StackSetPlan, partition: str) -> NameReader | None:
    """The reader of the names that stacks have now, with the parameters of the StackSet.

    None if there is no StackSet or its template cannot be read. Parameter overrides are not known.
    """
    definition = stack_set.definition
    if definition is None:
        return None
    try:
        document = parse_document(definition.template, "The template of the StackSet")
    except ContentError:
        return None
    config = replace(stack_set.rollout, parameters=definition.parameters, parameter_overrides={})
    template = BuiltTemplate(stack=stack_set.stack, text="", document=document, sha256="")
    return name_reader(config, template, partition)


def _present_imports(stack_set: StackSetPlan, partition: str) -> frozenset[str]:
    """The names that current stacks import in all Regions; none if an account may differ."""
    before = present_reader(stack_set, partition)
    if before is None or before.by_account or stack_set.rollout.parameter_overrides:
        return frozenset()
    in_regions = (
        before.names(AccountRegion("", region), in_management_account=False)
        for region in stack_set.rollout.regions
    )
    return frozenset.intersection(*(each.imports - each.uncertain for each in in_regions))


def _doubt(name: str, earlier: Iterable[_Exporter]) -> str | None:
    """Whether earlier stacks export a name: empty if one does, None if none does; or the doubt."""
    doubt: str | None = None
    for stack, names, action in ((each.stack, each.names, each.action) for each in earlier):
        if name in names.exports:
            if action is InstanceAction.INOPERABLE:
                doubt = f"{stack}, which exports it, is INOPERABLE in some accounts."
            elif action in _EXPORTING and name not in names.uncertain:
                return ""
            elif action in _EXPORTING:
                doubt = f"whether {stack} exports it {_CONDITION}"
        elif names.unknown_exports and action in _EXPORTING:
            texts = ", ".join(sorted(names.unknown_exports))
            doubt = f"{stack} exports names that cannot be evaluated: {texts}"
    return doubt
