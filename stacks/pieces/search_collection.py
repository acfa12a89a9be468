"""
A new OpenSearch Serverless collection for events, with its policies.

In:    parameters, and the role of the pipeline.
Out:   a `Piece`, of which everything depends on the condition ``MakesCollection``.
Never: access without IAM. The network policy lets requests reach the collection, and the data
       access policy allows those of the pipeline and the searchers.

https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-create.html
"""

import json
from typing import Any

from troposphere import If, Join, Output, Ref, Split, Sub, opensearchserverless

from trailbell import Piece, suppress_lint

NOT_IN_EVERY_REGION = suppress_lint(
    "E3006", reason="Some Regions do not have OpenSearch Ingestion and OpenSearch Serverless."
)
"""The metadata of a resource whose type some Regions do not have."""

_INDEXES = "index/${PipelineName}/cloudtrail-*"
_ENCRYPTION = {
    "Rules": [{"ResourceType": "collection", "Resource": ["collection/${PipelineName}"]}],
    "AWSOwnedKey": True,
}
_NETWORK = [
    {
        "Rules": [
            {"ResourceType": kind, "Resource": ["collection/${PipelineName}"]}
            for kind in ("collection", "dashboard")
        ],
        "AllowFromPublic": True,
    }
]
_RETENTION = {
    "Rules": [
        {
            "ResourceType": "index",
            "Resource": [_INDEXES],
            "MinIndexRetention": "${IndexRetentionInDays}d",
        }
    ]
}


def _access(description: str, permissions: list[str], principals: str) -> dict[str, Any]:
    """A rule of the data access policy.

    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-data-access.html
    """
    return {
        "Description": description,
        "Rules": [
            {
                "ResourceType": "index",
                "Resource": [_INDEXES],
                "Permission": [f"aoss:{permission}" for permission in permissions],
            }
        ],
        "Principal": [principals],
    }


_PIPELINE_ACCESS = _access(
    "The pipeline",
    ["CreateIndex", "UpdateIndex", "DescribeIndex", "WriteDocument"],
    "${PipelineRole.Arn}",
)
_SEARCHER_ACCESS = _access("Searchers", ["DescribeIndex", "ReadDocument"], "${Searchers}")
_SEARCHERS = Join('","', Split(",", Ref("SearcherArns")))


def search_collection() -> Piece:
    """The collection, and its policies for encryption, network, retention and data."""
    made = {"Condition": "MakesCollection", "Metadata": NOT_IN_EVERY_REGION}
    encryption = opensearchserverless.SecurityPolicy(
        "EncryptionPolicy",
        **made,
        Name=Ref("PipelineName"),
        Type="encryption",
        Policy=Sub(_compact(_ENCRYPTION)),
    )
    network = opensearchserverless.SecurityPolicy(
        "NetworkPolicy",
        **made,
        Name=Ref("PipelineName"),
        Type="network",
        Policy=Sub(_compact(_NETWORK)),
    )
    retention = opensearchserverless.LifecyclePolicy(
        "RetentionPolicy",
        **made,
        Name=Ref("PipelineName"),
        Type="retention",
        Policy=Sub(_compact(_RETENTION)),
    )
    # The events are in the log bucket, too. A retained collection would cost as much as before.
    collection = opensearchserverless.Collection(
        "Collection",
        **made,
        DependsOn=[encryption.title, network.title, retention.title, "DataAccessPolicy"],
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        Name=Ref("PipelineName"),
        Type="TIMESERIES",
        StandbyReplicas=Ref("StandbyReplicas"),
        Description="CloudTrail events",
    )
    data = opensearchserverless.AccessPolicy(
        "DataAccessPolicy",
        **made,
        Name=Ref("PipelineName"),
        Type="data",
        Policy=If(
            "HasSearchers",
            Sub(_compact([_PIPELINE_ACCESS, _SEARCHER_ACCESS]), Searchers=_SEARCHERS),
            Sub(_compact([_PIPELINE_ACCESS])),
        ),
    )
    return Piece(
        resources=(encryption, network, retention, collection, data),
        outputs=(
            Output(
                "DashboardUrl",
                Condition="MakesCollection",
                Description="OpenSearch Dashboards of the new collection",
                Value=Sub("${Collection.DashboardEndpoint}"),
            ),
        ),
    )


def _compact(policy: Any) -> str:
    return json.dumps(policy, separators=(",", ":"))
