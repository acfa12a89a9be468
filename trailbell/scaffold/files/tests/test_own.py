"""What the build cannot know: that the stack of this project has what people count on."""

from trailbell import Catalog, api_call, assume_role_request, compile_template, fires, iam_user

from detections.production_access import PRODUCTION_ROLE_ASSUMED
from stacks.own import OWN, STACK


def test_the_role_of_another_account_counts() -> None:
    request = assume_role_request("ProductionAdmin", account="123456789012")
    event = api_call("sts", "AssumeRole", iam_user("alice"), request=request)
    assert fires(PRODUCTION_ROLE_ASSUMED, event)


def test_the_stack_has_an_alarm_for_the_detection() -> None:
    catalog = Catalog((PRODUCTION_ROLE_ASSUMED,), (OWN,))  # whatever trailbell.toml selects
    resources = compile_template(STACK, catalog)["Resources"]
    types = {name: resource["Type"] for name, resource in resources.items()}
    assert types["ProductionRoleAssumedAlarm"] == "AWS::CloudWatch::Alarm"
    assert types["ResponderPolicy"] == "AWS::IAM::ManagedPolicy"
