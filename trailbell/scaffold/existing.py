"""
What a project has already, so that something new does not replace it.

In:    the packages of the project and of the baseline.
Out:   detections, stacks and packs, as far as their modules can be read.
Never: an error for a module that cannot be read: the build reports it.
"""

import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass

from trailbell.build.content_conflicts import packs_of
from trailbell.catalog.detection import Detection
from trailbell.catalog.pack import Pack
from trailbell.compiler.discovery import discover
from trailbell.compiler.stack import Stack
from trailbell.errors import UnknownNameError
from trailbell.scaffold.new_files import NameTakenError

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_MAX_LENGTH = 60


class UnusableNameError(NameTakenError):
    """A name that is not in kebab case, or a word of Python."""


@dataclass(frozen=True)
class Existing:
    """The content of a project, with that of the baseline."""

    detections: tuple[Detection, ...]
    stacks: tuple[Stack, ...]
    packs: tuple[Pack, ...]

    def check_detection(self, identifier: str) -> None:
        """Raise `NameTakenError` for an ID that a detection has, or almost has."""
        check_name("detection ID", identifier)
        same = identifier.replace("-", "")
        for detection in self.detections:
            if detection.id.replace("-", "") == same:
                raise NameTakenError(
                    f'the detection "{detection.id}" exists already, at {detection.location}; '
                    "choose another ID"
                )

    def check_stack(self, name: str) -> None:
        """Raise `NameTakenError` for the name of a stack."""
        check_name("stack name", name)
        for stack in self.stacks:
            if stack.name == name:
                raise NameTakenError(
                    f'the stack "{name}" exists already, at {stack.location}; choose another name'
                )

    def check_known_pack(self, name: str) -> None:
        """Raise `UnknownNameError` for a pack that no stack deploys."""
        names = [pack.name for pack in self.packs]
        if name not in names:
            raise UnknownNameError("pack", name, names)

    def new_pack(self, name: str, title: str) -> Pack:
        """A pack after all others. Raises `NameTakenError` if there is one of this name."""
        check_name("pack name", name)
        for stack in self.stacks:
            if stack.pack and stack.pack.name == name:
                raise NameTakenError(
                    f'the stack "{stack.name}" deploys the pack "{name}" already, at '
                    f"{stack.location}; choose another name"
                )
        last = max((pack.order for pack in self.packs), default=0)
        return Pack(name=name, title=title, order=last - last % 10 + 10)


def read_existing() -> Existing:
    """The content that can be imported. The project must have been chosen."""
    stacks = discover("stacks", Stack, name="STACK").objects
    return Existing(discover("detections", Detection).objects, stacks, packs_of(stacks)[0])


def check_name(
    noun: str, name: str, reserved: Iterable[str] = ("manifest", "init", "test")
) -> None:
    """Raise `UnusableNameError` for a name that cannot be that of a module and a resource."""
    if not _KEBAB.fullmatch(name) or len(name) > _MAX_LENGTH:
        raise UnusableNameError(
            f'"{name}" is not a {noun}; use lowercase letters, digits and single hyphens, a letter '
            f'first, and at most {_MAX_LENGTH} characters, like "root-account-use"'
        )
    if keyword.iskeyword(name) or name in reserved:
        raise UnusableNameError(f'"{name}" cannot be the name of a module; choose another {noun}')
