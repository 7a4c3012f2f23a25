"""Questions to the trail."""

from .seen import all_who_saw, who_saw
from .trail import checkpoints, export_trail, public_pem, verify_trail
from .unseen import blind_work, conflicted, conflicted_owners, seers, unnamed_owners
from .unusual import finding, findings

__all__ = [
    "all_who_saw",
    "blind_work",
    "checkpoints",
    "conflicted",
    "conflicted_owners",
    "export_trail",
    "finding",
    "findings",
    "public_pem",
    "seers",
    "unnamed_owners",
    "verify_trail",
    "who_saw",
]
