"""
Condition keys: whether they exist, and the type of their values.

In:    the name of a condition key.
Out:   its type; the most similar name for one that does not exist.
Never: a judgment about a key of an identity provider, whose names AWS does not publish.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from trailbell.iam.service_reference import condition_keys, foreign_condition_keys, services

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
_BY_TYPE = {
    "String": (
        *("CalledVia", "CalledViaAWSMCP", "CalledViaFirst", "CalledViaLast"),
        *("Ec2InstanceSourceVpc", "FederatedProvider", "PrincipalAccount", "PrincipalOrgID"),
        *("PrincipalOrgPaths", "PrincipalServiceName", "PrincipalServiceNamesList"),
        *("PrincipalTag/", "PrincipalType", "referer", "RequestedRegion", "RequestTag/"),
        *("ResourceAccount", "ResourceOrgID", "ResourceOrgPaths", "ResourceTag/"),
        *("SourceAccount", "SourceIdentity", "SourceOrgID", "SourceOrgPaths", "SourceVpc"),
        *("SourceVpce", "TagKeys", "UserAgent", "userid", "username", "VpceAccount"),
        *("VpceOrgID", "VpceOrgPaths"),
        # Not on the page, but in the managed policy AWSSSOServiceRolePolicy.
        "PrincipalOrgMasterAccountId",
        # Of Amazon SNS, in the default policy of a topic:
        # https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
        "SourceOwner",
    ),
    "ARN": ("ChatbotSourceArn", "PrincipalArn", "SignInSessionArn", "SourceArn", "SourceVpcArn"),
    "Bool": (
        *("AssumedRoot", "IsMcpServiceAction", "MultiFactorAuthPresent", "PrincipalIsAWSService"),
        *("SecureTransport", "ViaAWSMCPService", "ViaAWSService"),
    ),
    "Numeric": ("MultiFactorAuthAge",),
    "Date": ("CurrentTime", "EpochTime", "TokenIssueTime"),
    "IPAddress": ("Ec2InstanceSourcePrivateIPv4", "SourceIp", "VpcSourceIp"),
}
_GLOBAL: Mapping[str, tuple[str, str]] = {
    f"aws:{name}".lower(): (f"aws:{name}", kind)
    for kind, names in _BY_TYPE.items()
    for name in names
}
"""Name and type by the name in lower case. A name that ends with a slash is a family."""

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sensitive
SENSITIVE_KEYS = frozenset(
    (
        *("aws:principalaccount", "aws:principalorgid", "aws:resourceaccount"),
        *("aws:resourceorgid", "aws:sourceaccount", "aws:sourceorgid", "aws:sourcevpc"),
        *("aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid"),
    )
)
"""Keys in lower case, for which AWS says that a wildcard has no valid use."""

# Keys of a service that the requests to others have, too; the page above lists them.
_CROSS_SERVICE = {
    "ec2:roledelivery": "Numeric",
    "ec2:sourceinstancearn": "ARN",
    "glue:roleassumedby": "String",
    "glue:credentialissuingservice": "String",
    "codebuild:buildarn": "ARN",
    "codebuild:projectarn": "ARN",
    "lambda:sourcefunctionarn": "ARN",
    "ssm:sourceinstancearn": "ARN",
    "identitystore:userid": "String",
}
# Services whose documentation has keys that their service reference does not have: those of
# device and session policies, which are no requests of IAM.
_NOT_PUBLISHED = {"iot", "greengrass", "transfer", "execute-api", "redshift", "mobiletargeting"}

_WORD = re.compile(r"[A-Za-z][\w-]*", re.ASCII)


@cache
def key_type(key: str) -> str:
    """``String``, ``ARN``, ``Bool``, ``Numeric``, ``Date`` or ``IPAddress``; empty if unknown."""
    name = key.lower()
    prefix = name.partition(":")[0]
    if prefix == "aws":
        return _type_in(_GLOBAL, name)
    if name in _CROSS_SERVICE:
        return _CROSS_SERVICE[name]
    return _type_in(condition_keys("sts" if prefix == "saml" else prefix), name)


def _type_in(keys: Mapping[str, tuple[str, str]], name: str) -> str:
    if name in keys and not name.endswith(("/", ":")):
        return keys[name][1]
    families = (
        kind
        for family, (_, kind) in keys.items()
        if family.endswith(("/", ":")) and name.startswith(family) and name != family
    )
    return next(families, "")


@cache
def is_unknown_key(key: str) -> bool:
    """Whether AWS or a service of AWS has no such condition key."""
    name = key.lower()
    prefix, colon, rest = name.partition(":")
    if not colon:
        return bool(_WORD.fullmatch(name))
    if not rest or prefix in _NOT_PUBLISHED or key_type(name):
        return False
    if prefix == "aws":
        return True
    if prefix not in services() and prefix != "saml":
        return False
    return not _type_in(foreign_condition_keys(), name)


def similar_key(key: str) -> str:
    """The most similar condition key with the same prefix; empty if none is similar."""
    name = key.lower()
    prefix, colon, _ = name.partition(":")
    if not colon:
        return _GLOBAL[f"aws:{name}"][0] if f"aws:{name}" in _GLOBAL else ""
    # The right name behind the wrong prefix: s3:SourceArn.
    if (other := f"aws:{name.partition(':')[2]}") in _GLOBAL:
        return _GLOBAL[other][0]
    keys = _GLOBAL if prefix == "aws" else condition_keys("sts" if prefix == "saml" else prefix)
    names = {family: spelling for family, (spelling, _) in keys.items()}
    matches = get_close_matches(name, names, n=1, cutoff=0.75)
    return names[matches[0]] if matches else ""
