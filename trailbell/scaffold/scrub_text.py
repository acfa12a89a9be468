"""
Text of a record without what it names: by its format, part by part.

In:    text, the kind of name that its member holds, and the examples so far.
Out:   text of the same format: an ARN stays an ARN of the same service and type.
Never: a word that is not known to be harmless.
"""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from trailbell.cloudtrail.event_names import is_service
from trailbell.deploy.permissions import iam_actions
from trailbell.scaffold import harmless
from trailbell.scaffold.known_words import MESSAGE_WORDS, RESOURCE_TYPES
from trailbell.scaffold.replacements import Replacements

_ARN = re.compile(r"arn:(aws(?:-cn|-us-gov)?):([a-z0-9-]*):([a-z0-9-]*):([^:]*):(.+)", re.DOTALL)
_ACCOUNT = re.compile(r"\d{12}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEY_ID = re.compile(rf"({harmless.KEY_PREFIX})[A-Z0-9]{{8,}}(:.*)?", re.DOTALL)
_RESOURCE_ID = re.compile(rf"({harmless.ID_PREFIX})-([0-9a-f]{{8}}|[0-9a-f]{{17}})")
_REQUEST_ID = re.compile(r"[0-9A-Z]{16}")
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[a-zA-Z]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d:?\d\d)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_HOST = re.compile(r"(?=.{4,253}\Z)([A-Za-z0-9_*-]+\.)+[A-Za-z]{2,}(:\d+)?")
_AWS_HOST = re.compile(r"([a-z0-9.-]+)\.(amazonaws\.com(?:\.cn)?|on\.aws|cloudfront\.net)")
_PERMISSION_SET = re.compile(r"AWSReservedSSO_.+_[0-9a-f]{16}")
_AGENT = re.compile(
    r"\[?(aws-cli|Boto3|Botocore|aws-sdk-[a-z0-9-]+|APN|Terraform|HashiCorp|S3Console|Mozilla"
    r"|aws-internal|Coral|Coral/Netty|AWSPowerShell|cloudformation|console)/\d+(\.\d+)*"
)
_PART = re.compile(r"[:/]")
_FORMATS = (
    (_UUID, "UUID"),
    (_EMAIL, "e-mail address"),
    (_PERMISSION_SET, "permission set"),
)
_PUNCTUATION = "()[]{}<>\"'`.,;:!?"


def scrub_text(text: str, kind: str, replacements: Replacements) -> str:
    """A text without what it names. ``kind`` names the examples of names: bucket, user ..."""
    if harmless.is_harmless(text):
        return text
    formatted = _scrub_format(text, kind, replacements)
    if formatted is not None:
        return formatted
    if any(character.isspace() for character in text):
        return _scrub_words(text, kind, replacements)
    return replacements.name(text, kind)


def scrub_user_agent(text: str, replacements: Replacements) -> str:
    """The product and its version only; a host of AWS as it is."""
    if harmless.is_harmless(text) or text in ("example-client/1.0", "[S3Console/0.4]"):
        return text
    product = _AGENT.match(text)
    is_short = product and not harmless.LONG_NUMBER.search(product[0])
    agent = product[0].lstrip("[") if product and is_short else "example-client/1.0"
    return replacements.fixed(text, agent, "user agent") if agent != text else text


def _scrub_format(text: str, kind: str, replacements: Replacements) -> str | None:
    """The text if it has a format of AWS or of the internet; None otherwise."""
    if _ACCOUNT.fullmatch(text):
        return replacements.account(text)
    if arn := _ARN.fullmatch(text):
        return _scrub_arn(arn, replacements)
    if _KEY_ID.fullmatch(text):
        return _scrub_key_id(text, replacements)
    if _RESOURCE_ID.fullmatch(text):
        return replacements.resource_id(text)
    for pattern, name in _FORMATS:
        if pattern.fullmatch(text):
            return replacements.formatted(text, name)
    for pattern, example in ((_TIME, harmless.TIME), (_DATE, harmless.TIME[:10])):
        if pattern.fullmatch(text):
            return replacements.fixed(text, example, "time")
    return _scrub_location(text, kind, replacements)


def _scrub_key_id(text: str, replacements: Replacements) -> str:
    """A key or unique ID, which the name of a session may follow."""
    identifier, colon, session = text.partition(":")
    if not harmless.is_example(identifier):
        identifier = replacements.key_id(identifier)
    return identifier + colon + (scrub_text(session, "session", replacements) if colon else "")


def _scrub_location(text: str, kind: str, replacements: Replacements) -> str | None:
    """The text if it is an address, a URL, a host name, an ID of a request, or a number."""
    if _is_address(text):
        return replacements.address(text)
    if re.match(r"https?://", text):
        return _scrub_url(text, replacements)
    if kind != "bucket" and _HOST.fullmatch(text):
        return _scrub_host(text, replacements)
    if kind == "request" and _REQUEST_ID.fullmatch(text):
        return replacements.formatted(text, "request ID")
    if text.isascii() and text.isdigit():
        return replacements.fixed(text, "0" * min(len(text), 10), "number")
    return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return "%" not in text and not re.search(r"/.*\.", text)


def _scrub_arn(arn: re.Match[str], replacements: Replacements) -> str:
    partition, service, region, account, resource = arn.groups()
    account = scrub_text(account, "name", replacements)
    if not is_service(service) and not harmless.is_principal(f"{service}.amazonaws.com"):
        service = "example" if service else ""
    region = region if harmless.REGION.fullmatch(region) or not region else "us-east-1"
    return f"arn:{partition}:{service}:{region}:{account}:" + _scrub_resource(
        resource, service, _ARN_KINDS.get(service, "name"), replacements
    )


