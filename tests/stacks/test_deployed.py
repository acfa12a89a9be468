"""
The compiled templates, deployed with CloudFormation on an emulator and read back.
"""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests import PROJECT
from tests.packs import PACKS
from trailbell.dist import manifest

pytestmark = pytest.mark.emulator

_ENTRIES = manifest.read(PROJECT / "dist").stacks
_PACKS = tuple(pack.name for pack in PACKS if pack.name != "essentials")


def _template(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(Path(PROJECT, "dist", f"{name}.json").read_text())
    return document


def _client(service: str) -> Any:
    return boto3.client(service, region_name="us-east-1")


def _deploy(template: str, stack_name: str = "", **parameters: str) -> dict[str, str]:
    """Create or update the stack of a template, and return its outputs."""
    name = stack_name or template
    cloudformation = _client("cloudformation")
    existing = {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}
    change = cloudformation.update_stack if name in existing else cloudformation.create_stack
    change(
        StackName=name,
        TemplateBody=json.dumps(_template(template)),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=[*_ENTRIES[template].capabilities],
    )
    waiter = "stack_update_complete" if name in existing else "stack_create_complete"
    cloudformation.get_waiter(waiter).wait(StackName=name, WaiterConfig={"Delay": 1})
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _pages(client: Any, operation: str, key: str, **request: Any) -> list[Any]:
    pages = client.get_paginator(operation).paginate(**request)
    return [entry for page in pages for entry in page[key]]


def _filters(name: str) -> list[str]:
    """The logical ids of the metric filters of a template."""
    resources = _template(name)["Resources"]
    return [
        logical_id
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::Logs::MetricFilter"
    ]


def test_security_alerts_is_created_updated_and_deleted(emulator: str) -> None:
    assert emulator
    outputs = _deploy("security-alerts", NotificationEmail="you@example.com")
    logs, cloudwatch, sns = _client("logs"), _client("cloudwatch"), _client("sns")
    group = outputs["LogGroupName"]

    deployed = _pages(logs, "describe_metric_filters", "metricFilters", logGroupName=group)
    assert {f["filterName"]: f["filterPattern"] for f in deployed} == {
        resource["Properties"]["FilterName"]["Fn::Sub"].replace(
            "${InstallationName}", "security-alerts"
        ): resource["Properties"]["FilterPattern"]
        for resource in _template("security-alerts")["Resources"].values()
        if resource["Type"] == "AWS::Logs::MetricFilter"
    }
    alarms = _pages(cloudwatch, "describe_alarms", "MetricAlarms")
    topics = {outputs[f"{severity}TopicArn"] for severity in ("High", "Medium", "Low")}
    assert {alarm["AlarmName"] for alarm in alarms if not alarm["ActionsEnabled"]} == set()
    assert {action for alarm in alarms for action in alarm["AlarmActions"]} == topics
    subscriptions = _pages(sns, "list_subscriptions", "Subscriptions")
    assert {(s["Protocol"], s["Endpoint"], s["TopicArn"]) for s in subscriptions} == {
        ("email", "you@example.com", outputs["HighTopicArn"]),
        ("email", "you@example.com", outputs["MediumTopicArn"]),
    }
    _check_resources(outputs)

    _deploy("security-alerts", NotificationEmail="", RetentionInDays="731")
    assert _pages(sns, "list_subscriptions", "Subscriptions") == []
    (log_group,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert log_group["retentionInDays"] == 731

    _client("cloudformation").delete_stack(StackName="security-alerts")
    assert _pages(cloudwatch, "describe_alarms", "MetricAlarms") == []
    assert [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]] == [group]
    assert [b["Name"] for b in _client("s3").list_buckets()["Buckets"]] == [outputs["BucketName"]]


def _check_resources(outputs: dict[str, str]) -> None:
    """Check bucket, key, trail and log group as their own services describe them."""
    s3, bucket = _client("s3"), outputs["BucketName"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == [
        "AllowCloudTrailGetBucketAcl",
        "AllowCloudTrailPutObject",
        "DenyRequestsWithoutTls",
        "DenyOutdatedTlsVersions",
    ]
    key = outputs["KeyArn"]
    assert _client("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    (trail,) = _client("cloudtrail").describe_trails()["trailList"]
    assert (trail["TrailARN"], trail["S3BucketName"]) == (outputs["TrailArn"], bucket)
    assert trail["IsMultiRegionTrail"]
    assert trail["LogFileValidationEnabled"]
    assert _client("cloudtrail").get_trail_status(Name=trail["Name"])["IsLogging"]
    (group,) = _client("logs").describe_log_groups()["logGroups"]
    assert group["kmsKeyId"] == key


def test_packs_are_deployed_after_a_base_stack_on_an_existing_log_group(emulator: str) -> None:
    assert emulator
    logs, cloudwatch = _client("logs"), _client("cloudwatch")
    logs.create_log_group(logGroupName="aws-controltower/CloudTrailLogs")
    topics = _deploy(
        "alerts",
        InstallationName="alerts",
        LogGroupName="aws-controltower/CloudTrailLogs",
        LogBucketName="logs",
    )
    for pack in _PACKS:
        _deploy(pack, InstallationName="alerts")
    for pack in ("essentials", *_PACKS):
        _deploy(f"{pack}-queries", InstallationName="alerts")
    shown = {f"Show{pack.capitalize()}": "yes" for pack in _PACKS}
    _deploy("dashboard", InstallationName="alerts", **shown)

    filters = _pages(
        logs, "describe_metric_filters", "metricFilters", logGroupName=topics["LogGroupName"]
    )
    assert len(filters) == sum(len(_filters(name)) for name in ("alerts", *_PACKS))
    alarms = _pages(cloudwatch, "describe_alarms", "MetricAlarms")
    metrics = {f["metricTransformations"][0]["metricName"] for f in filters}
    assert {a["MetricName"] for a in alarms if a["Namespace"] == "Trailbell/alerts"} == metrics
    assert all(a["AlarmActions"] and a["AlarmName"].startswith("alerts-") for a in alarms)
    queries = logs.describe_query_definitions(maxResults=1000)["queryDefinitions"]
    assert len(queries) == sum(
        len(_template(f"{p}-queries")["Resources"]) for p in ("essentials", *_PACKS)
    )
    (dashboard,) = cloudwatch.list_dashboards()["DashboardEntries"]
    assert dashboard["DashboardName"] == "alerts-us-east-1"
    body = cloudwatch.get_dashboard(DashboardName="alerts-us-east-1")["DashboardBody"]
    first, *_ = json.loads(body)["widgets"]
    assert {arn.rpartition(":")[2] for arn in first["properties"]["alarms"]} == {
        alarm["AlarmName"] for alarm in alarms
    }


def test_two_installations_of_a_stack_set_in_one_account_and_region(emulator: str) -> None:
    """StackSets generates the names of stacks, and a pack finds the base of its installation."""
    assert emulator
    suffix = "6f1c4e1c-1111-2222-3333-444455556666"
    buckets: dict[str, str] = {}
    for installation in ("security-alerts", "second"):
        for name in ("security-alerts", "tamper", "tamper-queries", "dashboard"):
            stack_name = f"StackSet-{installation}-{name}-{suffix}"
            outputs = _deploy(name, stack_name, InstallationName=installation)
            buckets[installation] = outputs.get("BucketName") or buckets[installation]

    alarms = _pages(_client("cloudwatch"), "describe_alarms", "MetricAlarms")
    resources = [
        r for n in ("security-alerts", "tamper") for r in _template(n)["Resources"].values()
    ]
    suffixes = {
        resource["Properties"]["AlarmName"]["Fn::Sub"].removeprefix("${InstallationName}")
        for resource in resources
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert sorted(alarm["AlarmName"] for alarm in alarms) == sorted(
        f"{installation}{suffix}" for installation in buckets for suffix in suffixes
    )
    assert len(set(buckets.values())) == 2
    watched = {
        f["filterPattern"].split('$.requestParameters.bucketName = "')[1].split('"')[0]
        for group in _client("logs").describe_log_groups()["logGroups"]
        for f in _pages(
            _client("logs"),
            "describe_metric_filters",
            "metricFilters",
            logGroupName=group["logGroupName"],
        )
        if f["filterName"].endswith("-trail-bucket-tampering")
    }
    assert watched == set(buckets.values())
    trails = _client("cloudtrail").describe_trails()["trailList"]
    assert {trail["Name"] for trail in trails} == {
        f"{installation}-trail-us-east-1" for installation in buckets
    }


def test_a_topic_has_a_subscription_for_a_queue(emulator: str) -> None:
    assert emulator
    _client("logs").create_log_group(logGroupName="trail")
    arn = "arn:aws:sqs:us-east-1:111122223333:alerts"
    outputs = _deploy("alerts", LogGroupName="trail", HighEndpoint=arn, EncryptionKey="none")
    subscriptions = _pages(_client("sns"), "list_subscriptions", "Subscriptions")
    assert {(s["Protocol"], s["Endpoint"], s["TopicArn"]) for s in subscriptions} == {
        ("sqs", arn, outputs["HighTopicArn"])
    }


def test_a_function_of_another_account_is_subscribed_without_a_permission(emulator: str) -> None:
    """Adding the permission would fail: the account of the function has to add it."""
    assert emulator
    _client("logs").create_log_group(logGroupName="trail")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("index.py", "def handler(event, context): pass")
    own = _client("lambda").create_function(
        FunctionName="notify",
        Runtime="python3.13",
        Role="arn:aws:iam::111122223333:role/notify",
        Handler="index.handler",
        Code={"ZipFile": archive.getvalue()},
    )["FunctionArn"]
    other = "arn:aws:lambda:us-east-1:123456789012:function:notify"
    outputs = _deploy(
        "alerts",
        LogGroupName="trail",
        HighEndpoint=own,
        MediumEndpoint=other,
        EncryptionKey="none",
    )
    subscriptions = _pages(_client("sns"), "list_subscriptions", "Subscriptions")
    assert {(s["Endpoint"], s["TopicArn"]) for s in subscriptions} == {
        (own, outputs["HighTopicArn"]),
        (other, outputs["MediumTopicArn"]),
    }
    (statement,) = json.loads(_client("lambda").get_policy(FunctionName="notify")["Policy"])[
        "Statement"
    ]
    assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": outputs["HighTopicArn"]}}
    permissions = {
        resource["LogicalResourceId"]
        for resource in _pages(
            _client("cloudformation"),
            "list_stack_resources",
            "StackResourceSummaries",
            StackName="alerts",
        )
        if resource["ResourceType"] == "AWS::Lambda::Permission"
    }
    assert permissions == {"HighLambdaPermission"}


def test_the_queue_receives_the_notifications_of_the_topics(emulator: str) -> None:
    assert emulator
    _client("logs").create_log_group(logGroupName="trail")
    topics = _deploy("alerts", LogGroupName="trail", EncryptionKey="none")
    reader = "arn:aws:iam::123456789012:role/reader"
    outputs = _deploy("queue", LowestSeverity="medium", ReaderArns=reader, EncryptionKey="create")
    sqs, sns, url = _client("sqs"), _client("sns"), outputs["QueueUrl"]

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    dead_letters = sqs.get_queue_attributes(
        QueueUrl=outputs["DeadLetterQueueUrl"], AttributeNames=["All"]
    )["Attributes"]
    target = dead_letters["QueueArn"]
    assert {name: attributes[name] for name in ("MessageRetentionPeriod", "VisibilityTimeout")} == {
        "MessageRetentionPeriod": "1209600",
        "VisibilityTimeout": "300",
    }
    assert json.loads(attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": target,
        "maxReceiveCount": "5",
    }
    assert {a["KmsMasterKeyId"] for a in (attributes, dead_letters)} == {outputs["KeyArn"]}
    _, _, read = json.loads(attributes["Policy"])["Statement"]
    assert read["Principal"] == {"AWS": [reader]}

    subscriptions = _pages(sns, "list_subscriptions", "Subscriptions")
    assert {(s["Endpoint"], s["TopicArn"]) for s in subscriptions} == {
        (outputs["QueueArn"], topics["HighTopicArn"]),
        (outputs["QueueArn"], topics["MediumTopicArn"]),
    }
    for subscription in subscriptions:
        arn = subscription["SubscriptionArn"]
        details = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        assert json.loads(details["RedrivePolicy"]) == {"deadLetterTargetArn": target}

    for severity in ("Low", "Medium"):
        sns.publish(TopicArn=topics[f"{severity}TopicArn"], Message=severity)
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert [json.loads(message["Body"])["Message"] for message in received] == ["Medium"]

    _client("cloudformation").delete_stack(StackName="queue")
    assert sqs.list_queues().get("QueueUrls", []) == []
    assert _pages(sns, "list_subscriptions", "Subscriptions") == []


def test_a_queue_without_key_is_encrypted_by_sqs_and_gets_the_bare_notification(
    emulator: str,
) -> None:
    assert emulator
    _client("logs").create_log_group(logGroupName="trail")
    topics = _deploy("alerts", LogGroupName="trail", EncryptionKey="none")
    outputs = _deploy("queue", RawMessageDelivery="true")
    sqs, url = _client("sqs"), outputs["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert (attributes["SqsManagedSseEnabled"], "KmsMasterKeyId" in attributes) == ("true", False)
    sids = [statement["Sid"] for statement in json.loads(attributes["Policy"])["Statement"]]
    assert sids == ["AllowTopicsSend", "DenyRequestsWithoutTls"]
    _client("sns").publish(TopicArn=topics["LowTopicArn"], Message="Low")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "Low"


def _sids(policy: str) -> list[str]:
    return [statement["Sid"] for statement in json.loads(policy)["Statement"]]


def test_a_trail_is_deployed_with_all_that_protects_its_log_files(emulator: str) -> None:
    """The emulator ignores Object Lock, lifecycles, logging and advanced event selectors."""
    assert emulator
    outputs = _deploy(
        "trail",
        AccessLogBucket="create",
        Archive="GLACIER_IR:90",
        DeletionRole="BreakGlass",
        Insights="both",
        LogFileDeletionEvents="true",
        ObjectLock="COMPLIANCE:365",
        OrganizationId="o-a1b2c3d4e5",
        ReaderAccounts="123456789012",
        S3DataEvents="arn:aws:s3:::invoices/",
    )
    s3, key = _client("s3"), outputs["KeyArn"]
    log_files, access_logs = (bucket["Name"] for bucket in s3.list_buckets()["Buckets"])
    assert log_files == outputs["BucketName"]
    assert _sids(s3.get_bucket_policy(Bucket=log_files)["Policy"])[4:] == [
        "AllowReaderAccounts",
        "DenyDeletions",
        "DenyOutsideOrganization",
    ]
    policy = s3.get_bucket_policy(Bucket=access_logs)["Policy"]
    assert _sids(policy) == ["AllowAccessLogs", "DenyRequestsWithoutTls"]
    policy = _client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert _sids(policy)[-1] == "AllowReaderAccounts"

    _client("cloudformation").delete_stack(StackName="trail")
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == [log_files, access_logs]


def test_a_log_file_in_the_bucket_is_a_message_for_the_pipeline(emulator: str) -> None:
    assert emulator
    bucket = _deploy("security-alerts", LogBucketEvents="true")["BucketName"]
    outputs = _deploy(
        "search",
        DestinationArn="arn:aws:es:us-east-1:111122223333:domain/events",
        DestinationEndpoint="https://search-events.us-east-1.es.amazonaws.com",
    )
    for key in (
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/26/a.json.gz",
        "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/26/b.json.gz",
        "AWSLogs/o-a1b2c3d4e5/123456789012/CloudTrail/eu-west-1/2026/11/26/c.json.gz",
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/26/d.txt",
    ):
        _client("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    sqs = _client("sqs")
    url = sqs.get_queue_url(QueueName="security-alerts-log-files")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    details = [json.loads(message["Body"])["detail"] for message in messages]
    assert {(d["bucket"]["name"], d["object"]["key"].rpartition("/")[2]) for d in details} == {
        (bucket, "a.json.gz"),
        (bucket, "c.json.gz"),
    }
    names = [
        a["AlarmName"] for a in _pages(_client("cloudwatch"), "describe_alarms", "MetricAlarms")
    ]
    assert {name for name in names if "search" in name} == {
        "security-alerts-search-dead-letters",
        "security-alerts-search-delay",
    }

    _client("cloudformation").delete_stack(StackName="search")
    assert sqs.list_queues().get("QueueUrls", []) == []
    buckets = {entry["Name"] for entry in _client("s3").list_buckets()["Buckets"]}
    assert buckets == {bucket, outputs["RejectedEventsBucket"]}


def test_a_bucket_sends_no_events_by_default(emulator: str) -> None:
    assert emulator
    bucket = _deploy("security-alerts")["BucketName"]
    configuration = _client("s3").get_bucket_notification_configuration(Bucket=bucket)
    assert "EventBridgeConfiguration" not in configuration


def test_the_table_and_the_workgroup_of_a_hunt_are_created(emulator: str) -> None:
    assert emulator
    outputs = _deploy("hunt", LogBucketName="logs", AccountIds="111122223333,123456789012")
    (table,) = _client("glue").get_tables(DatabaseName="trailbell")["TableList"]
    assert table["Parameters"]["storage.location.template"] == (
        "s3://logs/AWSLogs/${account}/CloudTrail/${region}/${timestamp}"
    )
    assert [key["Name"] for key in table["PartitionKeys"]] == ["account", "region", "timestamp"]
    name = outputs["HuntWorkGroup"]
    workgroup = _client("athena").get_work_group(WorkGroup=name)["WorkGroup"]
    assert workgroup["Configuration"]["EnforceWorkGroupConfiguration"] is True
