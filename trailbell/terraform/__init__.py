"""
Terraform's JSON configuration, read as a template, so that the rules for templates run on it.

In:    the files of a module, decoded.
Out:   a template of CloudFormation, and which argument each part of it comes from.
Never: a guess. What an expression is after deployment is an intrinsic function, as in a template.

https://developer.hashicorp.com/terraform/language/syntax/json
"""
