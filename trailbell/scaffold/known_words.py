"""
Words that name neither a person nor a resource, because AWS gives them a meaning.

In:    nothing.
Out:   sets of words.
Never: a word that the customer of AWS chooses.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Values of members of records and requests, and names that AWS gives to roles.
CONSTANTS = _words(
    """
    true false Yes No Success Failure * - -1 all none null Allow Deny 2012-10-17 2008-10-17
    0.0.0.0/0 ::/0 tcp udp icmp icmpv6 TCP UDP ICMP aws AWS SigV4 SigV2 AuthHeader QueryString
    Default_SSE_S3 PASSWORD CredentialChallenge GETTING_STARTED HIDDEN_DUE_TO_SECURITY_REASONS
    SENSITIVE_DATA_HIDDEN *** **** Root IAMUser AssumedRole Role FederatedUser Directory AWSAccount
    AWSService SAMLUser WebIdentityUser IdentityCenterUser Unknown ANONYMOUS_PRINCIPAL anonymous
    root Name userIdentityArn userAgent errorCode OrganizationAccountAccessRole
    AWSControlTowerExecution AWSCloudFormationStackSetExecutionRole
    http://acs.amazonaws.com/groups/global/AllUsers
    http://acs.amazonaws.com/groups/global/AuthenticatedUsers
    http://acs.amazonaws.com/groups/s3/LogDelivery
    """
)

# Principals that are no name of a service model.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
PRINCIPALS = _words(
    """
    autoscaling billing cloudwatch cognito-identity console delivery.logs edgelambda
    elasticmapreduce events fargate health logs monitoring ops.apigateway
    replicator.lambda resource-groups signin spot spotfleet sso tagging trustedadvisor
    vpc-flow-logs member.org.stacksets.cloudformation stacksets.cloudformation ssm-incidents
    elasticloadbalancing ecs-tasks ec2 states scheduler.redshift config-conforms
    remediation.config config-multiaccountsetup malware-protection.guardduty guardduty
    """
)

# Types of resources in ARNs, which are no names.
RESOURCE_TYPES = _words(
    """
    user role group policy assumed-role federated-user root mfa saml-provider oidc-provider
    server-certificate instance-profile service-role aws-service-role aws-reserved
    sso.amazonaws.com instance volume snapshot image vpc subnet security-group network-interface
    internet-gateway route-table network-acl key key-pair alias function layer table stream index
    backup log-group log-stream destination alarm dashboard stack changeSet stackset trail channel
    eventdatastore rule event-bus detector findings filter hub bucket secret db cluster
    cluster-snapshot snapshot pg subgrp stateMachine execution cluster service task
    task-definition container-instance nodegroup repository domain distribution hostedzone
    parameter document automation-execution managed-instance app loadbalancer targetgroup
    listener certificate workgroup datacatalog database catalog crawler job analyzer account
    organization ou handshake web regional global webacl rule-group ipset userpool identitypool
    project build pipeline restapis apis deliverystream permissionSet
    """
)

# Words of the messages of AWS. Any other word could be a name.
MESSAGE_WORDS = _words(
    """
    a access action allow allows already an and are as assume at authentication authorized be
    because boundary by call calling can cannot configuration could credentials denied deny does
    encoded error exceeded exist exists expired explicit failed failure for found has have
    identity-based in invalid is it limit message missing no not of on operation or perform
    performed permission permissions policies policy rate request requested required resource
    resource-based role session service control such supplied that the this to token type
    unauthorized unknown user username valid value was when which with you your example
    """
)

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-insights-fields-insightDetails.html
RECORD_MEMBERS = _words(
    """
    eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent
    errorCode errorMessage requestParameters responseElements additionalEventData requestID
    eventID eventType apiVersion managementEvent readOnly resources recipientAccountId
    serviceEventDetails sharedEventID vpcEndpointId vpcEndpointAccountId eventCategory addendum
    sessionCredentialFromConsole edgeDeviceDetails tlsDetails insightDetails type userName
    principalId arn accountId accessKeyId sessionContext sessionIssuer webIdFederationData
    federatedProvider attributes creationDate mfaAuthenticated sourceIdentity ec2RoleDelivery
    assumedRoot invokedBy onBehalfOf userId identityStoreArn credentialId inScopeOf issuerType
    credentialsIssuedTo identityProvider tlsVersion cipherSuite clientProvidedHostHeader ARN
    _return items Statement Version Sid Effect Principal NotPrincipal Action NotAction Resource
    NotResource Condition Service Federated CanonicalUser state insightType insightContext
    statistics baseline insight average attributions attribute
    SignatureVersion CipherSuite AuthenticationMethod MobileVersion MFAUsed MFAIdentifier
    ConsoleLogin LoginTo SwitchTo SwitchFrom CheckMfa PasswordUpdated
    Host acl policy location logging lifecycle versioning object-lock accelerate cors replication
    website notification requestPayment tagging encryption publicAccessBlock ownershipControls
    analytics inventory metrics delete uploads versions intelligent-tiering xmlns content item tag
    zone partition region account
    """
)
