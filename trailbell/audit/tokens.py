"""
Tokens: the parts of a text that only the deployment determines.

In:    a text such as ``${AWS::StackName of base.json}-Topic``.
Out:   its tokens, by kind; the text in a readable form.
Never: the value of a token.

===================================  ==============================================================
``${0#Topic}``                       the resource Topic of the first template
``${AWS::StackName of base.json}``   the name of the stack of that template
``${AWS::Region}``                   another pseudo parameter
``${=LogGroupName}``                 a parameter without a default
``${^base-Topic}``                   an export that no template has
``${!base-Topic}``                   an export that the templates do not determine
``${?Fn::Select 9f3c}``              the result of a function, with a digest of its arguments
===================================  ==============================================================

>>> token = Token.parse("=LogGroupName")
>>> token.kind, token.name, str(token)
(<TokenKind.PARAMETER: '='>, 'LogGroupName', '${=LogGroupName}')
>>> readable("${0#Topic} and ${?Fn::Select 9f3c}")
'Topic and Fn::Select'
"""

import re
from dataclasses import dataclass
from enum import Enum

TOKEN = re.compile(r"\$\{([^}]*)\}")

STACK_NAME = "AWS::StackName"
_RESOURCE = re.compile(r"(\d+)#(.*)")


class TokenKind(Enum):
    """The kind of a token. The value of most kinds is the character with which they begin."""

    RESOURCE = "#"
    STACK_NAME = "of"
    PARAMETER = "="
    EXTERNAL_EXPORT = "^"
    UNRESOLVED_EXPORT = "!"
    FUNCTION = "?"
    OTHER = ""
    """A pseudo parameter, or a literal ``${...}``."""


_PREFIXED = {
    kind.value: kind
    for kind in (
        TokenKind.PARAMETER,
        TokenKind.EXTERNAL_EXPORT,
        TokenKind.UNRESOLVED_EXPORT,
        TokenKind.FUNCTION,
    )
}


@dataclass(frozen=True)
class Token:
    """
    One token.

    ``detail`` distinguishes tokens with the same name: the index of the template of a resource, the
    template of a stack name, the digest of a function's arguments.
    """

    kind: TokenKind
    name: str
    detail: str = ""

    @classmethod
    def parse(cls, content: str) -> "Token":
        """The token with this text between the braces."""
        kind = _PREFIXED.get(content[:1])
        if kind is TokenKind.FUNCTION:
            name, _, detail = content[1:].partition(" ")
            return cls(kind, name, detail)
        if kind:
            return cls(kind, content[1:])
        if resource := _RESOURCE.fullmatch(content):
            return cls(TokenKind.RESOURCE, resource[2], resource[1])
        name, _, template = content.partition(" of ")
        if name == STACK_NAME:
            return cls(TokenKind.STACK_NAME, name, template)
        return cls(TokenKind.OTHER, content)

    @property
    def content(self) -> str:
        """The text between the braces."""
        match self.kind:
            case TokenKind.RESOURCE:
                return f"{self.detail}#{self.name}"
            case TokenKind.STACK_NAME:
                return f"{self.name} of {self.detail}" if self.detail else self.name
            case TokenKind.FUNCTION:
                return f"?{self.name} {self.detail}"
            case kind:
                return f"{kind.value}{self.name}"

    @property
    def is_pseudo_parameter(self) -> bool:
        return self.kind in (TokenKind.STACK_NAME, TokenKind.OTHER)

    @property
    def readable(self) -> str:
        """The name; for the name of a stack, also its template."""
        return self.content if self.kind is TokenKind.STACK_NAME else self.name

    def __str__(self) -> str:
        return f"${{{self.content}}}"


def readable(text: str) -> str:
    """A text with the names of its tokens in place of the tokens."""
    return TOKEN.sub(lambda match: Token.parse(match[1]).readable, text)
