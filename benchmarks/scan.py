"""
Measure how fast CloudTrail files are scanned: ``python -m benchmarks.scan``.

In:    generated files, the same on every machine.
Out:   records per second, the cost of one more detection, and the peak memory for a large file.
Never: an assertion. The figures are for readers; machines differ.
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
EXTRA_DETECTIONS = 200
_LARGE_BYTES = 300_000_000

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
# Most calls only read. Their names occur thirty times as often as the others.
_WEIGHTS = [
    30 if name.startswith(("Get", "List", "Desc", "Dec", "Ass")) else 1 for _, name in _EVENTS
]


def _match_any(source: str, names: str) -> str:
    alternatives = " || ".join(f"($.eventName = {name})" for name in names.split())
    return f"{{ ($.eventSource = {source}.amazonaws.com) && ({alternatives}) }}"


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
    _match_any(
        "iam", "DeleteGroupPolicy PutRolePolicy CreatePolicy AttachRolePolicy DetachUserPolicy"
    ),
    _match_any("cloudtrail", "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"),
    _match_any("kms", "DisableKey ScheduleKeyDeletion PutKeyPolicy DeleteAlias"),
    _match_any("s3", "PutBucketAcl PutBucketPolicy PutBucketCors DeleteBucketPolicy"),
    _match_any("config", "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel"),
    _match_any(
        "ec2", "AuthorizeSecurityGroupIngress RevokeSecurityGroupEgress CreateSecurityGroup"
    ),
    _match_any("ec2", "CreateNetworkAcl DeleteNetworkAcl ReplaceNetworkAclEntry"),
    _match_any("ec2", "CreateCustomerGateway AttachInternetGateway DetachInternetGateway"),
    _match_any("ec2", "CreateRoute CreateRouteTable ReplaceRoute DeleteRouteTable DeleteRoute"),
    _match_any("ec2", "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection"),
    _match_any("organizations", "CreateAccount LeaveOrganization AttachPolicy DetachPolicy"),
    _match_any("guardduty", "DeleteDetector UpdateDetector DisassociateFromAdministratorAccount"),
    _match_any("securityhub", "DisableSecurityHub BatchDisableStandards"),
    _match_any("rds", "ModifyDBSnapshotAttribute DeleteDBInstance"),
    _match_any("sns", "DeleteTopic Unsubscribe SetTopicAttributes"),
    _match_any("monitoring", "DeleteAlarms DisableAlarmActions PutMetricAlarm"),
    _match_any("sts", "AssumeRoot"),
]


@dataclass(frozen=True)
class Detection:
    """What a scan evaluates."""

    id: str
    filter_pattern: FilterPattern


def build_detections(extra: int = 0) -> list[Detection]:
    """The detections above, and so many more on event names that do not occur."""
    unused = [_match_any("unused", f"Change{number} Delete{number}") for number in range(extra)]
    return [Detection(f"d{index}", parse(text)) for index, text in enumerate(PATTERNS + unused)]


def generate_records(seed: int) -> Iterator[dict[str, object]]:
    """Endless records like those of CloudTrail, of about 1.4 kB each."""
    draw = random.Random(seed)  # noqa: S311 # the same on every machine, not secret
    while True:
        source, name = draw.choices(_EVENTS, _WEIGHTS)[0]
        yield _record(draw, source, name)


def _record(draw: random.Random, source: str, name: str) -> dict[str, object]:
    is_read = name.startswith(("Get", "List", "Desc", "Head", "Look"))
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
        "responseElements": None if is_read else {"requestId": str(draw.getrandbits(64))},
        "requestID": f"{draw.getrandbits(128):032x}",
        "eventID": f"{draw.getrandbits(128):032x}",
        "readOnly": is_read,
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


def _to_json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def write_files(folder: Path, count: int) -> None:
    """Write so many records into files of five to twenty, as CloudTrail delivers them."""
    draw, source = random.Random(0), generate_records(1)  # noqa: S311 - no secret
    remaining, number = count, 0
    while remaining:
        size = min(remaining, draw.randint(5, 20))
        body = _to_json({"Records": [next(source) for _ in range(size)]})
        (folder / f"{number:06}.json.gz").write_bytes(gzip.compress(body, 6, mtime=0))
        remaining, number = remaining - size, number + 1


def write_large_file(path: Path) -> None:
    """Write one file of 300 MB."""
    batch = [_to_json(record) for record, _ in zip(generate_records(2), range(2000), strict=False)]
    with path.open("wb") as file:
        written = file.write(b'{"Records":[' + batch[0])
        while written < _LARGE_BYTES:
            written += file.write(b"," + b",".join(batch))
        file.write(b"]}")


def measure_scan(detections: Sequence[Detection], path: Path) -> tuple[float, int]:
    """The seconds to compile and to scan a folder or a file, and the number of records."""
    started = time.perf_counter()
    scanner = Scanner(detections)
    for _ in scanner.scan([str(path)]):
        pass
    return time.perf_counter() - started, scanner.totals.records


def measure_decoding(folder: Path) -> float:
    """The seconds that the standard library takes only to decompress and decode the files."""
    started = time.perf_counter()
    for path in folder.iterdir():
        json.loads(gzip.decompress(path.read_bytes()))
    return time.perf_counter() - started


def measure_memory(path: Path) -> float:
    """The peak memory, in megabytes, of a new process that scans a file."""
    program = (
        "import sys; from pathlib import Path; "
        "from benchmarks.scan import build_detections, measure_scan; "
        "measure_scan(build_detections(), Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


@click.command()
@click.option(
    "--records",
    "count",
    default=200_000,
    show_default=True,
    help="Number of records in small files.",
)
def main(count: int) -> None:
    """Measure how fast CloudTrail files are scanned, and print a small table."""
    with tempfile.TemporaryDirectory() as work:
        files, empty, large = (
            Path(work, "files"),
            Path(work, "empty.json"),
            Path(work, "large.json"),
        )
        files.mkdir()
        write_files(files, count)
        write_large_file(large)
        empty.write_bytes(_to_json({"Records": []}))
        few, many = build_detections(), build_detections(EXTRA_DETECTIONS)
        measure_scan(few, files)  # warm the file cache
        runs = [
            (measure_scan(few, files)[0], measure_scan(many, files)[0], measure_decoding(files))
            for _ in range(RUNS)
        ]
        duration = statistics.median(few_time for few_time, _, _ in runs)
        ratio = statistics.median(few_time / decoding for few_time, _, decoding in runs)
        growth = statistics.median(
            (many_time / few_time - 1) / EXTRA_DETECTIONS for few_time, many_time, _ in runs
        )
        memory_empty, memory_large = measure_memory(empty), measure_memory(large)
        large_duration, large_count = measure_scan(few, large)
    click.echo(f"{len(few)} detections, medians of {RUNS} runs")
    click.echo(f"  gzip files of 5 to 20 records   {count / duration:10,.0f} records per second")
    click.echo(f"  compared with gzip and json     {ratio:10.2f} x the time")
    click.echo(f"  one more detection              {growth:10.3%} more time")
    large_rate = large_count / large_duration
    click.echo(f"  one file of 300 MB              {large_rate:10,.0f} records per second")
    click.echo(f"  memory for an empty file        {memory_empty:10,.0f} MB")
    click.echo(f"  memory for the file of 300 MB   {memory_large:10,.0f} MB")


if __name__ == "__main__":
    main()
