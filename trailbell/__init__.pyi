"""What type checkers and editors know of `trailbell`: its names, which are imported late."""

from trailbell.build.for_tests import (
    compile_template as compile_template,
)
from trailbell.build.for_tests import (
    fires as fires,
)
from trailbell.build.for_tests import (
    load_catalog as load_catalog,
)
from trailbell.build.for_tests import (
    use_project as use_project,
)
from trailbell.catalog.detection import (
    Catalog as Catalog,
)
from trailbell.catalog.detection import (
    Controls as Controls,
)
from trailbell.catalog.detection import (
    Detection as Detection,
)
from trailbell.catalog.detection import (
    Example as Example,
)
from trailbell.catalog.detection import (
    Severity as Severity,
)
from trailbell.catalog.detection import (
    Timing as Timing,
)
from trailbell.catalog.pack import (
    Pack as Pack,
)
from trailbell.catalog.placeholders import PLACEHOLDERS as PLACEHOLDERS
from trailbell.compiler.stack import (
    ParameterInput as ParameterInput,
)
from trailbell.compiler.stack import (
    Piece as Piece,
)
from trailbell.compiler.stack import (
    RegionScope as RegionScope,
)
from trailbell.compiler.stack import (
    Stack as Stack,
)
from trailbell.compiler.stack import (
    assemble as assemble,
)
from trailbell.compiler.stack import (
    is_set as is_set,
)
from trailbell.compiler.stack import (
    rule as rule,
)
from trailbell.compiler.suppressions import (
    suppress as suppress,
)
from trailbell.compiler.suppressions import (
    suppress_lint as suppress_lint,
)
from trailbell.pattern import (
    all_of as all_of,
)
from trailbell.pattern import (
    any_of as any_of,
)
from trailbell.pattern import (
    field as field,
)
from trailbell.pattern.ast import Condition as Condition
from trailbell.samples import (
    ACCOUNT as ACCOUNT,
)
from trailbell.samples import (
    OTHER_ACCOUNT as OTHER_ACCOUNT,
)
from trailbell.samples import (
    Event as Event,
)
from trailbell.samples import (
    Identity as Identity,
)
from trailbell.samples import (
    api_call as api_call,
)
from trailbell.samples import (
    assume_role_request as assume_role_request,
)
from trailbell.samples import (
    assumed_role_identity as assumed_role_identity,
)
from trailbell.samples import (
    aws_service as aws_service,
)
from trailbell.samples import (
    console_sign_in as console_sign_in,
)
from trailbell.samples import (
    cross_account_caller as cross_account_caller,
)
from trailbell.samples import (
    federated_user as federated_user,
)
from trailbell.samples import (
    iam_user as iam_user,
)
from trailbell.samples import (
    identity_center_user as identity_center_user,
)
from trailbell.samples import (
    insight_event as insight_event,
)
from trailbell.samples import (
    root as root,
)
from trailbell.samples import (
    service_event as service_event,
)
from trailbell.samples import (
    service_linked_role as service_linked_role,
)

__version__: str
__all__: list[str]
