"""Misspelled service principals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailbell.iam.service_principals import edit_distance, misspelled


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param("lambda.amazonaws.com", id="a service"),
        pytest.param("delivery.logs.amazonaws.com", id="with a second name"),
        pytest.param("logs.eu-west-1.amazonaws.com", id="with a Region"),
        pytest.param("ec2.amazonaws.com.cn", id="in China"),
        pytest.param("nosuchservice.amazonaws.com", id="unknown, and similar to nothing"),
        pytest.param("alexa-appkit.amazon.com", id="with another domain"),
        pytest.param("lambda.example.com", id="no domain of AWS"),
        pytest.param("dax.amazonaws.com", id="a short name"),
        pytest.param("*", id="everyone"),
    ],
)
def test_right_or_unknown(principal: str) -> None:
    assert misspelled(principal) == ""


@pytest.mark.parametrize(
    ("principal", "right"),
    [
        pytest.param("lamda.amazonaws.com", "lambda.amazonaws.com", id="a character less"),
        pytest.param("event.amazonaws.com", "events.amazonaws.com", id="the singular"),
        pytest.param("cloudtrial.amazonaws.com", "cloudtrail.amazonaws.com", id="swapped"),
        pytest.param("lambda.amazon.com", "lambda.amazonaws.com", id="another domain"),
        pytest.param("lambda", "lambda.amazonaws.com", id="no domain"),
        pytest.param("snss.amazonaws.com", "sns.amazonaws.com", id="a short name"),
        pytest.param("lambda.amazonaws.co", "lambda.amazonaws.com", id="an incomplete domain"),
        pytest.param(
            "codpipline.amazonaws.com", "codepipeline.amazonaws.com", id="two characters less"
        ),
    ],
)
def test_misspelled(principal: str, right: str) -> None:
    assert misspelled(principal) == right


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_edit_distance_is_a_distance(left: str, right: str) -> None:
    assert edit_distance(left, right) == edit_distance(right, left) <= max(len(left), len(right))
    assert (edit_distance(left, right) == 0) == (left == right)
