"""Labels by list and code, as people read them: code lists, the directory and colleagues, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LONG = 80  # lists with more choices than this are searched by typing, not walked through


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
    _texts: dict[str, dict[str, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        found = {name: {o.value: o.label for o in options} for name, options in self.lists.items()}
        object.__setattr__(self, "labels", found)

    def label(self, name: str, value: object) -> str:
        """The label of a code; the code itself if the list does not know it; nothing for nothing."""
        if value is None or value == "":
            return ""
        return self.labels.get(name, {}).get(str(value), str(value))

    def texts(self, name: str) -> Mapping[str, str]:
        """For a long list: by value, a text that names the choice and no other; empty for a short list."""
        if name not in self._texts:
            options = self.offered(name)
            said = [f"{o.label}({o.group})" if o.group else o.label for o in options]
            unique = [
                text if said.count(text) == 1 else f"{text} {o.value}"
                for text, o in zip(said, options, strict=True)
            ]
            found = {o.value: text for text, o in zip(unique, options, strict=True)}
            self._texts[name] = found if len(found) > LONG else {}
        return self._texts[name]

    def codes(self, name: str) -> Mapping[str, str]:
        """For a long list: values by the text that names them."""
        return {text: value for value, text in self.texts(name).items()}

    def offered(self, name: str, *keep: str) -> list[Option]:
        """What may be chosen today, and what the record already holds."""
        return [o for o in self.lists.get(name, ()) if not o.retired or o.value in keep]
