"""Pages of accounts: sign-in and out, one's own account and factors, the administration of staff."""

from . import changes, factors, own, sign_in, staff, transfers
from .base import bp

__all__ = ["bp", "changes", "factors", "own", "sign_in", "staff", "transfers"]
