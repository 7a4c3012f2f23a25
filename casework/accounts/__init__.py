"""Staff accounts, memberships in roles, sign-in and sessions."""
