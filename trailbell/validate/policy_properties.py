"""
The properties that hold policies.

In:    the type of a resource, and its properties.
Out:   its policies: what they are attached to, the document, and the path.
Never: a statement of them. `trailbell.validate.policies` reads those.
"""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from trailbell.template import TemplatePath
from trailbell.template.intrinsics import branches, entries
from trailbell.template.policy import POLICIES


class PolicyKind(Enum):
    """What a policy is attached to, which decides what it means."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    ENDPOINT = "endpoint"
    BOUNDARY = "boundary"
    ORGANIZATION = "organization"


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
                *("Lex::ResourcePolicy", "S3Vectors::VectorBucketPolicy"),
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
            "Content": ("Organizations::ResourcePolicy",),
            "ResourcePolicy": (
                *("CloudTrail::ResourcePolicy", "Kinesis::ResourcePolicy"),
                *("S3Tables::TableBucketPolicy", "S3Tables::TablePolicy"),
            ),
            "ResourcePolicyDocument": ("Logs::LogGroup",),
            "S3AccessPolicy": ("Omics::SequenceStore",),
        }.items()
        for name in names
    },
}
# Those inside of other properties; "*" means each entry of a list.
_NESTED: dict[str, tuple[tuple[str, ...], ...]] = {
    "AWS::DynamoDB::GlobalTable": (
        ("Replicas", "*", "ResourcePolicy", "PolicyDocument"),
        ("Replicas", "*", "ReplicaStreamSpecification", "ResourcePolicy", "PolicyDocument"),
    ),
    "AWS::DynamoDB::Table": (
        ("ResourcePolicy", "PolicyDocument"),
        ("StreamSpecification", "ResourcePolicy", "PolicyDocument"),
    ),
    "AWS::FSx::S3AccessPointAttachment": (("S3AccessPoint", "Policy"),),
    "AWS::Logs::DeliveryDestination": (("DeliveryDestinationPolicy",) * 2,),
    "AWS::OSIS::Pipeline": (("ResourcePolicy", "Policy"),),
    "AWS::RUM::AppMonitor": (("ResourcePolicy", "PolicyDocument"),),
}
# Policies of sessions limit what a role gives them, like a boundary.
_SESSION = {
    "AWS::EKS::PodIdentityAssociation": "Policy",
    "AWS::RolesAnywhere::Profile": "SessionPolicy",
    "AWS::Transfer::User": "Policy",
}
_ORGANIZATION = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")


def policies_of(
    resource_type: str, properties: dict[str, Any]
) -> Iterator[tuple[PolicyKind, Any, TemplatePath]]:
    """The policies of a resource: kind, document and path below its properties."""
    yield from _identity_policies(resource_type, properties)
    if name := _TRUST.get(resource_type):
        yield PolicyKind.TRUST, properties.get(name), (name,)
    if name := _SESSION.get(resource_type):
        yield PolicyKind.BOUNDARY, properties.get(name), (name,)
    for name in _RESOURCE.get(resource_type, ()):
        # A policy of an event bus can have its single statement in place of a document.
        policy = properties.get(name)
        if name == "Statement":
            yield PolicyKind.RESOURCE, {"Version": None, "Statement": policy}, ()
        else:
            yield PolicyKind.RESOURCE, policy, (name,)
    for names in _NESTED.get(resource_type, ()):
        for policy, path in _values(properties, names):
            yield PolicyKind.RESOURCE, policy, path
    if resource_type == "AWS::EC2::VPCEndpoint":
        yield PolicyKind.ENDPOINT, properties.get("PolicyDocument"), ("PolicyDocument",)
    if resource_type == "AWS::Organizations::Policy" and properties.get("Type") in _ORGANIZATION:
        yield PolicyKind.ORGANIZATION, properties.get("Content"), ("Content",)


def _values(
    value: Any, names: tuple[str, ...], path: TemplatePath = ()
) -> Iterator[tuple[Any, TemplatePath]]:
    """The values in all branches of nested properties."""
    if not names:
        yield value, path
    elif names[0] == "*":
        for entry, entry_path in entries(value, path):
            yield from _values(entry, names[1:], entry_path)
    else:
        for branch, branch_path in branches(value, path):
            if isinstance(branch, dict) and names[0] in branch:
                yield from _values(branch[names[0]], names[1:], (*branch_path, names[0]))


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
