"""The console page of a stack, in the partition and Region of the stack."""

import pytest

from trailbell.deploy.result import console_url

_QUERY = "cloudformation%3A{region}%3A111122223333%3Astack%2Falerts%2Fid"


@pytest.mark.parametrize(
    ("partition", "region", "domain"),
    [
        pytest.param("aws-iso", "us-iso-east-1", "console.aws.amazon.com", id="unknown"),
        pytest.param("aws", "eu-west-1", "console.aws.amazon.com", id="commercial"),
        pytest.param("aws-cn", "cn-north-1", "console.amazonaws.cn", id="China"),
        pytest.param(
            "aws-us-gov", "us-gov-west-1", "console.amazonaws-us-gov.com", id="GovCloud (US)"
        ),
        pytest.param(
            "aws-eusc", "eusc-de-east-1", "console.amazonaws-eusc.eu", id="European Sovereign Cloud"
        ),
    ],
)
def test_the_console_url_has_the_domain_of_the_partition(
    partition: str, region: str, domain: str
) -> None:
    stack_id = f"arn:{partition}:cloudformation:{region}:111122223333:stack/alerts/id"
    assert console_url(stack_id) == (
        f"https://{region}.{domain}/cloudformation/home?region={region}#/stacks/events"
        f"?stackId=arn%3A{partition}%3A{_QUERY.format(region=region)}"
    )
