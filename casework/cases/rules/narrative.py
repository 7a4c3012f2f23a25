"""Narrative: classes of segments, sections of the assessment, and where a fact may be carried (I7)."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID


class SegmentClass(StrEnum):
    """How a disclosure request treats a piece of narrative: 事実, 本人の言葉, 第三者の言葉, 機関情報, 意見, 方針."""

    FACT = "fact"
    PERSON_WORD = "person_word"
    THIRD_PARTY_WORD = "third_party_word"
    AGENCY_INFORMATION = "agency_information"
    OPINION = "opinion"
    PLAN = "plan"


class Section(StrEnum):
    """Sections of the assessment form (アセスメントシート)."""

    HEALTH = "health"
    DISABILITY = "disability"
    WORK = "work"
    HOUSING = "housing"
    FINANCES = "finances"
    INSURANCE_PENSION = "insurance_pension"
    LIFE_HISTORY = "life_history"
    SUPPORT_HISTORY = "support_history"
    STRENGTHS = "strengths"
    PRESENTING_ISSUE = "presenting_issue"
    FAMILY_WISHES = "family_wishes"
    ISSUES_AND_BACKGROUND = "issues_and_background"
    DIRECTION = "direction"


BOUND_BASES = frozenset({"act_106_6", "hardship_act_9", "child_council"})


def may_carry(
    origin_basis: str | None, origin_item: UUID | None, *, to_basis: str | None, to_item: UUID | None
) -> bool:
    """Whether a fact may enter a channel: what was first learned in a meeting with secrecy stays with it.

    `to_basis` is the receiving channel's legal basis (None: consent only or no basis); the same agenda item, or a
    later item of the same case on the same basis, is the same circle.
    """
    if origin_basis not in BOUND_BASES:
        return True
    return to_basis == origin_basis or (origin_item is not None and origin_item == to_item)


# Bases with secrecy of their own: a disclosure may rest on them; every other meeting needs consent (I6, I11).
DISCLOSING_BASES = BOUND_BASES | {"assistance_act_27_3"}
EMERGENCY = "emergency"
# sharing_ground codes on which a つなぎ without consent may tell what is needed (個人情報保護法69条2項); a note of
# the ground and of what was told is what makes it answerable.
REFERRAL_GROUNDS = frozenset({"statutory_notice", "life_protection", "internal_duty", "anonymous"})
CONSENT_PREFIX = "consent:"


def learned_under(method: str, origin_basis: str | None) -> str | None:
    """The basis a segment carries: what is noted of a 支援会議 was learned there, even if nobody says so (I7)."""
    return origin_basis or ("act_106_6" if method == "support_meeting" else None)


CHANNELS = ("referral", "meeting", "liaison", "host", "notice")
