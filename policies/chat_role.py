"""
The role of a chat channel in Amazon Q Developer in chat applications.

https://docs.aws.amazon.com/chatbot/latest/adminguide/understanding-permissions.html
"""

from awacs.aws import Allow, PolicyDocument, Principal, Statement
from awacs.sts import AssumeRole


def chat_role_trust() -> PolicyDocument:
    """Trust the service. The role needs no permission: channels only show messages."""
    return PolicyDocument(
        Version="2012-10-17",
        Statement=[
            Statement(
                Effect=Allow,
                Principal=Principal("Service", "chatbot.amazonaws.com"),
                Action=[AssumeRole],
            )
        ],
    )
