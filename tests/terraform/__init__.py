"""Terraform modules as templates."""
