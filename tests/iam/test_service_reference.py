"""What the published reference says of actions."""

import pytest

from trailbell.iam.service_reference import expand, resource_arns, resource_types


@pytest.mark.parametrize(
    ("pattern", "actions"),
    [
        pytest.param("s3:NoSuchAction", (), id="an unknown action"),
        pytest.param("nosuch:GetObject", (), id="an unknown service"),
        pytest.param("../s3:GetObject", (), id="no name of a service"),
        pytest.param("*", (), id="every service"),
        pytest.param("S3:getobject", ("s3:GetObject",), id="without case"),
        pytest.param("iam:*SSHPublicKey", None, id="a pattern"),
    ],
)
def test_expand(pattern: str, actions: tuple[str, ...] | None) -> None:
    if actions is None:
        actions = tuple(f"iam:{verb}SSHPublicKey" for verb in ("Delete", "Get", "Update", "Upload"))
    assert tuple(sorted(expand(pattern))) == actions


def test_resources_of_an_action() -> None:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    assert resource_arns("sns:Publish") == (
        "arn:${Partition}:sns:${Region}:${Account}:${TopicName}",
    )
    assert resource_types("sns:Publish") == ("topic",)
    assert resource_arns("ec2:DescribeInstances") == ()
