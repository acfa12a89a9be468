"""Every property that has a policy of IAM is read, of the types that cfn-lint knows."""

import re
from collections.abc import Iterator
from typing import Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from trailbell.validate import policy_properties

_NAME = re.compile(r"polic|AccessPol", re.IGNORECASE)
_TEXT = re.compile(r"(PolicyDocument|Policy|PolicyText|ResourcePolicy|Policies)$")

_MEMBERS = ("properties", "patternProperties")

_OTHERS = {
    # Names of policies, and what services call a policy that is a choice.
    *("*", "AnswerPolicy", "AutoImportPolicy", "DlRatePolicy", "DnsPolicy", "HttpsPolicy"),
    *("ImagePullPolicy", "LanguageSelectionPolicy", "OriginProtocolPolicy", "ReferrerPolicy"),
    *("ReputationEntityPolicy", "SafeguardPolicy", "SnapshotPolicy", "TLSSecurityPolicy"),
    *("TlsPolicy", "UlRatePolicy", "ViewerProtocolPolicy", "ContentSecurityPolicy"),
    # Rules of Guard, expiry of images, Cedar.
    "AWS::Config::ConfigRule.Source.CustomPolicyDetails.PolicyText",
    "AWS::Config::OrganizationConfigRule.OrganizationCustomPolicyRuleMetadata.PolicyText",
    "LifecyclePolicyText",
    "AWS::EC2::ClientVpnEndpoint.AuthorizationPolicy.PolicyDocument",
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
    "AWS::EC2::VerifiedAccessEndpoint.PolicyDocument",
    "AWS::EC2::VerifiedAccessGroup.PolicyDocument",
    # ARNs of models, as text.
    "ModelPolicy",
    # Policies of devices, and of a network that a service makes.
    "AWS::IoT::Policy.PolicyDocument",
    "KmsPolicyDocument",
    "S3PolicyDocument",
    "StsPolicyDocument",
    # A name, and the policy in it, which not each version of cfn-lint describes.
    "AWS::Logs::DeliveryDestination.DeliveryDestinationPolicy",
    # SAM adds the rest of the statement.
    "AWS::Serverless::Api.Policy",
}
"""Properties that hold no policy of IAM, or one that the rules do not judge."""


def _properties() -> Iterator[tuple[str, str]]:
    """The properties that may have a policy: free objects, and texts with the name of one."""
    for type_ in sorted(PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema
        for names in _policies(schema, schema, (), frozenset()):
            yield type_, ".".join(names)


def _policies(
    schema: Any, node: Any, names: tuple[str, ...], seen: frozenset[str]
) -> Iterator[tuple[str, ...]]:
    if reference := node.get("$ref"):
        if reference not in seen:
            yield from _policies(schema, _resolve(schema, reference), names, seen | {reference})
        return
    name = next((name for name in reversed(names) if name != "*"), "")
    kinds = node.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    is_free = "object" in kinds and not any(node.get(name) for name in _MEMBERS)
    is_text = kinds == ["string"] and _TEXT.search(name) and not node.get("enum")
    if _NAME.search(name) and (is_free or is_text):
        yield names
    for member, child in (node.get("properties") or {}).items():
        yield from _policies(schema, child, (*names, member), seen)
    for child in (node.get("items"), *(node.get("patternProperties") or {}).values()):
        if isinstance(child, dict):
            yield from _policies(schema, child, (*names, "*"), seen)


def _resolve(schema: Any, reference: str) -> Any:
    for name in reference.removeprefix("#/").split("/"):
        schema = schema.get(name, {})
    return schema


def _read() -> set[tuple[str, str]]:
    """The properties that are read, with dots between nested ones."""
    listed = (policy_properties._IDENTITY, policy_properties._NESTED)
    nested = {
        (t, ".".join(names)) for paths in listed for t, all_ in paths.items() for names in all_
    }
    resource = {(t, name) for t, names in policy_properties._RESOURCE.items() for name in names}
    endpoint = {("AWS::EC2::VPCEndpoint", "PolicyDocument")}
    others = policy_properties._TRUST.items() | policy_properties._SESSION.items()
    return nested | resource | endpoint | others


def test_every_policy_is_read() -> None:
    missing = {
        f"{type_}.{name}"
        for type_, name in _properties()
        if (type_, name) not in _read()
        and name.rpartition(".")[2] not in _OTHERS
        and f"{type_}.{name}" not in _OTHERS
    }
    assert missing == set()
