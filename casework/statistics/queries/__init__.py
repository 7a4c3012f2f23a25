"""Reading statistics: sealed numbers, the ministry's exact counts, the evaluation of the city plan."""

from .evaluation import evaluation_report, finding_view, frames_of, indicator
from .official import official_report, official_totals
from .operations import operations
from .sealed import (
    audits,
    bundle,
    due,
    edition,
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
    "edition",
    "edition_view",
    "editions",
    "evaluation_report",
    "finding_view",
    "frames_of",
    "indicator",
    "menu",
    "official_report",
    "official_totals",
    "operations",
    "sheet",
    "table",
    "verify",
    "year_totals",
]
