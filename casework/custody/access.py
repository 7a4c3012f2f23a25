"""Reasons to look after the keys: the table holds nothing about anybody."""

from ..db.reasons import anyone
from .models import KeyRetirement

any_retirement = anyone(KeyRetirement)
