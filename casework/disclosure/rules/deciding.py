"""What is proposed for a piece of the record, how it is decided, and what is left of a text in part (78条, 79条)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ...kernel.errors import BadInput


class Nature(StrEnum):
    """How a piece is treated; the classes of note segments (事実, 本人の言葉, …) and other texts come to these."""

    FACT = "fact"
    OWN_WORD = "own_word"
    THIRD_PARTY = "third_party"
    AGENCY = "agency"
    OPINION = "opinion"
    POLICY = "policy"


class About(StrEnum):
    """Whom a piece is about, seen from the person of the request."""

    REQUESTER = "requester"
    OTHER = "other"
    NOBODY = "nobody"  # nobody is named: the case as a whole


class ProposalKind(StrEnum):
    """What the rule proposes."""

    DISCLOSE = "disclose"
    WITHHOLD = "withhold"
    ONE_BY_ONE = "one_by_one"  # 個別に判断


class PartVerdict(StrEnum):
    """What the officer decided."""

    DISCLOSE = "disclose"
    PART = "part"  # 部分開示 (79条)
    WITHHOLD = "withhold"


REASON_LIST = "withholding_reason"
OTHERS = "art78_1_2"  # 開示請求者以外の個人に関する情報
OPINION = "art78_1_7"  # 事務の適正な遂行に支障
POLICY = "art78_1_6"  # 審議、検討又は協議
MEETING_SECRECY = "art78_1_7_meeting"  # learned in a 支援会議: 社会福祉法106条の6第5項
FREE_ARTICLES = {Nature.AGENCY: OPINION, Nature.OPINION: OPINION, Nature.POLICY: POLICY}


@dataclass(frozen=True, slots=True)
class Piece:
    """What the rule looks at. `bound`: first learned in a meeting with statutory secrecy (I7). `main`: the person is
    the only subject of the case. `guarded`: somebody else of the case is protected (I12)."""

    nature: Nature
    about: About = About.REQUESTER
    bound: bool = False
    main: bool = True
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    kind: ProposalKind
    reason: str | None = None


def stays_out(piece: Piece) -> bool:
    """Not even listed: beside a protected person only what is about the requester, or was said by them, may show.

    A withheld mark would already say that there is somebody; so no mark, no gap and no number is left (81条).
    """
    if not piece.guarded or piece.about is About.REQUESTER:
        return False
    return not (piece.about is About.NOBODY and piece.nature is Nature.OWN_WORD and piece.main)


def propose(piece: Piece) -> Proposal:
    """The rule of flow.md section 5: own words and plain facts are disclosed, other people's words and data
    withheld, agency information, opinions and directions decided one by one."""
    if piece.bound:
        return Proposal(ProposalKind.WITHHOLD, MEETING_SECRECY)
    if piece.about is About.OTHER or piece.nature is Nature.THIRD_PARTY:
        return Proposal(ProposalKind.WITHHOLD, OTHERS)
    if piece.about is About.NOBODY and not piece.main:
        return Proposal(ProposalKind.ONE_BY_ONE, OTHERS)  # "本人" of this case may be somebody else
    if piece.nature in FREE_ARTICLES:
        return Proposal(ProposalKind.ONE_BY_ONE, FREE_ARTICLES[piece.nature])
    return Proposal(ProposalKind.DISCLOSE)


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A decision. `passages`: for 部分開示, the words to withhold, each as it stands in the text."""

    verdict: PartVerdict
    reason: str | None = None
    passages: tuple[str, ...] = ()
    remark: str | None = None


def check_part(draft: PartDraft, text: str) -> None:
    """Whatever is withheld has its reason; what is withheld in part stands in the text."""
    if draft.verdict is PartVerdict.DISCLOSE:
        if draft.reason is not None:
            raise BadInput("reason_not_needed", "reason")
        if draft.passages:
            raise BadInput("passages_not_needed", "passages")
        return
    if draft.reason is None:
        raise BadInput("withholding_reason_missing", "reason")
    if draft.verdict is PartVerdict.WITHHOLD:
        if draft.passages:
            raise BadInput("passages_not_needed", "passages")
        return
    if not draft.passages:
        raise BadInput("passages_missing", "passages")
    if any(passage not in text for passage in draft.passages):
        raise BadInput("passage_absent", "passages")


def redacted(text: str, passages: tuple[str, ...], mark: str) -> str:
    """The text with every occurrence of the passages replaced by the mark; passages that touch become one mark.

    >>> redacted("妹の花子と、母と話した。", ("妹の", "花子", "母"), "■")
    '■と、■と話した。'
    """
    hidden = [False] * len(text)
    for passage in passages:
        at = text.find(passage) if passage else -1
        while at >= 0:
            hidden[at : at + len(passage)] = [True] * len(passage)
            at = text.find(passage, at + 1)
    shown = []
    for n, character in enumerate(text):
        if not hidden[n]:
            shown.append(character)
        elif n == 0 or not hidden[n - 1]:
            shown.append(mark)
    return "".join(shown)


def mark_of(label: str) -> str:
    """What stands in place of a withheld text: the article, and nothing of its length."""
    return f"【不開示 {label}】"
