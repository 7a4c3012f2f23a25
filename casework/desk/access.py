"""Reasons to touch a 書きかけ: it is one's own, and nobody else's."""

from ..db.reasons import mine, renamed
from .models import UnsentForm

own_form = renamed("own unsent text", mine(UnsentForm.staff_id))
