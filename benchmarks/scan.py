"""
How fast CloudTrail files are scanned: ``python -m benchmarks.scan``.

In:    files that are made here, the same on every machine.
Out:   records a second, what a further detection costs, and the most memory a large file takes.
Never: an assertion. Figures are for people; machines differ.
"""

import gzip
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from trailbell.cloudtrail.scan import Scanner
from trailbell.pattern import FilterPattern, parse

RUNS = 5
FURTHER = 200
_LARGE = 300_000_000

_NAMES = {
    "ec2": "DescribeInstances DescribeVolumes DescribeTags RunInstances CreateTags CreateVolume "
    "DescribeRouteTables AuthorizeSecurityGroupIngress DeleteRouteTable DescribeVpcs",
    "s3": "GetBucketAcl ListBuckets GetBucketLocation PutBucketPolicy HeadBucket",
    "sts": "AssumeRole GetCallerIdentity AssumeRoleWithWebIdentity",
    "kms": "Decrypt GenerateDataKey Encrypt DescribeKey ScheduleKeyDeletion",
    "iam": "GetRole ListRoles GetUser ListUsers CreateUser AttachRolePolicy GetPolicy",
    "logs": "CreateLogStream DescribeLogGroups DescribeLogStreams DeleteLogGroup",
    "monitoring": "DescribeAlarms PutMetricAlarm GetMetricData",
    "signin": "ConsoleLogin CheckMfa",
    "cloudtrail": "DescribeTrails LookupEvents StopLogging UpdateTrail",
    "lambda": "ListFunctions20150331 GetFunction20150331v2 UpdateFunctionCode20150331v2",
}
_EVENTS = [(source, name) for source, names in _NAMES.items() for name in names.split()]
# Most calls only look: those names come up thirty times as often as the others.
_WEIGHTS = [
    30 if name.startswith(("Get", "List", "Desc", "Dec", "Ass")) else 1 for _, name in _EVENTS
]


def _changes(source: str, names: str) -> str:
    either = " || ".join(f"($.eventName = {name})" for name in names.split())
    return f"{{ ($.eventSource = {source}.amazonaws.com) && ({either}) }}"


PATTERNS = [
    (
        '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && '
        '($.eventType != "AwsServiceEvent") }'
    ),
    '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
        '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
    '{ ($.eventSource = "iam.*") && ($.eventName != "Get*") && ($.eventName != "List*") }',
    (
        '{ ($.userIdentity.type = "IAMUser") && ($.userIdentity.invokedBy NOT EXISTS) && '
        "($.readOnly IS FALSE) && "
        '($.userIdentity.sessionContext.attributes.mfaAuthenticated = "false") }'
    ),
    (
        '{ ($.eventSource = "kms.amazonaws.com") && ($.eventName = "Decrypt") && '
        '($.userIdentity.invokedBy NOT EXISTS) && ($.userIdentity.type = "IAMUser") }'
    ),
    (
        '{ ($.eventSource = "logs.amazonaws.com") && ($.eventName = "DeleteLogGroup") && '
        '($.requestParameters.logGroupName = "trail") }'
    ),
    _changes(
        "iam", "DeleteGroupPolicy PutRolePolicy CreatePolicy AttachRolePolicy DetachUserPolicy"
    ),
    _changes("cloudtrail", "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"),
    _changes("kms", "DisableKey ScheduleKeyDeletion PutKeyPolicy DeleteAlias"),
    _changes("s3", "PutBucketAcl PutBucketPolicy PutBucketCors DeleteBucketPolicy"),
    _changes("config", "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel"),
    _changes("ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress CreateSecurityGroup"),
    _changes("ec2", "CreateNetworkAcl DeleteNetworkAcl ReplaceNetworkAclEntry"),
    _changes("ec2", "CreateCustomerGateway AttachInternetGateway DetachInternetGateway"),
    _changes("ec2", "CreateRoute CreateRouteTable ReplaceRoute DeleteRouteTable DeleteRoute"),
    _changes("ec2", "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection"),
    _changes("organizations", "CreateAccount LeaveOrganization AttachPolicy DetachPolicy"),
    _changes("guardduty", "DeleteDetector UpdateDetector DisassociateFromAdministratorAccount"),
    _changes("securityhub", "DisableSecurityHub BatchDisableStandards"),
    _changes("rds", "ModifyDBSnapshotAttribute DeleteDBInstance"),
    _changes("sns", "DeleteTopic Unsubscribe SetTopicAttributes"),
    _changes("monitoring", "DeleteAlarms DisableAlarmActions PutMetricAlarm"),
    _changes("sts", "AssumeRoot"),
]


@dataclass(frozen=True)
class Watch:
    id: str
    filter_pattern: FilterPattern


def watches(further: int = 0) -> list[Watch]:
    """The detections above, and ``further`` ones on event names that never come up."""
    others = [_changes("elsewhere", f"Change{number} Delete{number}") for number in range(further)]
    return [Watch(f"d{place}", parse(text)) for place, text in enumerate(PATTERNS + others)]


def records(seed: int) -> Iterator[dict[str, object]]:
    """CloudTrail-like records without end, some 1.4 kB each."""
    draw = random.Random(seed)  # noqa: S311 # the same on every machine, not secret
    while True:
        source, name = draw.choices(_EVENTS, _WEIGHTS)[0]
        yield _record(draw, source, name)


