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
from enum import Enum
from functools import cached_property, lru_cache
from typing import Any

from trailbell.iam.condition_operators import Operator, parse_operator
from trailbell.template import TemplatePath, loops
from trailbell.template.intrinsics import branches, entries, is_intrinsic, referenced_id
from trailbell.template.known_texts import UNKNOWN_TEXT
from trailbell.template.paths import value_at
from trailbell.template.policy import POLICIES, statements
from trailbell.validate.policy_texts import policy_texts

Texts = tuple[str, ...]


class PolicyKind(Enum):
    """What a policy is attached to, which decides what it means."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    ENDPOINT = "endpoint"
    BOUNDARY = "boundary"
    ORGANIZATION = "organization"


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
            branch is None or any(_is_on(entry.key, keys) for entry in branch)
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


def _is_on(key: str, keys: tuple[str, ...]) -> bool:
    name = key.lower()
    return _is_unknown(key) or any(
        name == wanted or (wanted.endswith((":", "/")) and name.startswith(wanted))
        for wanted in keys
    )


def _is_unknown(key: str) -> bool:
    """Whether a key has a variable of ``Fn::Sub`` in JSON text."""
    return key == UNKNOWN_TEXT or "${" in key


# The properties with identity policies; "*" means each entry of a list.
_IDENTITY: dict[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(
        ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"),
        (("Policies", "*", "PolicyDocument"),),
    ),
    **dict.fromkeys(
        (
            *("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"),
            *("AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy"),
        ),
        (("PolicyDocument",),),
    ),
    "AWS::SSO::PermissionSet": (("InlinePolicy",),),
    # Policy templates and names of managed policies have no statements.
    **dict.fromkeys(
        ("AWS::Serverless::Function", "AWS::Serverless::StateMachine"), (("Policies", "*"),)
    ),
}
_TRUST = {
    "AWS::IAM::Role": "AssumeRolePolicyDocument",
    "AWS::Serverless::Function": "AssumeRolePolicyDocument",
}
_RESOURCE: dict[str, tuple[str, ...]] = {
    **{kind: names for kind, names in POLICIES.items() if kind != "AWS::IAM::Role"},
    **{
        f"AWS::{name}": (policy,)
        for policy, names in {
            "AccessPolicies": ("Elasticsearch::Domain", "OpenSearchService::Domain"),
            "AccessPolicy": ("Backup::BackupVault", "Backup::LogicallyAirGappedBackupVault"),
            "DestinationPolicy": ("Logs::Destination",),
            "FileSystemPolicy": ("EFS::FileSystem",),
            "InvestigationGroupPolicy": ("AIOps::InvestigationGroup",),
            "KeyPolicy": ("KMS::ReplicaKey",),
            "ModelPackageGroupPolicy": ("SageMaker::ModelPackageGroup",),
            "NamespaceResourcePolicy": ("Redshift::Cluster", "RedshiftServerless::Namespace"),
            "PermissionsPolicyDocument": ("CodeArtifact::Domain", "CodeArtifact::Repository"),
            "Policy": (
                *("ApiGateway::DomainNameV2", "ApiGateway::RestApi"),
                *("BedrockAgentCore::ResourcePolicy", "EventSchemas::RegistryPolicy"),
                *("Events::EventBus", "MSK::ClusterPolicy", "MediaPackageV2::ChannelPolicy"),
                *("MediaPackageV2::OriginEndpointPolicy", "MediaStore::Container"),
                *("MediaTailor::ChannelPolicy", "Oam::Sink", "PaymentCryptography::Key"),
                *("S3::AccessPoint", "S3::MultiRegionAccessPointPolicy", "S3Express::AccessPoint"),
                *("S3Files::FileSystemPolicy", "S3Outposts::AccessPoint", "SSM::ResourcePolicy"),
                *("VpcLattice::AuthPolicy", "VpcLattice::ResourcePolicy"),
            ),
            "PolicyDocument": (
                *("APS::ResourcePolicy", "Bedrock::KnowledgeBasePolicy"),
                *("Bedrock::ResourcePolicy", "DSQL::Cluster", "EventsV2::ResourcePolicy"),
                *("Lambda::ResourcePolicy", "S3Express::BucketPolicy"),
                *("S3ObjectLambda::AccessPointPolicy", "S3Outposts::BucketPolicy"),
                *("SMSVOICE::ResourcePolicy", "XRay::ResourcePolicy"),
            ),
            "PolicyText": ("ECR::RegistryPolicy",),
            "RepositoryPolicy": ("ECR::RepositoryCreationTemplate",),
            "RepositoryPolicyText": ("ECR::PublicRepository",),
            "ResourcePolicy": ("CloudTrail::ResourcePolicy", "Kinesis::ResourcePolicy"),
            "ResourcePolicyDocument": ("Logs::LogGroup",),
            "S3AccessPolicy": ("Omics::SequenceStore",),
        }.items()
        for name in names
    },
}
_ORGANIZATION = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


@lru_cache(maxsize=1)
def policy_statements(template: Any) -> tuple[PolicyStatement, ...]:
    """The statements of all policies in a template of cfn-lint, read once for all rules."""
    document = template.template
    boundaries = set(_boundaries(document))
    return tuple(
        PolicyStatement(kind, resource_type, document, statement, path, _version(policy))
        for logical_id, resource, _ in loops.entries(document.get("Resources"))
        if isinstance(resource, dict) and isinstance(resource.get("Properties"), dict)
        for resource_type in [str(resource.get("Type"))]
        for kind, policy, names in _policies(resource_type, resource["Properties"])
        for statement, path in statements(
            _with_substitutions(policy), ("Resources", logical_id, "Properties", *names)
        )
        for kind in [PolicyKind.BOUNDARY if logical_id in boundaries else kind]
    )


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


def _policies(
    resource_type: str, properties: dict[str, Any]
) -> Iterator[tuple[PolicyKind, Any, TemplatePath]]:
    """The policies of a resource: kind, document and path below its properties."""
    yield from _identity_policies(resource_type, properties)
    if name := _TRUST.get(resource_type):
        yield PolicyKind.TRUST, properties.get(name), (name,)
    for name in _RESOURCE.get(resource_type, ()):
        # A policy of an event bus can have its single statement in place of a document.
        policy = properties.get(name)
        if name == "Statement":
            yield PolicyKind.RESOURCE, {"Version": None, "Statement": policy}, ()
        else:
            yield PolicyKind.RESOURCE, policy, (name,)
    if resource_type == "AWS::EC2::VPCEndpoint":
        yield PolicyKind.ENDPOINT, properties.get("PolicyDocument"), ("PolicyDocument",)
    if resource_type == "AWS::Organizations::Policy" and properties.get("Type") in _ORGANIZATION:
        yield PolicyKind.ORGANIZATION, properties.get("Content"), ("Content",)


def _identity_policies(
    resource_type: str, properties: dict[str, Any]
) -> Iterator[tuple[PolicyKind, Any, TemplatePath]]:
    for names in _IDENTITY.get(resource_type, ()):
        if names[1:2] != ("*",):
            yield PolicyKind.IDENTITY, properties.get(names[0]), names
            continue
        for entry, path in entries(properties.get(names[0]), (names[0],)):
            if isinstance(entry, dict):
                policy = entry if len(names) == 2 else entry.get(names[2])
                yield PolicyKind.IDENTITY, policy, (*path, *names[2:])
