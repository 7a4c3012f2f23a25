"""What oversight does: checkpoints, looking for unusual access, and keeping house."""

from .checkpoints import issue_checkpoint
from .unseen import name_successor, replace_owner
from .unusual import review, scan
from .upkeep import purge_replies

__all__ = ["issue_checkpoint", "name_successor", "purge_replies", "replace_owner", "review", "scan"]
