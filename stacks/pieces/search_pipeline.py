"""
An Amazon OpenSearch Ingestion pipeline from the log bucket to OpenSearch.

In:    the log bucket, the queue with its events, the domain or collection.
Out:   a `Piece`: the pipeline, its role and log group, and a bucket for events that OpenSearch
       rejects.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/configure-client-s3.html
"""

from typing import Any

from troposphere import (
    GetAtt,
    If,
    NoValue,
    Output,
    Ref,
    RetainExceptOnCreate,
    Select,
    Split,
    Sub,
    iam,
    logs,
    osis,
    s3,
)

from policies.search_pipeline import (
    collection_policy,
    domain_policy,
    rejected_events_policy,
    source_policy,
    trust_policy,
)
from stacks.pieces.boundary import BOUNDARY, permissions_boundary
from stacks.pieces.private_bucket import private_bucket
from stacks.pieces.search_collection import NOT_IN_EVERY_REGION
from trailbell import Piece, suppress

# Four members of a record have different fields for each API action, together more than the 1,000
# that an index has by default. They are indexed as text, which can be searched, too.
# https://docs.opensearch.org/latest/data-prepper/pipelines/configuration/processors/write-json/
_CONFIGURATION = """\
version: "2"
cloudtrail:
  source:
    s3:
      acknowledgments: true
      notification_type: sqs
      notification_source: eventbridge
      compression: gzip
      codec:
        json:
          key_name: Records
      sqs:
        queue_url: ${Queue}
        visibility_timeout: 60s
        visibility_duplication_protection: true
      aws:
        region: ${AWS::Region}
        sts_role_arn: ${PipelineRole.Arn}
  processor:
    - date:
        match:
          - key: eventTime
            patterns: ["yyyy-MM-dd'T'HH:mm:ssXXX"]
        destination: "@timestamp"
    - write_json:
        source: requestParameters
    - write_json:
        source: responseElements
    - write_json:
        source: additionalEventData
    - write_json:
        source: serviceEventDetails
  sink:
    - opensearch:
        hosts: ["${Endpoint}"]
        index: "cloudtrail-%{yyyy.MM.dd}"
        ${DocumentId}
        aws:
          region: ${AWS::Region}
          sts_role_arn: ${PipelineRole.Arn}
          serverless: ${IsServerless}
        dlq:
          s3:
            bucket: ${RejectedEventsBucket}
            key_path_prefix: rejected
            region: ${AWS::Region}
            sts_role_arn: ${PipelineRole.Arn}
"""

# CloudTrail can deliver an event twice. Collections for time series have no document IDs.
# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-overview.html
_DOCUMENT_ID = If("WritesToDomain", 'document_id: "${/eventID}"', "")

_PIPELINE_ARN = Sub(
    "arn:${AWS::Partition}:osis:${AWS::Region}:${AWS::AccountId}:pipeline/${PipelineName}"
)
_DESTINATION_ARN = If("MakesCollection", GetAtt("Collection", "Arn"), Ref("DestinationArn"))
_ENDPOINT = If(
    "MakesCollection", GetAtt("Collection", "CollectionEndpoint"), Ref("DestinationEndpoint")
)


