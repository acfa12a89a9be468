"""Which line built which part."""

from pathlib import Path

from troposphere import If, NoValue, Output, Parameter, Ref, Template, s3, sns

from tests import PROJECT
from trailbell.compiler import provenance
from trailbell.source_location import SourceLocation

_FILE = Path(__file__).relative_to(PROJECT).as_posix()


def _template() -> Template:
    template = Template()
    template.add_parameter(Parameter("P", Type="String"))
    template.add_resource(
        s3.Bucket(
            "B",
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[
                    s3.LifecycleRule(
                        Status="Enabled",
                    )
                ]
            ),
            LoggingConfiguration=If(
                "C",
                s3.LoggingConfiguration(),
                NoValue,
            ),
        )
    )
    template.add_output([Output("O", Value=Ref("B"))])
    return template


def test_every_object_has_its_path_and_line() -> None:
    with provenance.record_locations():
        template = _template()
    first = _template.__code__.co_firstlineno
    bucket = ("Resources", "B")
    below = (*bucket, "Properties")
    assert provenance.source_lines(template) == {
        path: SourceLocation(_FILE, first + line)
        for path, line in {
            ("Parameters", "P"): 2,
            bucket: 4,
            (*below, "LifecycleConfiguration"): 6,
            (*below, "LifecycleConfiguration", "Rules", 0): 8,
            (*below, "LoggingConfiguration", "Fn::If", 1): 15,
            ("Outputs", "O"): 20,
        }.items()
    }


def test_no_location_is_stored_outside_the_block() -> None:
    assert provenance.source_lines(_template()) == {}


def test_recording_does_not_change_templates() -> None:
    plain = _template().to_json()
    with provenance.record_locations():
        assert _template().to_json() == plain


def test_recording_ends_when_a_template_raises() -> None:
    constructor = sns.Topic.__init__
    try:
        with provenance.record_locations():
            sns.Topic("T", Nme="x")
    except AttributeError:
        pass
    assert sns.Topic.__init__ is constructor
