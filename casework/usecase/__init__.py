"""The one gate every use case passes: who, may they, do it, record it, commit."""

from .context import WITHHELD, Context, Unreadable, Withheld
from .gate import Gated, UseCase, registry, use_case
from .page import Page
from .replies import IdempotentReply, Replayed, Reply

__all__ = [
    "WITHHELD",
    "Context",
    "Gated",
    "IdempotentReply",
    "Page",
    "Replayed",
    "Reply",
    "Unreadable",
    "UseCase",
    "Withheld",
    "registry",
    "use_case",
]
