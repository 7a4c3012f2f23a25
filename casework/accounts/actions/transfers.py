"""異動の日: the personnel office's list in one act - who retires, moves or rests, and who takes over their work.

Taking rights away needs no second person; new roles are given afterwards, by two. Lines for a later day wait for
`casework daily`. Nothing changes while one line has a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from ...agencies.models import Agency
from ...kernel.actor import Permission
from ...kernel.errors import BadInput, Refused
from ...usecase import Context, use_case
from ...usecase.duties import count_open
from ..models import PlannedTransfer, Staff
from ..sheet import Line, LineFault, TransferKind, read_sheet
from . import rights

WAITING = ("waiting", "stuck")


@dataclass(frozen=True, slots=True)
class LineView:
    """What a line will do: to whom, when, and how much open work changes hands; never which."""

    number: int
    login: str
    name: str | None
    kind: str | None
    agency: str
    to_name: str | None
    on: date
    scheduled: bool
    open_work: int
    faults: tuple[LineFault, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """The whole list; it is applied only if no line has a fault."""

    lines: tuple[LineView, ...]
    faulty: int
    applied: bool = False


@dataclass(frozen=True, slots=True)
class PlannedView:
    """A line that waits for its day, or could not be done on it."""

    id: UUID
    staff_id: UUID
    kind: str
    agency: str | None
    to_staff_id: UUID | None
    on: date
    state: str
    fault: str | None


@use_case(Permission.ACCOUNT_MANAGE, event="transfers.previewed", reads=True)
def preview_transfers(ctx: Context, data: bytes) -> SheetView:
    """Show line by line what a transfer list would do, with faults beside the lines; nothing changes."""
    return _viewed(ctx, _Sheet(ctx, read_sheet(data)))


@use_case(Permission.ACCOUNT_MANAGE, event="transfers.applied")
def apply_transfers(ctx: Context, data: bytes) -> SheetView:
    """Apply a transfer list: all lines or none; work is handed over, and rights end in the same act."""
    sheet = _Sheet(ctx, read_sheet(data))
    view = _viewed(ctx, sheet)
    if view.faulty:
        raise BadInput("transfer_faults", "file", count=view.faulty)
    for line in sorted(sheet.lines, key=lambda line: str(sheet.staff[line.login].id)):
        sheet.do(line)
    ctx.session.flush()
    return SheetView(view.lines, 0, applied=True)


@use_case(Permission.ACCOUNT_MANAGE, event="transfers.run")
def run_transfers(ctx: Context) -> tuple[int, int]:
    """Do the lines whose day has come: (done, stuck). What cannot be done stays visible until somebody sees to it."""
    due = ctx.select(PlannedTransfer).where(
        PlannedTransfer.state.in_(WAITING), PlannedTransfer.effective_on <= ctx.today
    )
    done = stuck = 0
    rows = ctx.all(due.order_by(PlannedTransfer.staff_id))
    leaving = {row.staff_id for row in rows}
    for row in rows:
        staff = ctx.load(Staff, row.staff_id)
        fault = _stuck(ctx, row, staff, leaving)
        row.state, row.fault = ("done", None) if fault is None else ("stuck", fault)
        if fault is None:
            _leave(ctx, staff, TransferKind(row.kind), row.agency, row.to_staff_id)
        done, stuck = done + (fault is None), stuck + (fault is not None)
    return done, stuck


@use_case(Permission.ACCOUNT_MANAGE, event="transfers.cancelled")
def cancel_transfer(ctx: Context, transfer_id: UUID) -> PlannedView:
    """Take back a line that waits for its day or could not be done."""
    row = ctx.load(PlannedTransfer, transfer_id)
    if row.state not in WAITING:
        raise Refused("transfer_decided")
    row.state = "cancelled"
    return planned_view(row)


@use_case(Permission.ACCOUNT_READ, event="transfers.listed", reads=True)
def planned_transfers(ctx: Context) -> tuple[PlannedView, ...]:
    """List the lines that wait for their day, and those that could not be done on it."""
    query = ctx.select(PlannedTransfer).where(PlannedTransfer.state.in_(WAITING))
    rows = ctx.all(query.order_by(PlannedTransfer.effective_on, PlannedTransfer.id).limit(1000))
    return tuple(map(planned_view, rows))


def planned_view(row: PlannedTransfer) -> PlannedView:
    """Step: a planned line that was loaded."""
    return PlannedView(
        row.id, row.staff_id, row.kind, row.agency, row.to_staff_id, row.effective_on, row.state, row.fault
    )


class _Sheet:
    """A list beside the accounts it names."""

    def __init__(self, ctx: Context, lines: Sequence[Line]) -> None:
        self.ctx = ctx
        self.lines = lines
        logins = {x for line in lines for x in (line.login, line.to_login) if x}
        found = ctx.all(ctx.select(Staff).where(Staff.login.in_(sorted(logins))))
        self.staff: dict[str, Staff] = {row.login: row for row in found}
        self.leaving = {line.login for line in lines}
        planned = select(PlannedTransfer.staff_id).where(PlannedTransfer.state.in_(WAITING))
        self.planned = set(ctx.session.scalars(planned))
        standing = select(Agency.code).where(Agency.retired_on.is_(None) | (Agency.retired_on > ctx.today))
        self.agencies = set(ctx.session.scalars(standing))

    def faults(self, line: Line) -> tuple[LineFault, ...]:
        """Everything that stands against the line."""
        if line.faults:
            return line.faults
        staff = self.staff.get(line.login)
        if staff is None:
            return (LineFault("transfer_unknown"),)
        codes = [*self._of_person(staff), *self._of_line(line, staff), *self._of_receiver(line, staff)]
        found = [LineFault(code) for code in codes]
        count = count_open(self.ctx, staff.id)
        if count and not line.to_login:
            found.append(LineFault("open_work_left", {"count": count}))
        return tuple(found)

    def _of_person(self, staff: Staff) -> list[str]:
        wrong = {
            "own_account": staff.id == self.ctx.actor.id,
            "staff_disabled": staff.disabled_at is not None,
            "transfer_planned": staff.id in self.planned,
        }
        return [code for code, holds in wrong.items() if holds]

    def _of_line(self, line: Line, staff: Staff) -> list[str]:
        moves = line.kind is TransferKind.MOVE
        wrong = {
            "transfer_agency_missing": moves and not line.agency,
            "transfer_agency_unknown": bool(line.agency) and line.agency not in self.agencies,
            "transfer_agency_extra": not moves and bool(line.agency),
            "move_same_agency": moves and line.agency == staff.agency,
            "transfer_past": line.on is not None and line.on < self.ctx.today,
        }
        return [code for code, holds in wrong.items() if holds]

    def _of_receiver(self, line: Line, staff: Staff) -> list[str]:
        if not line.to_login:
            return []
        receiver = self.staff.get(line.to_login)
        if receiver is None or receiver.disabled_at is not None:
            return ["transfer_receiver_unknown"]
        if receiver.id == staff.id:
            return ["receiver_is_leaver"]
        if line.to_login in self.leaving or receiver.id in self.planned:
            return ["transfer_receiver_leaves"]
        return [] if rights.able_agencies(self.ctx, staff, receiver) else ["staff_without_work_role"]

    def do(self, line: Line) -> None:
        """The line now, or on its day."""
        ctx, staff = self.ctx, self.ctx.load(Staff, self.staff[line.login].id)
        kind = line.kind or TransferKind.RETIRE
        to = self.staff[line.to_login].id if line.to_login else None
        if line.on is None or line.on <= ctx.today:
            _leave(ctx, staff, kind, line.agency or None, to)
            return
        ctx.add(
            PlannedTransfer(
                staff_id=staff.id,
                kind=kind,
                agency=line.agency or None,
                to_staff_id=to,
                effective_on=line.on,
                planned_by=ctx.actor.id,
                planned_at=ctx.now,
                state="waiting",
            )
        )


def _viewed(ctx: Context, sheet: _Sheet) -> SheetView:
    lines = tuple(_line_view(ctx, sheet, line) for line in sheet.lines)
    return SheetView(lines, sum(1 for line in lines if line.faults))


def _line_view(ctx: Context, sheet: _Sheet, line: Line) -> LineView:
    staff, receiver = sheet.staff.get(line.login), sheet.staff.get(line.to_login)
    on = line.on or ctx.today
    return LineView(
        number=line.number,
        login=line.login,
        name=None if staff is None else staff.name,
        kind=line.kind,
        agency=line.agency,
        to_name=None if receiver is None else receiver.name,
        on=on,
        scheduled=on > ctx.today,
        open_work=0 if staff is None else count_open(ctx, staff.id),
        faults=sheet.faults(line),
    )


def _leave(ctx: Context, staff: Staff, kind: TransferKind, agency: str | None, to: UUID | None) -> None:
    """Work changes hands, roles and everything given by name end, and so do the sessions."""
    rights.hand_over(ctx, staff, to)
    if kind is not TransferKind.REST:
        rights.end_every_role(ctx, staff)
    if kind is TransferKind.MOVE and agency is not None:
        staff.agency = agency
    else:
        staff.disabled_at = ctx.now
    rights.end_rights(ctx, staff)


def _stuck(ctx: Context, row: PlannedTransfer, staff: Staff, leaving: set[UUID]) -> str | None:
    """Why the line cannot be done today, as a code."""
    if staff.disabled_at is not None:
        return "staff_disabled"
    if row.to_staff_id in leaving:
        return "transfer_receiver_leaves"
    if row.to_staff_id is None:
        return "open_work_left" if count_open(ctx, staff.id) else None
    receiver: Staff | None = ctx.one(ctx.select(Staff).where(Staff.id == row.to_staff_id))
    if receiver is None or receiver.disabled_at is not None:
        return "transfer_receiver_unknown"
    return None if rights.able_agencies(ctx, staff, receiver) else "staff_without_work_role"
