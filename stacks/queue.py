"""An SQS queue for the notifications of a base stack, for a program that processes them."""

from troposphere import If, NoValue, Ref, Template

from policies.key import queue_reader_statement, queue_statement
from stacks.pieces.alert_queue import alert_queue, queue_alarms
from stacks.pieces.base_refs import imported_refs
from stacks.pieces.encryption import encryption
from stacks.pieces.installation import ACCEPTED, INSTALLATION_NAME
from trailbell import Catalog, Piece, Stack, assemble


def template(_: Catalog) -> Template:
    refs = imported_refs()
    return assemble(
        "Trailbell: SQS queue with a dead-letter queue for the notifications of the topics. Deploy "
        "after security-alerts or alerts, in the same account and Region.",
        ACCEPTED,
        Piece(inputs=(INSTALLATION_NAME,)),
        alert_queue(refs),
        queue_alarms(refs),
        encryption(
            key_statements=[
                queue_statement([*refs.topics.values()]),
                If("HasReaders", queue_reader_statement(Ref("ReaderArns")), NoValue),
            ],
            users="Amazon SNS",
            default="none",
        ),
    )


STACK = Stack(
    name="queue",
    summary="SQS queue for the notifications of all alarms, with a dead-letter queue",
    template=template,
    without_bucket=True,
)
