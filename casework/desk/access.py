"""Reasons to touch a 書きかけ: it is one's own, and nobody else's; the night's work only throws away."""

from ..db.reasons import anyone, mine, renamed
from .models import UnsentForm

own_form = renamed("own unsent text", mine(UnsentForm.staff_id))
any_form = anyone(UnsentForm)
