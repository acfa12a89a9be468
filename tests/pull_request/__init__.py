"""Tests of comments on pull requests."""
