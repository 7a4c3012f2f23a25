"""The five operations, of the product and of the bare equivalents, as requests."""

from __future__ import annotations

from tests.bench.city import City
from tests.bench.limit import FIELDS
from tests.bench.load import Operation, Request

API = "/api/v1"
NAMES = ("create", "open", "list", "search", "agenda")
HOT = 50  # cases that are opened in turn: more than one, few enough to be the day's work of an office


def intake(turn: int) -> dict[str, object]:
    """An intake with consent, two topics, and a note, of a person not known before."""
    return {
        "window": "nandemo",
        "topics": [{"code": "withdrawal_truancy", "main": True}, {"code": "eldercare"}],
        "consent": "given",
        "consent_given": {
            "recipients": ["korei_ikiiki"],
            "items": ["contact", "consultation"],
            "given_on": "2026-04-06",
            "form": "oral",
        },
        "person": {
            "name": f"架空 新規{turn}",
            "kana": "かくう しんき",
            "birth": "1950-04-01",
            "addresses": [{"address": "架空町1-1"}],
            "contacts": [{"kind": "phone_home", "value": "0467-00-0000"}],
        },
        "wishes": "架空の希望",
        "narrative": "架空の相談内容。" * 20,
    }


def ours(city: City) -> dict[str, Operation]:
    """The requests a screen makes: a whole case file, and a meeting with its sheets, are one each."""

    def opened(turn: int) -> list[Request]:
        case, _, _ = city.cases[turn % min(HOT, len(city.cases))]
        return [("GET", f"{API}/cases/{case}/file?purpose=support", None)]

    return {
        "create": lambda turn: [("POST", f"{API}/intakes", intake(turn))],
        "open": opened,
        "list": lambda _: [("GET", f"{API}/cases", None)],
        "search": lambda turn: [("POST", f"{API}/persons/search", {"name": part(city, turn)})],
        "agenda": lambda _: [("GET", f"{API}/meetings/{city.meeting}/material", None)],
    }


def part(city: City, turn: int) -> str:
    """Part of a name: the end of a surname and all of a given name."""
    return city.names[turn % len(city.names)][1:]


def bare(city: City) -> dict[str, Operation]:
    body = {**dict.fromkeys(FIELDS, "架空の文"), "narrative": "架空の相談内容。" * 20}
    body_with_topics = {**body, "topics": ["withdrawal_truancy", "eldercare"]}
    return {
        "create": lambda _: [("POST", "/create", body_with_topics)],
        "open": lambda turn: [("GET", f"/open/case-{turn % HOT}", None)],
        "list": lambda _: [("GET", "/list", None)],
        "search": lambda turn: [("POST", "/search", {"name": part(city, turn)})],
        "agenda": lambda _: [("GET", "/agenda", None)],
    }
