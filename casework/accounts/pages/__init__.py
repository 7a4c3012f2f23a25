"""Pages of accounts: sign-in and out, one's own account and factors, the administration of staff."""

from . import factors, own, sign_in, staff
from .base import bp

__all__ = ["bp", "factors", "own", "sign_in", "staff"]
