"""The policy of meetings: who runs them, who is convened, and what each sees of the cases on an agenda."""

from __future__ import annotations

from collections.abc import Mapping

from ..cases import access as cases
from ..kernel.actor import Permission as P
from ..kernel.actor import Role as R
from ..kernel.policy import Reason
from ..meeting import access as meeting

Reasons = tuple[Reason, ...]
Section = Mapping[P, Mapping[R, Reasons]]

_RUNS = {R.CHAIR: meeting.chairs, R.SECRETARIAT: meeting.keeps, R.COORDINATOR: meeting.coordinates}
_PLANNING = {
    role: (meeting.convener, meeting.proposal, meeting.proposal_of(reason), *meeting.running(reason))
    for role, reason in _RUNS.items()
}
_RUNNING = {role: meeting.running(reason) for role, reason in _RUNS.items()}
_MEETING_CASES = {role: (meeting.waiting, meeting.on_agenda(reason)) for role, reason in _RUNS.items()}
_REFERRING = dict.fromkeys(
    (R.COUNSELOR, R.COORDINATOR),
    (meeting.referring, meeting.referring_meeting, meeting.referring_sheet),
)
# Whoever runs a meeting.
OFFICE: Section = {
    P.MEETING_PLAN: _PLANNING,
    P.MEETING_READ: _RUNNING,
    P.MEETING_CONVENE: _RUNNING,
    P.MEETING_RUN: _RUNNING,
    P.MEETING_DECIDE: _RUNNING,
    P.MEETING_CONFIRM: {R.CHAIR: (meeting.presides,)},
    P.AGENDA_READ: _RUNNING,
    P.SHEET_WRITE: _RUNNING,
    P.SECRECY_CONFIRM: _RUNNING,
    P.ACTION_READ: _RUNNING,
    P.ACTION_TRACK: {**_RUNNING, R.SYSTEM: (meeting.any_action,)},
    P.CASE_READ: {role: cases.cover(*reasons) for role, reasons in _MEETING_CASES.items()},
    P.CASE_LIST: _MEETING_CASES,
    P.CASE_PROPOSE: _MEETING_CASES,
    P.CONSENT_READ: {
        role: tuple(r for reason in reasons for r in meeting.consent_of(reason))
        for role, reasons in _MEETING_CASES.items()
    },
    P.PERSON_READ: {
        role: tuple(map(cases.person_by_case, reasons)) for role, reasons in _MEETING_CASES.items()
    },
}


def meetings(*, team: Reasons, workers: tuple[R, ...], everybody: Mapping[R, Reasons]) -> tuple[Section, ...]:
    """The sections, for those who work on cases anyway: the owning team, the workers, and everybody on a case."""
    convened = dict.fromkeys((R.COUNSELOR, R.COORDINATOR, *workers, R.AGENCY_MEMBER), meeting.CONVENED)
    agenda_of_case = {
        R.COUNSELOR: tuple(map(meeting.agenda_of, team)),
        R.COORDINATOR: tuple(map(meeting.agenda_of, (*team, cases.multi_agency))),
        R.SUPERVISOR: (meeting.agenda_of(cases.granted),),
    }
    on_call = dict.fromkeys(convened, (meeting.invited, meeting.numbered))
    return (
        {P.NOTE_READ: dict.fromkeys((*everybody, R.AGENCY_MEMBER), (meeting.in_circle,))},
        OFFICE,
        # Convened members: their items after secrecy, never the case.
        {
            P.MEETING_READ: dict.fromkeys(convened, (meeting.invited, meeting.member, meeting.item_case)),
            P.AGENDA_READ: convened,
            P.SHEET_WRITE: dict.fromkeys(convened, (meeting.invited, meeting.member, meeting.member_sheet)),
            P.SECRECY_CONFIRM: on_call,
            P.ACTION_READ: dict.fromkeys(convened, (meeting.answers, meeting.member_action)),
            P.ACTION_ANSWER: dict.fromkeys((*convened, *_RUNS), (meeting.answers,)),
            P.CONSENT_READ: dict.fromkeys(convened, meeting.member_consent),
        },
        # The division that refers a case prepares its sheet; who works on a case sees that it is on an agenda.
        {P.AGENDA_READ: _REFERRING, P.SHEET_WRITE: _REFERRING},
        {
            P.AGENDA_READ: agenda_of_case,
            P.CONSENT_READ: {
                role: tuple(map(meeting.subjects_of, reasons)) for role, reasons in everybody.items()
            },
        },
    )
