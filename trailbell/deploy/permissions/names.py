"""
The physical names that the resources of a stack can have, as patterns for ARNs.

In:    a stack with its settings, and all stacks that it can import from.
Out:   patterns: ``*`` replaces what only CloudFormation knows, ``VALUE-OF-Name`` the value of a
       parameter that has none.
Never: a pattern without a fixed beginning where the settings and the template determine one.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Any

from trailbell.deploy.environment import StackOutput
from trailbell.deploy.permissions.naming import ANY, BUS, NAMING, Naming, generated_name
from trailbell.deploy.permissions.policy import Scope
from trailbell.deploy.target import StackToDeploy
from trailbell.template import Template, evaluate
from trailbell.template.evaluate import NO_VALUE, UNKNOWN, Evaluator
from trailbell.template.intrinsics import SUB_VARIABLE
from trailbell.template.resources import properties, resources, section, type_of

NO_NAME = "VALUE-OF-"
"""Before the name of a parameter without value. A policy allows nothing until it is replaced."""

_DEFAULT_BUS = "default"
_EXPORTER = "EXPORTER"


@dataclass(frozen=True)
class Names:
    """The names in one stack. ``others`` are all stacks by their name in ``dist/``."""

    target: StackToDeploy
    scope: Scope
    others: Mapping[str, StackToDeploy] = field(default_factory=dict)

    @property
    def template(self) -> Template:
        """The template of the stack."""
        return self.target.source.document

    @cached_property
    def evaluator(self) -> Evaluator:
        """What the template evaluates to with the settings alone."""
        given = self.target.options.parameters
        pseudo = {
            "AWS::StackName": self.target.name,
            "AWS::Partition": self.scope.partition,
            "AWS::AccountId": self.scope.account,
            "AWS::Region": self.scope.region,
        }
        return Evaluator(
            self.template,
            evaluate.Scope(
                parameters={
                    name: value if isinstance(value, str) else UNKNOWN
                    for name, value in given.items()
                },
                pseudo={name: value for name, value in pseudo.items() if value != ANY},
            ),
        )

    def arns(self, logical_id: str, resource: Mapping[str, Any]) -> tuple[str, ...]:
        """The ARNs that a resource, or the one it belongs to, can have; ``*`` if unknown."""
        naming = NAMING.get(type_of(resource))
        if naming is None:
            return (self.scope.arn("kms", "key/*") if _is_key(resource) else ANY,)
        names = self._names(logical_id, resource, naming)
        arns = [arn for name in names for arn in self._arns(naming, name)]
        match type_of(resource):
            case "AWS::Events::Rule":
                return self._rule_arns(arns, self._buses(resource, "EventBusName"))
            case "AWS::Events::Archive":
                buses = self._buses(resource, "SourceArn")
                return _unique([*arns, *(arn for bus in buses for arn in self._arns(BUS, bus))])
            case "AWS::Glue::Database" | "AWS::Glue::Table":
                return self._catalog_arns(arns)
            case _:
                return _unique(arns)

    def _catalog_arns(self, databases: list[str]) -> tuple[str, ...]:
        """The ARNs of databases, of all their tables, and of what contains them.

        https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
        """
        tables = (f"{arn.replace(':database/', ':table/', 1)}/*" for arn in databases)
        return _unique([self.scope.arn("glue", "catalog"), *databases, *tables])

    def _buses(self, resource: Mapping[str, Any], name: str) -> tuple[str, ...]:
        """The names of the event buses that a property refers to by name or ARN."""
        value = properties(resource).get(name, _DEFAULT_BUS)
        return _unique(bus.rpartition("/")[2] for bus in self.patterns(value))

    def _rule_arns(self, arns: list[str], buses: tuple[str, ...]) -> tuple[str, ...]:
        """The ARNs of a rule: with the name of the event bus, unless that is the default one.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
        """
        return _unique(
            arn if is_default else arn.replace(":rule/", f":rule/{bus}/", 1)
            for arn in arns
            for bus in buses
            for is_default in ((True, False) if bus == ANY else (bus in ("", _DEFAULT_BUS),))
        )

    def patterns(self, value: Any) -> tuple[str, ...]:
        """The texts that a value can have. A removed property (``AWS::NoValue``) is empty."""
        match value:
            case {"Fn::If": [str(condition), yes, no]}:
                return _unique(self._branches(condition, yes, no))
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
                return self._reference(name)
            case {"Fn::Sub": str() | [str(), dict()] as argument}:
                return self._sub(argument)
            case {"Fn::ImportValue": name}:
                return _unique(
                    text for export in self.patterns(name) for text in self._import(export)
                )
            case list():
                return _unique(text for entry in value for text in self.patterns(entry))
            case _:
                result = self.evaluator.value(value)
                if result is NO_VALUE:
                    return ("",)
                return (str(result) if isinstance(result, str | int | float) else ANY,)

    def _branches(self, condition: str, yes: Any, no: Any) -> Iterator[str]:
        holds = self.evaluator.condition(condition)
        for branch in (yes, no) if holds is None else (yes if holds else no,):
            yield from self.patterns(branch)

    def _reference(self, name: str) -> tuple[str, ...]:
        if name == "AWS::NoValue":
            return ("",)
        known = self.evaluator.text({"Ref": name})
        if known is not None:
            return (known,)
        resource = resources(self.template).get(name)
        if resource is not None:
            naming = NAMING.get(type_of(resource))
            return (ANY,) if naming is None else self._names(name, resource, naming)
        if name not in section(self.template, "Parameters"):
            return (ANY,)
        given = self.target.options.parameters.get(name)
        if isinstance(given, StackOutput) and given.stack in self.others:
            return self._of(self.others[given.stack]).output(given.output)
        return (NO_NAME + name,)

    def _sub(self, argument: Any) -> tuple[str, ...]:
        text, values = (argument, {}) if isinstance(argument, str) else argument
        pieces: list[tuple[str, ...]] = []
        end = 0
        for variable in SUB_VARIABLE.finditer(text):
            name = variable[1]
            value = values[name] if name in values else {"Ref": name.split(".")[0]}
            pieces += [(text[end : variable.start()],), self.patterns(value)]
            end = variable.end()
        combined = product(*pieces, (text[end:],))
        return _unique(re.sub(r"\*+", ANY, "".join(parts)) for parts in combined)

    def output(self, name: str) -> tuple[str, ...]:
        """The texts that an output of this stack can have."""
        output = section(section(self.template, "Outputs"), name)
        return self.patterns(output["Value"]) if "Value" in output else (ANY,)

    def _import(self, export: str) -> tuple[str, ...]:
        """The values of an export: of the stack that has it, else of those that could have it."""
        exact = [
            value
            for other in self.others.values()
            for name, value in self._of(other).exports()
            if name == export
        ]
        if exact:
            return tuple(exact)
        return _unique(
            value
            for other in self.others.values()
            for value in self._of(other).exports_named(export)
            if NO_NAME not in value
        ) or (ANY,)

    def exports(self) -> Iterator[tuple[str, str]]:
        """The exports of this stack and their values."""
        outputs = section(self.template, "Outputs")
        for logical_id in outputs:
            name = section(section(outputs, logical_id), "Export").get("Name")
            for text in () if name is None else self.patterns(name):
                yield from ((text, value) for value in self.output(logical_id))

    def exports_named(self, export: str) -> Iterator[str]:
        """The values of an export if the stack had the name that the export starts with."""
        renamed = replace(self.target.options, stack_name=_EXPORTER)
        for text, _ in self._of(replace(self.target, options=renamed)).exports():
            beginning, _, rest = text.partition(_EXPORTER)
            if not beginning and export.endswith(rest) and len(export) > len(rest):
                name = export.removesuffix(rest)
                named = replace(self.target, options=replace(renamed, stack_name=name))
                yield from (value for known, value in self._of(named).exports() if known == export)

    def _of(self, target: StackToDeploy) -> "Names":
        return replace(self, target=target)

    def _names(
        self, logical_id: str, resource: Mapping[str, Any], naming: Naming
    ) -> tuple[str, ...]:
        value = properties(resource).get(naming.property)
        if isinstance(value, dict) and "Name" in value:
            value = value["Name"]
        given = ("",) if value is None else self.patterns(value)
        generated = generated_name(self.target.name, logical_id, naming)
        return tuple(name or generated for name in given)

    def _arns(self, naming: Naming, name: str) -> Iterator[str]:
        if name.startswith("arn:"):
            yield name
            return
        rest = naming.rest.format(name)
        arn = self.scope.arn(naming.service, rest, region=naming.region, account=naming.account)
        # ? represents a character of a stack name that only CloudFormation knows.
        arn = re.sub(r"[?*]+", ANY, arn)
        yield arn
        # Log streams, and subscriptions: their ARNs begin with that of the group or topic.
        if naming.service in ("logs", "sns") and not arn.endswith(ANY):
            yield f"{arn}:*"


def _is_key(resource: Mapping[str, Any]) -> bool:
    return type_of(resource) == "AWS::KMS::Key"


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