_ARN_KINDS = {"s3": "bucket", "sns": "topic", "sqs": "queue", "lambda": "function"}


# The resource in these ARNs is a name without a type: arn:aws:s3:::alarm is a bucket "alarm".
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_WITHOUT_TYPE = frozenset({"s3", "sns", "sqs"})
# Types that are not the first part of a resource, by the first part and the position.
_LATER_TYPES: Mapping[tuple[str, int], frozenset[str]] = {
    ("", 1): frozenset({"restapis", "apis"}),
    ("detector", 2): frozenset({"filter", "findings", "ipset"}),
    ("global", 1): frozenset({"webacl", "rule-group", "ipset"}),
    ("listener", 1): frozenset({"app"}),
    ("loadbalancer", 1): frozenset({"app"}),
    ("log-group", 2): frozenset({"log-stream"}),
    ("policy", 1): frozenset({"service-role", "aws-service-role"}),
    ("regional", 1): frozenset({"webacl", "rule-group", "ipset"}),
    ("role", 1): frozenset({"service-role", "aws-service-role", "aws-reserved"}),
    ("table", 2): frozenset({"index", "stream", "backup"}),
}


def _is_type(parts: list[str], index: int, service: str) -> bool:
    """Whether a part of the resource of an ARN is a type, which a name follows."""
    if service in _WITHOUT_TYPE or index == len(parts) - 1:
        return False
    types = _LATER_TYPES.get((parts[0], index), frozenset()) if index else RESOURCE_TYPES
    return parts[index] in types


def _scrub_resource(resource: str, service: str, kind: str, replacements: Replacements) -> str:
    """The resource of an ARN: its types stay, and its names become examples."""
    resource, arn, inner = resource.partition("arn:aws")
    if arn:  # the URI of an integration of API Gateway holds the ARN of a function
        last = scrub_text(arn + inner, kind, replacements)
        before = _scrub_resource(resource, service, kind, replacements) if resource else ""
        return before + last
    parts, separators = _PART.split(resource), [*_PART.findall(resource), ""]
    scrubbed = []
    for index, part in enumerate(parts):
        if _is_type(parts, index, service):
            kind = _RESOURCE_KINDS.get(part, kind)
            scrubbed.append(part)
        else:
            scrubbed.append(scrub_text(part, kind, replacements))
            kind = "session" if parts[0] == "assumed-role" else kind
    return "".join(map("".join, zip(scrubbed, separators, strict=True)))


_RESOURCE_KINDS = {
    **{name: name for name in ("user", "role", "group", "policy", "function", "table", "trail")},
    **{name: name for name in ("stack", "alarm", "secret", "cluster", "alias", "rule", "domain")},
    "assumed-role": "role",
    "federated-user": "user",
    "service-role": "role",
    "log-group": "log-group",
    "mfa": "device",
    "db": "database",
}


def _scrub_url(text: str, replacements: Replacements) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return replacements.fixed(text, "https://example.com/", "URL")
    if re.fullmatch(r"([a-z0-9-]+\.)?(console|signin)\.aws\.amazon\.com", host):
        host = re.sub(r"^[a-z0-9-]+\.(?=(console|signin)\.aws)", "", host)
        clean = f"{parts.scheme}://{host}/console/home"
    else:
        clean = f"{parts.scheme}://{_scrub_host(host, replacements)}/"
    return replacements.fixed(text, clean, "URL")


def _scrub_host(text: str, replacements: Replacements) -> str:
    """A host of AWS keeps the labels of AWS; any other is an example."""
    if harmless.is_harmless(text):
        return text
    aws = _AWS_HOST.fullmatch(text)
    if not aws:
        return replacements.formatted(text, "host name")
    labels = [
        label
        if harmless.REGION.fullmatch(label) or label in _LABELS or is_service(label)
        else scrub_text(label, "bucket" if ".s3" in text else "host", replacements)
        for label in aws[1].split(".")
    ]
    return ".".join([*labels, aws[2]])


_LABELS = frozenset({"s3", "s3-website", "dualstack", "execute-api", "lambda-url", "elb", "rds"})


def _scrub_words(text: str, kind: str, replacements: Replacements) -> str:
    """Free text: known words stay, formats become examples, and any other word ``example``."""
    words = re.split(r"(\s+)", text)
    scrubbed = "".join(
        word if not word or word.isspace() else _scrub_word(word, kind, replacements)
        for word in words
    )
    short = re.sub(r"\bexample(\s+example\b)+", "example", scrubbed)
    has_words = any(character.isspace() for character in short)
    return short if has_words or harmless.is_harmless(short) else "example"


def _scrub_word(word: str, kind: str, replacements: Replacements) -> str:
    bare = word.strip(_PUNCTUATION)
    if not bare:
        return word
    before, _, after = word.partition(bare)
    if bare.casefold() in MESSAGE_WORDS or harmless.is_harmless(bare) or is_action(bare):
        return word
    formatted = _scrub_format(bare, kind, replacements)
    known = replacements.examples.get(bare)
    if formatted is None and known is None:
        replacements.word(bare)
    return before + (formatted or known or "example") + after


def is_action(text: str) -> bool:
    """Whether it is an action of IAM, or the beginning of some with a wildcard: ``s3:Get*``."""
    if not text.isascii():
        return False
    service, _, name = text.lower().partition(":")
    if name.endswith("*"):
        return iam_actions.begins(f"{service}:{name[:-1]}")
    return iam_actions.exists(f"{service}:{name}")
