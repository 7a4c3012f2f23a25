"""Labels by list and code, as people read them: code lists, the directory and colleagues, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a list; `group` heads it; `retired` ones name old records and are not offered."""

    value: str
    label: str
    group: str = ""
    retired: bool = False


@dataclass(frozen=True)
class Book:
    """Lists by name: the code lists, and "agency", "window", "district", "initiative", "staff"."""

    lists: Mapping[str, Sequence[Option]]
    labels: Mapping[str, Mapping[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        found = {name: {o.value: o.label for o in options} for name, options in self.lists.items()}
        object.__setattr__(self, "labels", found)

    def label(self, name: str, value: object) -> str:
        """The label of a code; the code itself if the list does not know it; nothing for nothing."""
        if value is None or value == "":
            return ""
        return self.labels.get(name, {}).get(str(value), str(value))

    def offered(self, name: str, *keep: str) -> list[Option]:
        """What may be chosen today, and what the record already holds."""
        return [o for o in self.lists.get(name, ()) if not o.retired or o.value in keep]
