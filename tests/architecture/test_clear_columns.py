"""Every text column that is not sealed is named here with what it holds; free text about people is always sealed."""

from __future__ import annotations

import importlib

import pytest
from sqlalchemy import String

from casework.app import HOUSES
from casework.db import Base

# Words of the program, codes, numbers and names of the organisation. Nothing that anybody tells about a resident.
CLEAR: dict[str, set[str]] = {
    # the directory and the register of places: public
    "Agency": {"code", "name"},
    "District": {"code", "name", "kind", "parent"},
    "Initiative": {"key", "printed_number", "name", "divisions", "tracking"},
    "Window": {"code", "name", "initiative", "field"},
    "Code": {"list", "code", "ja", "en", "status"},
    "Resource": {"name", "accepts", "contact", "remarks"},
    # staff: shown to colleagues, needed before a key can be opened
    "Staff": {"login", "name", "password_hash"},
    "StaffRole": {"role"},
    "StaffSession": {"agent", "level"},
    "Passkey": {"label"},
    "RightsChange": {"role", "password_hash"},
    "PlannedTransfer": {"state", "fault"},
    # sealed statistics: codes of cells, protected numbers beside them, the report of the audit
    "Edition": {"audit", "digest", "period", "key_mark"},
    "EditionTable": {"table_group", "answer", "unit", "dims", "of", "table_id"},
    "EditionCell": {"cell_key", "table_id"},
    # the evaluation of the city plan: words of the plan and of its office
    "Indicator": {"goal", "viewpoint", "title", "unit", "source"},
    "Finding": {"goal", "viewpoint", "method", "evaluator"},
    # the trail: ids, names of events and of columns, codes of purposes
    "AuditCheckpoint": {"line"},  # digests and a signature
    "ReadCount": {"actor"},
    "UnusualAccess": {"numbers"},  # counts by name
    "AuditEntry": {"actor", "session", "event", "outcome", "kind", "target", "case_id", "purpose", "changes"},
    "IdempotentReply": {"route", "key", "leave"},
    "UnsentForm": {"form"},
    # numbers, codes and states
    "Case": {"number"},
    "Intake": {"number"},
    "Referral": {"number", "path", "items"},
    "PrintRecord": {"number"},
    "DisclosureRequest": {"number"},
    "DisclosurePart": {"source", "field"},
    "DisclosureCopy": {"digest"},
    "Hold": {"number"},
    "Erasure": {"number", "schedule"},
    "CaseIssue": {"list", "code"},
    "CasePerson": {"role"},
    "CaseStep": {"kind", "from_state", "to_state", "to_agency"},
    "ConsentScope": {"kind", "code"},
    "Disclosure": {"ground", "channel", "items"},
    "AgendaItem": {"items"},
    "AssessmentSection": {"section"},
    "MeetingProposal": {"cause"},
    "ObservedChange": {"code"},
    "Person": {"birth_precision"},
    "PersonContact": {"kind"},
    "PersonFact": {"list", "code"},
    "Protection": {"ground"},
    "Declaration": {"kind"},
    "ReleaseRequest": {"state", "kind"},
}


def _clear() -> dict[str, set[str]]:
    for house in HOUSES:
        importlib.import_module(f"casework.{house}.models")
    found: dict[str, set[str]] = {}
    for mapper in Base.registry.mappers:
        for column in mapper.local_table.columns:  # type: ignore[attr-defined]
            coded = column.foreign_keys or "code_list" in column.info or "enum" in column.info
            if isinstance(column.type, String) and not coded:
                found.setdefault(mapper.class_.__name__, set()).add(column.name)
    return found


def test_every_text_column_in_clear_is_known_and_says_nothing_of_a_resident() -> None:
    assert _clear() == CLEAR


@pytest.mark.parametrize("word", ["name", "address", "phone", "narrative", "wish", "text", "reason"])
def test_no_column_of_a_persons_words_is_in_clear(word: str) -> None:
    organisation = {"Agency", "District", "Initiative", "Window", "Resource", "Staff"}
    assert [m for m, columns in _clear().items() if word in columns and m not in organisation] == []
