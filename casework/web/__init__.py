"""Plumbing shared by all doors: request context, errors, paging, sessions and the declarative door."""