def search_pipeline(bucket: Any) -> Piece:
    """The pipeline and what it needs."""
    rejected = _rejected_events_bucket()
    role, destination = _role(bucket)
    log_group = logs.LogGroup(
        "PipelineLogGroup",
        Metadata=suppress(
            checkov={"CKV_AWS_158": "It has the errors of the pipeline, and no events."}
        ),
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        # Log delivery needs this prefix. It is retained, so each stack has a name of its own.
        LogGroupName=Sub(
            "/aws/vendedlogs/OpenSearchIngestion/${InstallationName}-${Uuid}",
            Uuid=Select(2, Split("/", Ref("AWS::StackId"))),
        ),
        RetentionInDays=30,
    )
    pipeline = osis.Pipeline(
        "Pipeline",
        Metadata=NOT_IN_EVERY_REGION,
        DependsOn=["QueuePolicy", "DestinationPolicy"],
        PipelineName=Ref("PipelineName"),
        PipelineRoleArn=GetAtt(role, "Arn"),
        MinUnits=Ref("MinUnits"),
        MaxUnits=Ref("MaxUnits"),
        PipelineConfigurationBody=Sub(
            _CONFIGURATION,
            Endpoint=_ENDPOINT,
            DocumentId=_DOCUMENT_ID,
            IsServerless=If("WritesToDomain", "false", "true"),
        ),
        LogPublishingOptions=osis.LogPublishingOptions(
            IsLoggingEnabled=True,
            CloudWatchLogDestination=osis.CloudWatchLogDestination(LogGroup=Ref(log_group)),
        ),
        VpcOptions=If(
            "IsInVpc",
            osis.VpcOptions(
                SubnetIds=Ref("SubnetIds"),
                SecurityGroupIds=If("HasSecurityGroups", Ref("SecurityGroupIds"), NoValue),
            ),
            NoValue,
        ),
    )
    boundary = permissions_boundary("Installation")
    return Piece(
        inputs=boundary.inputs,
        conditions=boundary.conditions,
        resources=(*rejected, role, destination, log_group, pipeline),
        outputs=(
            Output(
                "PipelineRoleArn",
                Description="Role that an existing domain or collection has to allow",
                Value=GetAtt(role, "Arn"),
            ),
            Output(
                "RejectedEventsBucket",
                Description="Bucket for events that OpenSearch rejected",
                Value=Ref("RejectedEventsBucket"),
            ),
        ),
    )


def _role(bucket: Any) -> tuple[iam.Role, iam.PolicyType]:
    """The role, and its policy for the destination.

    That is a resource of its own: the data access policy of a new collection names the role, and is
    made before the collection.
    """
    source = source_policy(
        log_files_arn=Sub("arn:${AWS::Partition}:s3:::${Bucket}/*AWSLogs/*", Bucket=bucket),
        keys_arn=Sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"),
        queue_arn=GetAtt("Queue", "Arn"),
        rejected_arn=Sub("${RejectedEventsBucket.Arn}/rejected/*"),
    )
    role = iam.Role(
        "PipelineRole",
        PermissionsBoundary=BOUNDARY,
        AssumeRolePolicyDocument=trust_policy(
            account=Ref("AWS::AccountId"), pipeline_arn=_PIPELINE_ARN
        ),
        Policies=[iam.Policy(PolicyName="source", PolicyDocument=source)],
    )
    destination = iam.PolicyType(
        "DestinationPolicy",
        Metadata=suppress(
            cfripper={"WildcardResourceRule": "IAM cannot limit aoss:BatchGetCollection."}
        ),
        PolicyName="destination",
        Roles=[Ref(role)],
        PolicyDocument=If(
            "WritesToDomain",
            domain_policy(domain_arn=Ref("DestinationArn"), indexes_arn=Sub("${DestinationArn}/*")),
            collection_policy(collection_arn=_DESTINATION_ARN),
        ),
    )
    return role, destination


def _rejected_events_bucket() -> tuple[s3.Bucket, s3.BucketPolicy]:
    bucket = s3.Bucket(
        "RejectedEventsBucket",
        Metadata=suppress(checkov={"CKV_AWS_18": "The events are also in the log bucket."}),
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        **private_bucket("expire-rejected-events", days=30),
    )
    policy = s3.BucketPolicy(
        "RejectedEventsBucketPolicy",
        DeletionPolicy=RetainExceptOnCreate,
        UpdateReplacePolicy="Retain",
        Bucket=Ref(bucket),
        PolicyDocument=rejected_events_policy(
            bucket_arn=GetAtt(bucket, "Arn"), objects_arn=Sub("${RejectedEventsBucket.Arn}/*")
        ),
    )
    return bucket, policy
