"""Questions to the trail."""

from .seen import all_who_saw, who_saw
from .trail import checkpoints, export_trail, public_pem, verify_trail
from .unusual import finding, findings

__all__ = [
    "all_who_saw",
    "checkpoints",
    "export_trail",
    "finding",
    "findings",
    "public_pem",
    "verify_trail",
    "who_saw",
]
