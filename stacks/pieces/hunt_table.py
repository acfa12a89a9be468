"""
The table of Athena over the log files of a trail, with partitions that Athena computes.

In:    the parameters of a hunt.
Out:   a `Piece`: the database, and the table.
Never: a partition in the Data Catalog. New accounts and Regions are parameters, days are computed.

The columns and the SerDe are those of
https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
and the projections are explained at
https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html

Accounts are of the type enum. Of the type injected, every query would have to name its accounts.
"""

from typing import Any

from troposphere import Output, Ref, Sub, glue

from stacks.pieces.base_refs import exported
from stacks.pieces.hunt_inputs import ACCOUNTS, KEYS, LOG_BUCKET
from trailbell import Piece
from trailbell.catalog.hunt_query import COLUMNS, PARTITIONS, TABLE

_SERDE = "org.apache.hive.hcatalog.data.JsonSerDe"
_INPUT = "com.amazon.emr.cloudtrail.CloudTrailInputFormat"
_OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"


def hunt_table() -> Piece:
    """The database and the table."""
    database = glue.Database(
        "Database",
        CatalogId=Ref("AWS::AccountId"),
        DatabaseInput=glue.DatabaseInput(
            Name=Ref("DatabaseName"),
            Description=Sub("CloudTrail log files of the installation ${InstallationName}"),
        ),
    )
    table = glue.Table(
        "Table",
        CatalogId=Ref("AWS::AccountId"),
        DatabaseName=Ref(database),
        TableInput=glue.TableInput(
            Name=TABLE,
            Description="CloudTrail events by account, Region and day of their log files",
            TableType="EXTERNAL_TABLE",
            PartitionKeys=[glue.Column(Name=name, Type="string") for name in PARTITIONS],
            Parameters=_projection(),
            StorageDescriptor=glue.StorageDescriptor(
                Columns=[glue.Column(Name=name, Type=kind) for name, kind in COLUMNS.items()],
                Location=_location(""),
                InputFormat=_INPUT,
                OutputFormat=_OUTPUT,
                SerdeInfo=glue.SerdeInfo(
                    SerializationLibrary=_SERDE, Parameters={"serialization.format": "1"}
                ),
            ),
        ),
    )
    return Piece(
        resources=(database, table),
        outputs=(
            exported("HuntDatabase", "Database of the table cloudtrail_logs", Ref(database)),
            Output("Table", Description="Table of CloudTrail events", Value=Ref(table)),
        ),
    )


def _projection() -> dict[str, Any]:
    return {
        "EXTERNAL": "TRUE",
        "classification": "cloudtrail",
        "projection.enabled": "true",
        "projection.account.type": "enum",
        "projection.account.values": ACCOUNTS,
        "projection.region.type": "enum",
        "projection.region.values": Ref("Regions"),
        "projection.timestamp.type": "date",
        "projection.timestamp.format": "yyyy/MM/dd",
        "projection.timestamp.interval": "1",
        "projection.timestamp.interval.unit": "DAYS",
        "projection.timestamp.range": Sub("${FirstDay},NOW"),
        "storage.location.template": _location("${!account}/CloudTrail/${!region}/${!timestamp}"),
    }


def _location(partition: str) -> Sub:
    return Sub(f"s3://${{Bucket}}/${{Keys}}{partition}", Bucket=LOG_BUCKET, Keys=KEYS)
