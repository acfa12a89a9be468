"""The build reports parameters that API operations do not have."""

from tests.catalog.test_self_test import detection
from trailbell.catalog.detection import Catalog
from trailbell.catalog.self_test import check_catalog

_DISABLE = '($.eventSource = "kms.amazonaws.com") && ($.eventName = "DisableKey")'


def test_the_build_reports_it_unless_it_is_accepted() -> None:
    pattern = (
        f'{{ ($.eventName = "DisableKey") && (($.eventSource = "kms.amazonaws.com") || ({_DISABLE} '
        '&& ($.requestParameters.keyIdd = "a"))) }'
    )
    refused = detection(pattern=pattern, accepted_issues={"unguarded-not-equal": "It is."})
    accepted = detection(pattern=pattern, accepted_issues={"unknown-field": "It is new."})
    problems = [error.problem for error in check_catalog(Catalog((refused,)), use_cache=False)]
    assert problems == [
        (
            "detection keys has a suspicious pattern (unknown-field at character 152): DisableKey "
            "of kms.amazonaws.com has no $.requestParameters.keyIdd"
        ),
        "detection keys accepts the issue unguarded-not-equal, which it does not have",
    ]
    assert check_catalog(Catalog((accepted,)), use_cache=False) == ()


def test_an_accepted_issue_that_does_not_exist_is_an_error() -> None:
    accepted = detection(accepted_issues={"unknown-field": "It is new."})
    assert [error.problem for error in check_catalog(Catalog((accepted,)), use_cache=False)] == [
        "detection keys accepts the issue unknown-field, which it does not have"
    ]
