"""What oversight does: checkpoints, and keeping house."""

from .checkpoints import issue_checkpoint
from .upkeep import purge_replies

__all__ = ["issue_checkpoint", "purge_replies"]
