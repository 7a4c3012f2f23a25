"""Shapes of oversight."""