def _record(draw: random.Random, source: str, name: str) -> dict[str, object]:
    looks = name.startswith(("Get", "List", "Desc", "Head", "Look"))
    denied = draw.random() < 0.01
    return {
        "eventVersion": "1.11",
        "userIdentity": _identity(draw),
        "eventTime": f"2026-01-{draw.randint(1, 28):02}T{draw.randint(0, 23):02}:15:42Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": draw.choice(("eu-central-1", "us-east-1", "eu-west-1")),
        "sourceIPAddress": f"192.0.2.{draw.randint(1, 254)}",
        "userAgent": "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 exec-env/CloudShell",
        **({"errorCode": "AccessDenied", "errorMessage": "not authorized"} if denied else {}),
        "requestParameters": {
            "filterSet": {"items": [{"name": "tag:Name", "valueSet": {"items": [{"value": "a"}]}}]},
            "maxResults": draw.randint(1, 1000),
            "resourceId": f"i-{draw.getrandbits(64):016x}",
        },
        "responseElements": None if looks else {"requestId": str(draw.getrandbits(64))},
        "requestID": f"{draw.getrandbits(128):032x}",
        "eventID": f"{draw.getrandbits(128):032x}",
        "readOnly": looks,
        "eventType": "AwsConsoleSignIn" if name == "ConsoleLogin" else "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"{source}.eu-central-1.amazonaws.com",
        },
    }


def _identity(draw: random.Random) -> dict[str, object]:
    account = draw.choice(("111122223333", "123456789012"))
    if draw.random() < 0.1:
        return {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}
    if draw.random() < 0.1:
        user = f"user{draw.randint(1, 50)}"
        return {
            "type": "IAMUser",
            "principalId": f"AIDAEXAMPLE{user}",
            "arn": f"arn:aws:iam::{account}:user/{user}",
            "accountId": account,
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            "userName": user,
        }
    role = f"role{draw.randint(1, 200)}"
    issuer = {
        "type": "Role",
        "principalId": f"AROAEXAMPLE{role}",
        "arn": f"arn:aws:iam::{account}:role/{role}",
        "accountId": account,
        "userName": role,
    }
    attributes = {"creationDate": "2026-01-01T00:00:00Z", "mfaAuthenticated": "false"}
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE{role}:session",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/session",
        "accountId": account,
        "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
        "sessionContext": {"sessionIssuer": issuer, "attributes": attributes},
    }


def _dumped(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def write_files(folder: Path, count: int) -> None:
    """``count`` records in files of five to twenty, as CloudTrail delivers them."""
    draw, source = random.Random(0), records(1)  # noqa: S311
    left, number = count, 0
    while left:
        size = min(left, draw.randint(5, 20))
        body = _dumped({"Records": [next(source) for _ in range(size)]})
        (folder / f"{number:06}.json.gz").write_bytes(gzip.compress(body, 6, mtime=0))
        left, number = left - size, number + 1


def write_large_file(path: Path) -> None:
    """One file of 300 MB."""
    some = [_dumped(record) for record, _ in zip(records(2), range(2000), strict=False)]
    with path.open("wb") as file:
        written = file.write(b'{"Records":[' + some[0])
        while written < _LARGE:
            written += file.write(b"," + b",".join(some))
        file.write(b"]}")


def seconds(detections: Sequence[Watch], path: Path) -> tuple[float, int]:
    """To scan a folder or a file, compiling included; and how many records that was."""
    started = time.perf_counter()
    scanner = Scanner(detections)
    for _ in scanner.scan([str(path)]):
        pass
    return time.perf_counter() - started, scanner.totals.records


def decoding(folder: Path) -> float:
    """Seconds that the standard library takes to unpack and decode the files, and no more."""
    started = time.perf_counter()
    for path in folder.iterdir():
        json.loads(gzip.decompress(path.read_bytes()))
    return time.perf_counter() - started


def megabytes(path: Path) -> float:
    """The most memory that a process of its own takes to scan a file."""
    program = (
        "import sys; from pathlib import Path; from benchmarks.scan import seconds, watches; "
        "seconds(watches(), Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)  # noqa: S603
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


@click.command()
@click.option("--records", "count", default=200_000, show_default=True, help="In small files.")
def main(count: int) -> None:
    """Measure, and print a small table."""
    with tempfile.TemporaryDirectory() as made:
        folder, small, large = Path(made), Path(made, "small.json"), Path(made, "large.json")
        (folder / "files").mkdir()
        write_files(folder / "files", count)
        write_large_file(large)
        small.write_bytes(_dumped({"Records": []}))
        plain, more = watches(), watches(FURTHER)
        seconds(plain, folder / "files")  # warm the file cache
        files = folder / "files"
        turns = [
            (seconds(plain, files)[0], seconds(more, files)[0], decoding(files))
            for _ in range(RUNS)
        ]
        base = statistics.median(turn[0] for turn in turns)
        ratio = statistics.median(turn[0] / turn[2] for turn in turns)
        growth = statistics.median((turn[1] / turn[0] - 1) / FURTHER for turn in turns)
        alone, together = megabytes(small), megabytes(large)
        taken, inside = seconds(plain, large)
    click.echo(f"{len(plain)} detections, medians of {RUNS} runs")
    click.echo(f"  gzip files of 5 to 20 records   {count / base:10,.0f} records a second")
    click.echo(f"  of the time of gzip and json    {ratio:10.2f}")
    click.echo(f"  a further detection             {growth:10.3%} more time")
    click.echo(f"  one file of 300 MB              {inside / taken:10,.0f} records a second")
    click.echo(f"  memory for an empty file        {alone:10,.0f} MB")
    click.echo(f"  memory for the file of 300 MB   {together:10,.0f} MB")


if __name__ == "__main__":
    main()
