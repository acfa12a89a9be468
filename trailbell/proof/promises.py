"""
What the policies of this project promise.

In:    the promises by subject.
Out:   all of them, which ``trailbell prove`` proves for the templates in ``dist/``.
Never: a promise on what other policies allow. Identity policies of an account are outside of a
       bucket policy: what a policy has to prevent, whatever others allow, it denies.
"""

from trailbell.proof.bucket_promises import BUCKET_PROMISES
from trailbell.proof.delivery_promises import QUEUE_PROMISES, TOPIC_PROMISES
from trailbell.proof.identity_promises import IDENTITY_PROMISES
from trailbell.proof.key_promises import KEY_PROMISES
from trailbell.proof.role_promises import ROLE_PROMISES
from trailbell.proof.stack_set_promises import STACK_SET_PROMISES
from trailbell.proof.trust_promises import TRUST_PROMISES

PROMISES = (
    *BUCKET_PROMISES,
    *TOPIC_PROMISES,
    *QUEUE_PROMISES,
    *KEY_PROMISES,
    *TRUST_PROMISES,
    *ROLE_PROMISES,
    *STACK_SET_PROMISES,
    *IDENTITY_PROMISES,
)
"""All promises."""
