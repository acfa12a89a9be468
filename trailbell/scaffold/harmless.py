"""
Text in a record that names neither a person nor a resource.

In:    text of a record, and the member that holds it.
Out:   whether it is known to be harmless: a constant of AWS, or an example.
Never: a guess. What is not known to be harmless is replaced.
"""

import ipaddress
import re
from collections.abc import Mapping

from trailbell.cloudtrail.event_names import is_service
from trailbell.scaffold.known_words import CONSTANTS, PRINCIPALS

ACCOUNT, OTHER_ACCOUNT = "111122223333", "123456789012"
TIME = "2026-01-15T12:34:56Z"
LONG_NUMBER = re.compile(r"\d{12,}")
KEY_PREFIX = "ABIA|ACCA|AGPA|AIDA|AIPA|AKIA|ANPA|ANVA|APKA|AROA|ASCA|ASIA"
REGION = re.compile(r"(us|eu|ap|sa|ca|me|af|il|mx|cn)(-gov|-iso[a-z]?)?-[a-z]{4,9}-\d")
ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
"""The address ranges that are the whole internet."""

# https://docs.aws.amazon.com/vpc/latest/userguide/VPC_SecurityGroups.html and others: the letters
# before the hyphen name the type of a resource.
ID_PREFIX = (
    "acl|ami|cgw|dhcp|dopt|eigw|eipalloc|eipassoc|eni|fl|i|igw|lt|nat|pcx|pl|r|rtb|rtbassoc|sg|sgr"
    "|snap|subnet|tgw|vgw|vol|vpc|vpce|vpn"
)
_EXAMPLES = re.compile(
    rf"""
      example | example-[a-z]+(-[a-z]+)?-\d+
    | user\d+@example\.com | host\d+\.example\.com | example\.com | example\.amazonaws\.com
    | ({KEY_PREFIX})[A-Z0-9]*EXAMPLE
    | 1234abcd-12ab-34cd-56ef-123456[0-9a-f]{{4}}ab
    | ({ID_PREFIX})-(0123456789abcd[0-9a-f]{{3}}|1234a[0-9a-f]{{3}})
    | EXAMPLE\d{{9}} | 0{{1,10}} | {TIME} | 2026-01-15 | {ACCOUNT} | {OTHER_ACCOUNT}
    | AWSReservedSSO_example-permissions-\d+_0123456789abcdef
    """,
    re.VERBOSE,
)
_EXAMPLE_NETWORKS = tuple(
    map(
        ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    )
)
_CONSTANTS = CONSTANTS | {
    "AWS Internal",
    "Failed authentication",
    "No username found in supplied account",
    "",
}
_PATTERNS = re.compile(
    r"""
      AWS::[A-Za-z0-9]+::[A-Za-z0-9]+
    | arn:aws(-cn|-us-gov)?:iam::aws:(policy|role)/[A-Za-z0-9/_-]+
    | alias/aws/[a-z0-9]+
    | AWSServiceRoleFor[A-Za-z0-9]+
    | \d{1,4}(\.\d{1,5}){1,2}
    """,
    re.VERBOSE,
)
_HOST = re.compile(r"([a-z0-9.-]+?)(?:\.([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com(?:\.cn)?")

# Members of a record, and the values that CloudTrail defines for them.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
_MEMBERS: Mapping[tuple[str, ...], str] = {
    ("eventVersion",): r"\d\.\d\d?",
    ("eventSource",): r"[a-z0-9-]{2,50}\.amazonaws\.com(\.cn)?",
    ("eventName",): r"[A-Za-z][A-Za-z0-9_]{1,127}",
    ("eventType",): r"Aws[A-Za-z]{3,30}",
    ("eventCategory",): r"Management|Data|Insight|NetworkActivity",
    ("errorCode",): r"[A-Za-z][A-Za-z0-9]{2,79}(\.[A-Za-z][A-Za-z0-9]{2,79}){0,3}",
    ("apiVersion",): r"(\d{4}[-_]\d\d[-_]\d\d|\d{8})",
    ("userIdentity", "sessionContext", "ec2RoleDelivery"): r"[12]\.0",
    ("tlsDetails", "tlsVersion"): r"(TLSv|SSLv)\d(\.\d)?",
    ("tlsDetails", "cipherSuite"): r"[A-Z0-9_-]{8,60}",
    ("additionalEventData", "CipherSuite"): r"[A-Z0-9_-]{8,60}",
    ("insightDetails", "eventSource"): r"[a-z0-9-]{2,50}\.amazonaws\.com(\.cn)?",
    ("insightDetails", "eventName"): r"[A-Za-z][A-Za-z0-9_]{1,127}",
    ("insightDetails", "errorCode"): r"[A-Z][A-Za-z0-9.]{2,159}",
    ("insightDetails", "insightType"): r"Api(Call|Error)RateInsight",
    ("insightDetails", "state"): r"Start|End",
}


def is_harmless(text: str) -> bool:
    """Whether it is a constant of AWS, in whichever member it is."""
    if text in _CONSTANTS or is_example(text) or _is_region(text) or is_principal(text):
        return True
    return bool(_PATTERNS.fullmatch(text)) and not LONG_NUMBER.search(text)


def is_defined(path: tuple[str, ...], text: str) -> bool:
    """Whether CloudTrail defines the values of a member of the record, and this is one."""
    values = _MEMBERS.get(path)
    return bool(values and re.fullmatch(values, text)) and not LONG_NUMBER.search(text)


def is_example(text: str) -> bool:
    """Whether it is an example already: of ours, or of the documentation of AWS."""
    return bool(_EXAMPLES.fullmatch(text)) or _is_example_address(text)


def is_principal(text: str) -> bool:
    """Whether it is a service principal or a host of a service: ``ec2.amazonaws.com``."""
    host = _HOST.fullmatch(text)
    if not host or (host[2] and not REGION.fullmatch(host[2])):
        return False
    return host[1] in PRINCIPALS or is_service(host[1])


def _is_region(text: str) -> bool:
    return bool(re.fullmatch(f"{REGION.pattern}[a-f]?", text))


def _is_example_address(text: str) -> bool:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return any(
        network.version == example.version and network.subnet_of(example)  # type: ignore[arg-type]  # of one version
        for example in _EXAMPLE_NETWORKS
    )
