"""Asking the code lists: what may be chosen on a day, and what a code is called."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from ..kernel.errors import BadInput
from .models import Code

Choice = tuple[str, str, str]  # list, code, field the code was typed into
_OFFERED = select(Code.list, Code.code).where(
    tuple_(Code.list, Code.code).in_(bindparam("codes", expanding=True)),
    or_(Code.valid_from.is_(None), Code.valid_from <= bindparam("day")),
    or_(Code.valid_to.is_(None), Code.valid_to >= bindparam("day")),
)


def require(session: Session, choices: Iterable[Choice], day: date) -> None:
    """Refuse any code that its list does not offer on that day (BadInput "unknown_code" beside its field)."""
    wanted = list(choices)
    if not wanted:
        return
    asked = {"codes": sorted({(c[0], c[1]) for c in wanted}), "day": day}
    known = {tuple(row) for row in session.execute(_OFFERED, asked)}
    for list_name, code, field in wanted:
        if (list_name, code) not in known:
            raise BadInput("unknown_code", field, list=list_name)


def entries(session: Session, lists: Iterable[str] | None = None) -> list[Code]:
    """Codes of the named lists (all lists by default), retired ones included, in their order."""
    query = select(Code).order_by(Code.list, Code.sort, Code.code)
    if lists is not None:
        query = query.where(Code.list.in_(sorted(set(lists))))
    return list(session.scalars(query))
