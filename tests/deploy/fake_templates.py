"""
A fake account that keeps the templates of its stacks.

In:    requests, as `Fake`.
Out:   a change set without changes where the template is that of the stack.
Never: another difference to `Fake`.
"""

import json
from typing import Any

from tests.deploy.fake import Fake


class Account(Fake):
    """An account that keeps templates: the same one again is a change set without changes.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html
    """

    def _CreateChangeSet(self, request: dict[str, Any]) -> dict[str, Any]:
        stack = self.stacks.get(request["StackName"])
        same = stack is not None and stack.template == json.loads(request["TemplateBody"])
        unchanged = "FAILED", "The submitted information didn't contain changes."
        self.settles = unchanged if same else ("CREATE_COMPLETE", "")
        return super()._CreateChangeSet(request)

    def _ExecuteChangeSet(self, request: dict[str, Any]) -> None:
        super()._ExecuteChangeSet(request)
        change_set = self._set(request["ChangeSetName"])
        self.stacks[change_set.stack].template = json.loads(change_set.request["TemplateBody"])
