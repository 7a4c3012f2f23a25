"""Reasons to open a print: it is one's own. What stands on it is asked of its own house each time."""

from ..db.reasons import mine, renamed
from .models import PrintRecord

own_print = renamed("own print", mine(PrintRecord.printed_by))
