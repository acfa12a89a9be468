"""Reading a framework: mistakes are named with the file, the technique and what would be right."""

import pytest

from trailbell.coverage.framework import (
    Framework,
    RecordProof,
    SampleProof,
    Technique,
    Visibility,
    read_framework,
)
from trailbell.errors import ContentError
from trailbell.samples import api_call, assumed_role_identity

_HEAD = 'title = "Techniques"\nversion = "1"\nsource = "https://example.com/"\n'
_URL = 'url = "https://example.com/{path}/"\n'
_START = f'{_HEAD}{_URL}[[technique]]\nid = "T1"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "title =",
            "f.toml: not TOML: Invalid value (at end of document); fix the file",
            id="text that is not TOML",
        ),
        pytest.param(
            _HEAD + _URL,
            "f.toml: has no techniques; add a table [[technique]]",
            id="no technique",
        ),
        pytest.param(
            f'{_HEAD}[[technique]]\nid = "T1"\n',
            'f.toml: has no "url"; add it',
            id="no URL",
        ),
        pytest.param(
            f'flavor = "red"\n{_START}',
            'f.toml: has the unknown member "flavor"; known: title, version, source, url',
            id="an unknown member of the framework",
        ),
        pytest.param(
            f'{_HEAD}{_URL}[[technique]]\nname = "One"\n',
            'f.toml, technique: has no "id"; add it',
            id="a technique without ID",
        ),
        pytest.param(
            f'{_START}state = "detected"\n',
            'f.toml, technique T1: has the unknown member "state"; known: id, name, proofs, '
            "records, visibility, note, platform",
            id="a state that is written",
        ),
        pytest.param(
            f"{_START}note = 3\n",
            'f.toml, technique T1: "note" is 3; it must be text',
            id="a note that is a number",
        ),
        pytest.param(
            f'{_START}note = ""\n',
            "f.toml, technique T1: \"note\" is ''; it must be text",
            id="an empty note",
        ),
        pytest.param(
            f'{_START}visibility = "logs"\n',
            'f.toml, technique T1: "visibility" is "logs"; it must be one of: management events, '
            "data events, none",
            id="an unknown visibility",
        ),
        pytest.param(
            f'{_START}proofs = ["trail-tampering"]\n',
            "f.toml, technique T1: has the proof 'trail-tampering'; write the ID of a detection "
            'and an eventName, such as "trail-tampering: StopLogging"',
            id="a proof without an event",
        ),
        pytest.param(
            f"{_START}proofs = [3]\n",
            "f.toml, technique T1: has the proof 3; write the ID of a detection and an eventName, "
            'such as "trail-tampering: StopLogging"',
            id="a proof that is a number",
        ),
        pytest.param(
            f'{_START}records = [{{ name = "StopLogging" }}]\n',
            'f.toml, technique T1, record: has no "source"; add it',
            id="a record without a source",
        ),
        pytest.param(
            f'{_START}records = ["StopLogging"]\n',
            "f.toml, technique T1: has the record 'StopLogging'; it must be a table",
            id="a record that is text",
        ),
        pytest.param(
            f'{_START}[[technique]]\nid = "T1"\n',
            'f.toml: has the technique "T1" twice; merge the two tables',
            id="a technique twice",
        ),
    ],
)
def test_a_mistake_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_framework(text, "f.toml")
    assert str(raised.value) == message


def test_a_framework_has_its_techniques_in_their_order() -> None:
    text = f"""{_START}
name = "One"
proofs = ["trail-tampering: StopLogging", "two: a call: is denied"]
records = [{{ source = "ec2", name = "StopUser", request = {{ a = 1 }}, members = {{ x = 2 }} }}]
note = "In part."

[[technique]]
id = "T1.002"
visibility = "data events"
platform = "SaaS"
"""
    event = api_call(
        "ec2", "StopUser", assumed_role_identity("Developer", "kim"), request={"a": 1}, x=2
    )
    assert read_framework(text, "f.toml") == Framework(
        location="f.toml",
        title="Techniques",
        version="1",
        source="https://example.com/",
        url="https://example.com/{path}/",
        techniques=(
            Technique(
                id="T1",
                name="One",
                proofs=(
                    SampleProof(detection="trail-tampering", event="StopLogging"),
                    SampleProof(detection="two", event="a call: is denied"),
                    RecordProof(event=event),
                ),
                note="In part.",
            ),
            Technique(
                id="T1.002",
                name="T1.002",
                visibility=Visibility.DATA_EVENTS,
                platform="SaaS",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("url", "page"),
    [
        pytest.param("https://example.com/{id}.html", "https://example.com/T1.002.html", id="ID"),
        pytest.param("https://example.com/{path}/", "https://example.com/T1/002/", id="path"),
        pytest.param("https://example.com/", "https://example.com/", id="a page for all"),
    ],
)
def test_the_page_of_a_technique(url: str, page: str) -> None:
    technique = Technique(id="T1.002", name="One")
    framework = Framework(
        location="f.toml", title="", version="", source="", url=url, techniques=(technique,)
    )
    assert framework.url_of(technique) == page
