"""Questions to the trail."""

from .trail import checkpoints, export_trail, public_pem, verify_trail

__all__ = ["checkpoints", "export_trail", "public_pem", "verify_trail"]
