"""Models and e-mail at the expense of the account: access, logging and sending."""

from detections._conditions import CALLED_DIRECTLY, SUCCEEDED, calls
from trailbell import (
    Controls,
    Detection,
    Example,
    Severity,
    all_of,
    any_of,
    api_call,
    assumed_role_identity,
    field,
    iam_user,
    identity_center_user,
)

_CLOUDFORMATION = assumed_role_identity("Deployer", invoked_by="cloudformation.amazonaws.com")
_MODEL = "anthropic.claude-3-sonnet-20240229-v1:0"

# Unsure: public records have only reads of Amazon Bedrock. Its members are those of the model of
# the SDK. https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html
MODEL_ACCESS_TAKEN = Detection(
    id="model-access-taken",
    title="Access to Bedrock models was obtained, or their logging or guardrail was turned off",
    packs=("impact",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            calls(
                "bedrock",
                "PutUseCaseForModelAccess",
                "CreateFoundationModelAgreement",
                "PutFoundationModelEntitlement",
                "DeleteGuardrail",
                "DeleteEnforcedGuardrailConfiguration",
            ),
            all_of(
                calls("bedrock", "PutModelInvocationLoggingConfiguration"),
                field("requestParameters.loggingConfig.textDataDeliveryEnabled").is_false(),
            ),
            # Long-term API keys of Bedrock.
            all_of(
                calls("iam", "CreateServiceSpecificCredential"),
                field("requestParameters.serviceName").starts_with("bedrock"),
            ),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "Stolen credentials are sold as access to models, at your expense: tens of thousands of "
        "dollars a day. These calls open models, or hide what they are asked."
    ),
    runbook=(
        "Identify modelId, userName or the deleted configuration, and ask the caller.",
        "If it was not planned: disable the caller's credentials, and deny bedrock:InvokeModel*.",
        "Review CloudTrail for InvokeModel and Converse in all Regions, and the costs of Bedrock.",
    ),
    false_positives=(
        "The first use of a model by a team, and planned API keys for Bedrock: ask once, or "
        "exclude the role. Calls by CloudFormation and subscriptions that Bedrock makes at the "
        "first use of a model are not detected, nor are the use of models itself, changed "
        "guardrails, logging that is sent elsewhere, and denied calls. Logging that is deleted is "
        "detected by recording-disabled."
    ),
    controls=Controls(mitre_attack=("T1496.004", "T1685.002")),
    shows=(
        "requestParameters.modelId",
        "requestParameters.guardrailIdentifier",
        "requestParameters.userName",
    ),
    fires=(
        Example(
            "a use case for the models of a provider is submitted",
            api_call("bedrock", "PutUseCaseForModelAccess", assumed_role_identity("Developer")),
        ),
        Example(
            "the agreement for a model is accepted",
            api_call(
                "bedrock",
                "CreateFoundationModelAgreement",
                iam_user("mallory"),
                request={"modelId": _MODEL, "offerToken": "HIDDEN_DUE_TO_SECURITY_REASONS"},
            ),
        ),
        Example(
            "an account is entitled to a model",
            api_call(
                "bedrock",
                "PutFoundationModelEntitlement",
                identity_center_user("mallory"),
                request={"modelId": _MODEL},
            ),
        ),
        Example(
            "logging of model invocations no longer has the text",
            api_call(
                "bedrock",
                "PutModelInvocationLoggingConfiguration",
                iam_user("mallory"),
                request={
                    "loggingConfig": {
                        "textDataDeliveryEnabled": False,
                        "imageDataDeliveryEnabled": False,
                        "embeddingDataDeliveryEnabled": False,
                    }
                },
            ),
        ),
        Example(
            "a guardrail is deleted",
            api_call(
                "bedrock",
                "DeleteGuardrail",
                iam_user("mallory"),
                request={"guardrailIdentifier": "a1b2c3d4e5f6"},
            ),
        ),
        Example(
            "a user gets an API key for Bedrock",
            api_call(
                "iam",
                "CreateServiceSpecificCredential",
                iam_user("mallory"),
                request={"userName": "BedrockAPIKey-1", "serviceName": "bedrock.amazonaws.com"},
            ),
        ),
        Example(
            "a guardrail of the organization is deleted",
            api_call(
                "bedrock",
                "DeleteEnforcedGuardrailConfiguration",
                iam_user("mallory"),
                request={"configId": "a1b2c3d4"},
            ),
        ),
    ),
    silent=(
        Example(
            "logging of model invocations is deleted, which recording-disabled detects",
            api_call("bedrock", "DeleteModelInvocationLoggingConfiguration", iam_user("mallory")),
        ),
        Example(
            "logging of model invocations is enabled",
            api_call(
                "bedrock",
                "PutModelInvocationLoggingConfiguration",
                iam_user("alice"),
                request={
                    "loggingConfig": {
                        "s3Config": {"bucketName": "model-logs"},
                        "textDataDeliveryEnabled": True,
                        "imageDataDeliveryEnabled": False,
                    }
                },
            ),
        ),
        Example(
            "a model is used",
            api_call(
                "bedrock",
                "InvokeModel",
                assumed_role_identity("Chat"),
                request={"modelId": _MODEL},
            ),
        ),
        Example(
            "the logging configuration is read",
            api_call(
                "bedrock",
                "GetModelInvocationLoggingConfiguration",
                iam_user("alice"),
                read_only=True,
            ),
        ),
        Example(
            "CloudFormation deletes a guardrail",
            api_call(
                "bedrock",
                "DeleteGuardrail",
                _CLOUDFORMATION,
                request={"guardrailIdentifier": "a1b2c3d4e5f6"},
            ),
        ),
        Example(
            "a call to accept the agreement for a model is denied",
            api_call(
                "bedrock",
                "CreateFoundationModelAgreement",
                iam_user("mallory"),
                request={"modelId": _MODEL},
                error="AccessDenied",
            ),
        ),
        Example(
            "a user gets a password for CodeCommit",
            api_call(
                "iam",
                "CreateServiceSpecificCredential",
                iam_user("alice"),
                request={"userName": "alice", "serviceName": "codecommit.amazonaws.com"},
            ),
        ),
    ),
)

