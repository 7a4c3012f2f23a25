"""What is shown of a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed statement about the first `size` events; `line` is what is handed out, to the byte."""

    size: int
    at: datetime
    root: str
    house: str
    line: str
