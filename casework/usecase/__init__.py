"""The one gate every use case passes: who, may they, do it, record it, commit."""

from ..kernel.withheld import WITHHELD, Withheld
from .context import Context, Unreadable
from .gate import Gated, UseCase, registry, use_case
from .page import Page
from .replies import IdempotentReply, Replayed, Reply
from .standing import Standing

__all__ = [
    "WITHHELD",
    "Context",
    "Gated",
    "IdempotentReply",
    "Page",
    "Replayed",
    "Reply",
    "Standing",
    "Unreadable",
    "UseCase",
    "Withheld",
    "registry",
    "use_case",
]
