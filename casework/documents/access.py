"""Reasons to open a print: it is one's own. What stands on it is asked of its own house each time."""

from ..cases.access import open_case
from ..cases.models import Case
from ..db.reasons import all_of, mine, no, renamed, through
from ..intake.access import BARS as INTAKES
from ..intake.models import Intake
from ..kernel.policy import Bar, Bars
from ..meeting.access import BARS as MEETINGS
from ..meeting.models import Meeting
from ..plan.access import BARS as PLANS
from ..plan.models import Plan
from .models import PrintRecord

own_print = renamed("own print", mine(PrintRecord.printed_by))

# Whatever the print is of: what keeps that out of sight keeps out the print, its number and its day.
_barred = (
    through(PrintRecord.target, no(open_case), to=Case.id),
    through(PrintRecord.target, no(INTAKES[Intake].alone), to=Intake.id),
    through(PrintRecord.target, no(PLANS[Plan].alone), to=Plan.id),
    through(PrintRecord.target, no(MEETINGS[Meeting].alone), to=Meeting.id),
)
BARS: Bars = {PrintRecord: Bar(all_of(*map(no, _barred)))}
