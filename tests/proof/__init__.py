"""Tests of what policies allow, as logic."""
