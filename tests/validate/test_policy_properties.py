"""Every property that has a policy of IAM is read, of the types that cfn-lint knows."""

import re
from collections.abc import Iterator

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from trailbell.validate import policies

pytestmark = pytest.mark.slow

_NAME = re.compile(r"polic|AccessPol", re.IGNORECASE)
_TEXT = re.compile(r"(PolicyDocument|Policy|PolicyText|ResourcePolicy|Policies)$")

_OTHERS = {
    # Not of IAM: TLS, data protection, life cycles, deliveries, networks, browsers, notifications.
    "SecurityPolicy",
    "SslPolicy",
    "DataProtectionPolicy",
    "LifecyclePolicy",
    "DeliveryPolicy",
    "FilterPolicy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "ReplayPolicy",
    "ArchivePolicy",
    "NotificationPolicy",
    "BrowserPolicy",
    "ArnForPolicy",
    "PolicyTemplate",
    "AWS::Logs::AccountPolicy.PolicyDocument",
    "AWS::NetworkManager::CoreNetwork.PolicyDocument",
    "AWS::OpenSearchServerless::AccessPolicy.Policy",
    "AWS::OpenSearchServerless::LifecyclePolicy.Policy",
    "AWS::OpenSearchServerless::SecurityPolicy.Policy",
    "AWS::SSM::Parameter.Policies",
    "AWS::Organizations::ResourcePolicy.Content",
    "AWS::EC2::VerifiedAccessEndpoint.PolicyDocument",
    "AWS::EC2::VerifiedAccessGroup.PolicyDocument",
    # ARNs of models, as text.
    "ModelPolicy",
    # Policies of devices, of sessions and of a network that a service makes.
    "AWS::IoT::Policy.PolicyDocument",
    "AWS::EKS::PodIdentityAssociation.Policy",
    "AWS::RolesAnywhere::Profile.SessionPolicy",
    "AWS::Transfer::User.Policy",
    "AWS::ODB::OdbNetwork.KmsPolicyDocument",
    "AWS::ODB::OdbNetwork.S3PolicyDocument",
    "AWS::ODB::OdbNetwork.StsPolicyDocument",
    # A name, and the policy in it, which cfn-lint does not describe.
    "AWS::Logs::DeliveryDestination.DeliveryDestinationPolicy",
    # SAM adds the rest of the statement.
    "AWS::Serverless::Api.Policy",
}
"""Properties that hold no policy of IAM, or one that the rules do not judge."""


def _properties() -> Iterator[tuple[str, str]]:
    """The properties that may have a policy: free objects, and texts with the name of one."""
    for type_ in sorted(PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
        for name, definition in schema.get("properties", {}).items():
            kinds = definition.get("type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            is_free = "object" in kinds and not definition.get("properties")
            is_text = kinds == ["string"] and _TEXT.search(name) and not definition.get("enum")
            if _NAME.search(name) and (is_free or is_text):
                yield type_, name


def _read() -> set[tuple[str, str]]:
    identity = {(t, names[0]) for t, all_ in policies._IDENTITY.items() for names in all_}
    resource = {(t, name) for t, names in policies._RESOURCE.items() for name in names}
    endpoint = {("AWS::EC2::VPCEndpoint", "PolicyDocument")}
    return identity | resource | endpoint | set(policies._TRUST.items())


def test_every_policy_is_read() -> None:
    missing = {
        f"{type_}.{name}"
        for type_, name in _properties()
        if (type_, name) not in _read() and name not in _OTHERS and f"{type_}.{name}" not in _OTHERS
    }
    assert missing == set()
