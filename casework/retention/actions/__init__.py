"""Holds, and erasure: proposed by one, approved by another, done in one transaction, keys destroyed after it."""

from .erasing import approve, destroy_keys, propose, refuse, withdraw
from .holding import hold, lift

__all__ = ["approve", "destroy_keys", "hold", "lift", "propose", "refuse", "withdraw"]
