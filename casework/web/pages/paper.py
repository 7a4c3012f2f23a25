"""Paper: an A4 sheet drawn as PDF from HTML, on this machine and from nothing but what it is given."""

from __future__ import annotations

from typing import Any

from ...kernel.errors import Unavailable
from .frame import STATIC

STYLE = "sheet.css"


def drawn(html: str) -> bytes:
    """The sheet as PDF; Unavailable "pdf_unavailable" where the machine lacks what draws it."""
    try:
        from weasyprint import CSS, HTML
    except OSError as missing:
        raise Unavailable("pdf_unavailable") from missing
    style = CSS(string=(STATIC / STYLE).read_text(encoding="utf-8"), url_fetcher=_nothing)
    made: bytes = HTML(string=html, url_fetcher=_nothing).write_pdf(stylesheets=[style])
    return made


def _nothing(url: str, *_: Any, **__: Any) -> Any:
    """Paper is drawn from the record alone: no address is ever opened."""
    raise ValueError(f"{url.split(':', 1)[0]} is not opened while printing")
