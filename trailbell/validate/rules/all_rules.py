"""
All rules for ``cfn-lint --append-rules`` with the path of this folder.

In:    the installed package.
Out:   the classes of the rules, as members of this module. cfn-lint reads each file of the folder,
       except for ``__init__.py``, as a module that belongs to no package.
Never: a run without the rules. If the package cannot be imported, cfn-lint stops with the message
       of the error.
"""

import sys

try:
    from trailbell.validate.rules import CLASSES
except ImportError as error:
    raise ImportError(
        f"The rules of Trailbell cannot be loaded ({error}), because cfn-lint runs with "
        f'{sys.executable}. Install the package there: "pip install trailbell", "pipx inject '
        'cfn-lint trailbell", or "additional_dependencies: [trailbell]" in the hook of pre-commit.'
    ) from None

globals().update(CLASSES)
