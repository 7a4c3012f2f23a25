"""Residents and households: names, addresses and contacts (sealed), protection (DV等支援措置)."""
