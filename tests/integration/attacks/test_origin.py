"""I7: what was first learned in 支援会議 stays with those who were convened, and cannot be carried elsewhere."""

from __future__ import annotations

from typing import Any

from tests.support.story import Story

SECRET = "架空の会議で聞いた事情"


def _notes(story: Story, login: str) -> list[dict[str, Any]]:
    path = f"/cases/{story.ids['case']}/notes?purpose=support"
    return list(story.seat[login].get(path)["items"])


def test_a_fact_learned_in_a_meeting_is_open_to_its_circle_and_closed_to_colleagues(story: Story) -> None:
    segment = story.ids["bound_segment"]
    for login in ("shakyo", "coordinator"):  # convened; named as lead by the decision
        texts = [s["text"] for n in _notes(story, login) for s in n["segments"] if s["id"] == segment]
        assert texts == [SECRET]
    found = [s for n in _notes(story, "shakyo_colleague") for s in n["segments"] if s["id"] == segment]
    assert len(found) == 1
    assert "text" not in found[0]
    assert "said_by" not in found[0]
    assert found[0]["origin_basis"] == "act_106_6"


def test_it_cannot_be_carried_into_a_referral_or_another_note(story: Story) -> None:
    segment = story.ids["bound_segment"]
    case = story.ids["reopened"]
    sent = story.seat["coordinator"].ask(
        "POST",
        f"/cases/{case}/referrals",
        {
            "to_agency": "seikatsu_fukushi",
            "reason": "試験",
            "with_consent": True,
            "items": ["consultation"],
            "segments": [segment],
        },
    )
    assert sent.status_code in (409, 422)
    quoted = story.seat["shakyo_colleague"].ask(
        "POST",
        f"/cases/{story.ids['case']}/notes/quote",
        {"happened_at": story.at(hours=-1), "method": "internal", "agency": "shakyo", "quotes": [segment]},
    )
    assert quoted.status_code in (404, 409, 422)
    assert SECRET not in quoted.get_data(as_text=True)
