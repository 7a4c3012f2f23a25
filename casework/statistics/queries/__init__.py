"""Reading statistics: sealed numbers, the ministry's exact counts, the evaluation of the city plan."""

from .official import official_report, official_totals
from .sealed import (
    audits,
    bundle,
    due,
    edition_view,
    editions,
    menu,
    sheet,
    table,
    verify,
    year_totals,
)

__all__ = [
    "audits",
    "bundle",
    "due",
    "edition_view",
    "editions",
    "menu",
    "official_report",
    "official_totals",
    "sheet",
    "table",
    "verify",
    "year_totals",
]
