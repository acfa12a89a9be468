"""
Terraform's JSON configuration, read as a template, so that the rules for templates run on it.

In:    the files of a module, decoded.
Out:   a template of CloudFormation, and which argument each part of it comes from.
Never: a guess. What an expression is after deployment is an intrinsic function, as in a template.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

JSON_SYNTAX = ".tf.json"
NATIVE_SYNTAX = ".tf"
NO_NATIVE_SYNTAX = (
    "HCL is not read; convert it to Terraform's JSON syntax, for example with hcl2json"
)