# Unsure: public records have PutAccountDetails, the others are spelled as in the models of the SDK.
# https://docs.aws.amazon.com/ses/latest/dg/logging-using-cloudtrail.html
MAIL_SENDING_PREPARED = Detection(
    id="mail-sending-prepared",
    title="Sending of e-mail or SMS was enabled or raised, or an identity for it was changed",
    packs=("impact",),
    severity=Severity.HIGH,
    pattern=all_of(
        any_of(
            all_of(
                field("eventSource").equals("ses.amazonaws.com"),
                any_of(
                    # VerifyDomainIdentity, VerifyDomainDkim, VerifyEmailIdentity, and so on.
                    field("eventName").starts_with("Verify"),
                    field("eventName").one_of(
                        "CreateEmailIdentity",
                        "DeleteIdentity",
                        "DeleteEmailIdentity",
                        "PutAccountDetails",
                    ),
                    all_of(
                        field("eventName").equals("UpdateAccountSendingEnabled"),
                        any_of(
                            field("requestParameters.enabled").is_true(),
                            field("requestParameters.enabled").missing(),
                        ),
                    ),
                    all_of(
                        field("eventName").equals("PutAccountSendingAttributes"),
                        field("requestParameters.sendingEnabled").is_true(),
                    ),
                ),
            ),
            calls("sns", "SetSMSAttributes"),
            calls("sms-voice", "SetTextMessageSpendLimitOverride"),
            calls("workmail", "CreateOrganization"),
        ),
        CALLED_DIRECTLY,
        SUCCEEDED,
    ),
    why=(
        "Attackers send phishing and spam from accounts with a good reputation. These calls come "
        "first, and the reputation of your domains is lost afterwards."
    ),
    runbook=(
        "Identify the domain, address or limit in requestParameters, and ask the caller.",
        "If it was not planned: disable sending, and the caller's credentials.",
        "Review what was sent since, and remove identities that are not yours.",
    ),
    false_positives=(
        "New domains and addresses to send from, when a team or Terraform sets them up: exclude "
        "the role. Calls by CloudFormation are not detected, nor are sending itself, sending that "
        "is disabled, reads of quotas and identities, and denied calls."
    ),
    controls=Controls(mitre_attack=("T1496.003", "T1496.004")),
    shows=(
        "requestParameters.emailIdentity",
        "requestParameters.domain",
        "requestParameters.identity",
    ),
    fires=(
        Example(
            "sending is enabled for the account",
            api_call(
                "ses",
                "UpdateAccountSendingEnabled",
                iam_user("mallory"),
                request={"enabled": True},
            ),
        ),
        Example(
            "production access is requested",
            api_call(
                "ses",
                "PutAccountDetails",
                identity_center_user("mallory"),
                request={
                    "mailType": "TRANSACTIONAL",
                    "websiteURL": "HIDDEN_DUE_TO_SECURITY_REASONS",
                    "contactLanguage": "EN",
                    "useCaseDescription": "HIDDEN_DUE_TO_SECURITY_REASONS",
                },
            ),
        ),
        Example(
            "a domain is verified",
            api_call(
                "ses",
                "VerifyDomainIdentity",
                assumed_role_identity("Developer"),
                request={"domain": "example.net"},
            ),
        ),
        Example(
            "an identity is created",
            api_call(
                "ses",
                "CreateEmailIdentity",
                iam_user("mallory"),
                request={"emailIdentity": "news@example.net"},
            ),
        ),
        Example(
            "an identity is deleted",
            api_call(
                "ses",
                "DeleteIdentity",
                iam_user("mallory"),
                request={"identity": "news@example.net"},
            ),
        ),
        Example(
            "the monthly limit for SMS is raised",
            api_call(
                "sns",
                "SetSMSAttributes",
                iam_user("mallory"),
                request={"attributes": {"MonthlySpendLimit": "1000"}},
            ),
        ),
        Example(
            "an organization for WorkMail is created",
            api_call(
                "workmail",
                "CreateOrganization",
                iam_user("mallory"),
                request={"alias": "example"},
            ),
        ),
        Example(
            "sending is enabled by the newer API",
            api_call(
                "ses",
                "PutAccountSendingAttributes",
                iam_user("mallory"),
                request={"sendingEnabled": True},
            ),
        ),
        Example(
            "a record of UpdateAccountSendingEnabled has no parameters",
            api_call("ses", "UpdateAccountSendingEnabled", iam_user("mallory")),
        ),
        Example(
            "an identity is deleted by the newer API",
            api_call(
                "ses",
                "DeleteEmailIdentity",
                iam_user("mallory"),
                request={"emailIdentity": "news@example.net"},
            ),
        ),
        Example(
            "the limit for text messages is raised",
            api_call(
                "sms-voice",
                "SetTextMessageSpendLimitOverride",
                iam_user("mallory"),
                request={"monthlyLimit": 1000},
            ),
        ),
    ),
    silent=(
        Example(
            "sending is disabled by the newer API",
            api_call(
                "ses",
                "PutAccountSendingAttributes",
                iam_user("alice"),
                request={"sendingEnabled": False},
            ),
        ),
        Example(
            "a topic of SNS is created",
            api_call("sns", "CreateTopic", iam_user("alice"), request={"name": "orders"}),
        ),
        Example(
            "sending is disabled for the account",
            api_call(
                "ses",
                "UpdateAccountSendingEnabled",
                iam_user("alice"),
                request={"enabled": False},
            ),
        ),
        Example(
            "CloudFormation creates an identity",
            api_call(
                "ses",
                "CreateEmailIdentity",
                _CLOUDFORMATION,
                request={"emailIdentity": "shop.example.com"},
            ),
        ),
        Example(
            "a template is created",
            api_call(
                "ses",
                "CreateTemplate",
                assumed_role_identity("Deployer"),
                request={"template": {"templateName": "receipt"}},
            ),
        ),
        Example(
            "an e-mail is sent",
            api_call(
                "ses",
                "SendEmail",
                assumed_role_identity("Shop"),
                request={"source": "shop@example.com"},
            ),
        ),
        Example(
            "the quota for sending is read",
            api_call("ses", "GetSendQuota", iam_user("alice"), read_only=True),
        ),
        Example(
            "a call to enable sending is denied",
            api_call(
                "ses",
                "UpdateAccountSendingEnabled",
                iam_user("mallory"),
                error="AccessDenied",
            ),
        ),
        Example(
            "an organization of AWS accounts is created",
            api_call(
                "organizations",
                "CreateOrganization",
                iam_user("alice"),
                request={"featureSet": "ALL"},
            ),
        ),
    ),
)
