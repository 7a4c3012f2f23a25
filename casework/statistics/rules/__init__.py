"""Rules of the statistics: periods, the menu, protection, tabulation and the self-audit; no database, no web."""

from .audit import Auditor, Published, Report
from .menu import OTHER, UNKNOWN, Dimension, Menu, Table, Unit, Values, parse_menu, tables
from .periods import Period, StatKind, parse_period, periods_of
from .protect import Rule, fingerprint
from .shapes import (
    BundleView,
    CellView,
    DimView,
    EditionView,
    MenuView,
    RowView,
    SheetChoice,
    SheetView,
    TableView,
    UnitTotals,
    YearView,
)
from .tabulate import Draft, Fact, Place, count, protect

__all__ = [
    "OTHER",
    "UNKNOWN",
    "Auditor",
    "BundleView",
    "CellView",
    "DimView",
    "Dimension",
    "Draft",
    "EditionView",
    "Fact",
    "Menu",
    "MenuView",
    "Period",
    "Place",
    "Published",
    "Report",
    "RowView",
    "Rule",
    "SheetChoice",
    "SheetView",
    "StatKind",
    "Table",
    "TableView",
    "Unit",
    "UnitTotals",
    "Values",
    "YearView",
    "count",
    "fingerprint",
    "parse_menu",
    "parse_period",
    "periods_of",
    "protect",
    "tables",
]
