"""
Where cfn-lint keeps the schemas of resource types and of Regions.

In:    the installed cfn-lint.
Out:   a folder.
Never: an import of cfn-lint: it takes longer than a whole build from the cache.
"""

from importlib.util import find_spec
from pathlib import Path

from trailbell.errors import ContentError


def schemas_folder() -> Path:
    """The folder of the schemas. Raises `ContentError` if cfn-lint is not installed."""
    spec = find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ContentError(
            location="cfn-lint",
            problem="is not installed",
            hint="install the dependencies of trailbell",
        )
    return Path(spec.origin).parent / "data" / "schemas"
