"""
Every policy in a template, statement by statement.

In:    a template.
Out:   the statements of identity policies, trust policies, resource policies, permissions
       boundaries and policies of an organization, with their paths, texts and conditions.
Never: a judgment. The rules in `trailbell.validate.template_rules` have those.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from trailbell.iam.condition_operators import Operator, parse_operator
from trailbell.template import TemplatePath, loops
from trailbell.template.intrinsics import branches, entries, is_intrinsic, referenced_id
from trailbell.template.known_texts import UNKNOWN_TEXT
from trailbell.template.paths import value_at
from trailbell.template.policy import statements
from trailbell.validate.policy_properties import PolicyKind as PolicyKind
from trailbell.validate.policy_properties import policies_of
from trailbell.validate.policy_texts import policy_texts

Texts = tuple[str, ...]


@dataclass(frozen=True)
class ConditionEntry:
    """One key of a condition. ``values`` are the texts that each of its values can be."""

    operator: Operator | None
    operator_name: str
    key: str
    values: tuple[Texts, ...]
    names: tuple[str | int, ...]

    @property
    def texts(self) -> Texts:
        """The values that are known, if each has exactly one text; otherwise none."""
        known = tuple(texts[0] for texts in self.values if len(texts) == 1)
        complete = len(known) == len(self.values) and not any(UNKNOWN_TEXT in t for t in known)
        return known if complete else ()

    @property
    def is_of_unknown_key(self) -> bool:
        """Whether the key has a part that only the deployment knows."""
        return self.key == UNKNOWN_TEXT or "${" in self.key

    def is_on(self, *keys: str) -> bool:
        """Whether the key is one of those, in lower case.

        A key that ends with a colon or slash means all that begin with it.
        """
        name = self.key.lower()
        return any(
            name == key or (key.endswith((":", "/")) and name.startswith(key)) for key in keys
        )


@dataclass(frozen=True, eq=False)
class PolicyStatement:
    """A statement of a policy. `place` is its path; that of the policy if it is JSON text.

    ``version`` is that of the policy: empty without one, None if it is not known.
    """

    kind: PolicyKind
    resource_type: str
    document: Any
    data: dict[str, Any]
    path: TemplatePath
    version: str | None = None

    @property
    def is_allow(self) -> bool:
        return self.data.get("Effect") == "Allow"

    def place(self, *names: str | int) -> TemplatePath:
        """The path of a member of the statement, as far as the template has it."""
        path = (*self.path, *names)
        while value_at(self.document, path) is None:
            path = path[:-1]
        return path

    @property
    def resource(self) -> dict[str, Any]:
        """The resource with the policy, also in a loop."""
        return next(
            resource
            for logical_id, resource, _ in loops.entries(self.document["Resources"])
            if logical_id == self.path[1]
        )

    @cached_property
    def actions(self) -> tuple[Texts, ...]:
        """The texts that each entry of ``Action`` can be."""
        return self._texts(self.data.get("Action"))

    @cached_property
    def resources(self) -> tuple[Texts, ...]:
        """The texts that each entry of ``Resource`` can be."""
        return self._texts(self.data.get("Resource"))

    @property
    def is_on_all_but_some(self) -> bool:
        """Whether the statement has ``NotResource``."""
        return self.data.get("NotResource") is not None

    def principals(self, kind: str) -> tuple[tuple[Texts, TemplatePath], ...]:
        """The texts and paths of the principals of a kind, such as ``Service``."""
        return tuple(
            (policy_texts(self.document, entry), self.place(*path))
            for principal, principal_path in branches(self.data.get("Principal"), ("Principal",))
            if isinstance(principal, dict)
            for entry, path in entries(principal.get(kind), (*principal_path, kind))
            if entry is not None
        )

    @cached_property
    def conditions(self) -> tuple[tuple[ConditionEntry, ...] | None, ...]:
        """The conditions in each branch of ``Condition``; None for one that is not known.

        Without ``Condition``, there is one branch without entries.
        """
        return tuple(self._branches(self.data.get("Condition"), ("Condition",)))

    def _branches(
        self, condition: Any, path: TemplatePath
    ) -> Iterator[tuple[ConditionEntry, ...] | None]:
        match condition:
            case None | {"Ref": "AWS::NoValue"}:
                yield ()
            case {"Fn::If": [_, yes, no]}:
                yield from self._branches(yes, (*path, "Fn::If", 1))
                yield from self._branches(no, (*path, "Fn::If", 2))
            case dict() if not is_intrinsic(condition):
                yield tuple(self._entries(condition, path))
            case _:
                yield None

    @cached_property
    def condition_entries(self) -> tuple[ConditionEntry, ...]:
        """The entries of all branches of ``Condition``."""
        return tuple(entry for branch in self.conditions for entry in branch or ())

    def has_condition_on(self, *keys: str) -> bool:
        """Whether each branch is unknown, or has a condition on a key (in lower case).

        A key that ends with a colon or slash means all that begin with it.
        """
        return all(
            branch is None or any(e.is_of_unknown_key or e.is_on(*keys) for e in branch)
            for branch in self.conditions
        )

    def _entries(self, condition: dict[str, Any], path: TemplatePath) -> Iterator[ConditionEntry]:
        for name, members in condition.items():
            for keys, keys_path in branches(members, (*path, name)):
                if not isinstance(keys, dict) or is_intrinsic(keys):
                    yield ConditionEntry(
                        parse_operator(name), name, UNKNOWN_TEXT, (), (*keys_path,)
                    )
                    continue
                for key, values in keys.items():
                    operator = parse_operator(name)
                    texts = self._texts(values)
                    yield ConditionEntry(operator, name, key, texts, (*keys_path, key))

    def _texts(self, value: Any) -> tuple[Texts, ...]:
        return tuple(
            policy_texts(self.document, entry) for entry, _ in entries(value) if entry is not None
        )


@lru_cache(maxsize=1)
def policy_statements(template: Any) -> tuple[PolicyStatement, ...]:
    """The statements of all policies in a template of cfn-lint, read once for all rules."""
    document = template.template
    boundaries = set(_boundaries(document))
    return tuple(
        PolicyStatement(kind, resource_type, document, statement, path, _version(policy))
        for kind, resource_type, policy, names in policy_documents(document)
        for statement, path in statements(_with_substitutions(policy), names)
        for kind in [PolicyKind.BOUNDARY if path[1] in boundaries else kind]
    )


def policy_documents(document: Any) -> Iterator[tuple[PolicyKind, str, Any, TemplatePath]]:
    """The policies in a template: kind, resource type, document and path."""
    for logical_id, resource, _ in loops.entries(document.get("Resources")):
        if isinstance(resource, dict) and isinstance(resource.get("Properties"), dict):
            resource_type = str(resource.get("Type"))
            for kind, policy, names in policies_of(resource_type, resource["Properties"]):
                yield kind, resource_type, policy, ("Resources", logical_id, "Properties", *names)


def _version(policy: Any) -> str | None:
    match policy:
        case {"Version": str(version)}:
            return version
        case dict() if "Statement" in policy and "Version" not in policy:
            return ""
        case _:
            return None


def _with_substitutions(policy: Any) -> Any:
    """A policy with each ``Fn::Sub`` of a JSON text as a document with ``Fn::Sub`` in its texts."""
    match policy:
        case {"Fn::If": [condition, yes, no]}:
            return {"Fn::If": [condition, _with_substitutions(yes), _with_substitutions(no)]}
        case {"Fn::Sub": str(text)}:
            return _parse_substitution(text, {})
        case {"Fn::Sub": [str(text), dict(variables)]}:
            return _parse_substitution(text, variables)
        case _:
            return policy


def _parse_substitution(text: str, variables: dict[str, Any]) -> Any:
    try:
        return _substitute_in(json.loads(text), variables)
    except (ValueError, RecursionError):
        return None


def _substitute_in(value: Any, variables: dict[str, Any]) -> Any:
    match value:
        case str() if "${" in value:
            return {"Fn::Sub": [value, variables]}
        case dict():
            return {name: _substitute_in(member, variables) for name, member in value.items()}
        case list():
            return [_substitute_in(member, variables) for member in value]
        case _:
            return value


def _boundaries(document: Any) -> Iterator[str]:
    """The managed policies of the template that are the permissions boundary of an identity."""
    for _, resource, _ in loops.entries(document.get("Resources")):
        match resource:
            case {"Properties": {"PermissionsBoundary": boundary}}:
                for branch, _ in branches(boundary):
                    if name := referenced_id(branch):
                        yield name
