"""KEKs on their way from one keeper to another: a rotation, with both at hand until the last old KEK is retired."""

from __future__ import annotations

from .wrapping import KekProvider


class MovingKeks:
    """New KEKs are made by `new`; those that `old` holds are used there, and are destroyed there when they retire.

    A version stands with one keeper only: what is made has a number that neither holds.
    """

    def __init__(self, new: KekProvider, old: KekProvider) -> None:
        self._new, self._old = new, old
        self._keepers: dict[int, KekProvider] = {}

    def make(self, version: int) -> None:
        if version in self.present():
            raise FileExistsError("one of the keepers holds a key of this number already")
        self._new.make(version)

    def wrap(self, version: int, key: bytes, place: bytes) -> bytes:
        return self._keeper(version).wrap(version, key, place)

    def unwrap(self, version: int, wrapped: bytes, place: bytes) -> bytes:
        return self._keeper(version).unwrap(version, wrapped, place)

    def destroy(self, version: int) -> None:
        self._keeper(version).destroy(version)

    def present(self) -> set[int]:
        return self._old.present() | self._new.present()

    def forget(self) -> None:
        self._keepers.clear()
        self._old.forget()
        self._new.forget()

    def _keeper(self, version: int) -> KekProvider:
        """Remembered until `forget`: to ask a token what it holds takes longer than to use it."""
        known = self._keepers.get(version)
        if known is None:
            known = self._old if version in self._old.present() else self._new
            self._keepers[version] = known
        return known
