"""What the pages of 相談受付 share: the blueprint, numbered topics, and faults under the names of the page."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, cast

from ...kernel.book import Option
from ...kernel.errors import BadInput
from ...usecase import Context, Gated
from ...web.house import house
from ...web.pages import PageBlueprint

bp = PageBlueprint("intake", "casework.intake")

# Fields of the use case -> fields of the page, which asks flat questions where the record has lists.
SPOKEN = (
    (r"topics(\.0)?(\.\w+)?", "main_topic"),
    (r"topics\.\d+(\.\w+)?", "other_topics"),
    (r"person\.addresses\.\d+\.(\w+)", r"person.\1"),
    (r"person\.contacts\.\d+\.\w+", "person.phone_mobile"),
)


def spoken(field: str | None) -> str | None:
    """The field of the page in which a fault of the use case was typed."""
    for pattern, name in SPOKEN:
        if field is not None and re.fullmatch(pattern, field):
            return re.sub(pattern, name, field)
    return field


def asked_flat(action: Gated[..., Any]) -> Gated[..., Any]:
    """The same use case; its faults name the fields of the page."""

    @functools.wraps(cast(Callable[..., Any], action))
    def run(ctx: Context, *given: Any) -> Any:
        try:
            return action(ctx, *given)
        except BadInput as fault:
            fault.field = spoken(fault.field)
            raise

    return cast(Gated[..., Any], run)


def topics() -> dict[str, list[Option]]:
    """相談内容 with numbers: typing the number chooses the entry of the list, without the mouse."""
    offered = house().desk.book().offered("consult_topic")
    numbered = [Option(o.value, f"{n} {o.label}") for n, o in enumerate(offered, 1)]
    return {"main_topic": numbered, "other_topics": numbered}
