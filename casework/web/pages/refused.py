"""Refusals as pages: what happened, what to do next, and everything that was typed."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask_login import current_user

from ...kernel.errors import CaseworkError, NotSignedIn, StepUpRequired
from ..house import house
from . import parcel
from .beside import chosen
from .blueprint import to
from .resume import ask_to_confirm
from .tree import FRAME

# Where a demand on the session is met.
DEMANDS = {
    "password_change_required": "accounts_pages.change_password",
    "second_factor_required": "accounts_pages.second",
    "enrolment_required": "accounts_pages.enrol",
}
KNOWN = frozenset({400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503})


def refused(refusal: CaseworkError) -> Response:
    """A refusal of the house. Who is not signed in is led to the sign-in page, and what they typed comes along."""
    if refusal.code in DEMANDS:
        return to(url_for(DEMANDS[refusal.code]))
    if isinstance(refusal, NotSignedIn):
        return _sign_in_first()
    if isinstance(refusal, StepUpRequired):
        return _confirm_first()
    if refusal.code == "csrf_failed" and _own_form():
        form = house().forms.get(request.endpoint or "")
        if form is not None:
            return form.again(refusal, dict(request.view_args or {}))
    return refusal_page(refusal.status, refusal.code, house().messages.error(refusal.code, refusal.facts))


def refusal(status: int, code: str) -> Response:
    return refusal_page(status, code, house().messages.error(code))


def refusal_page(status: int, code: str, sentence: str) -> Response:
    """Title, reason and the way on. What was typed is shown again as text, so that it can be copied."""
    known = status if status in KNOWN else 500
    typed = _typed() if status in (403, 409, 412, 422, 428, 429, 500, 503) else []
    body = render_template("web/refused.html", status=known, code=code, sentence=sentence, typed=typed)
    answer = Response(body, status)
    if status in (429, 503):
        answer.headers["Retry-After"] = "5"
    return answer


def _typed() -> list[tuple[str, str]]:
    """What a form of ours tried to send, without the frame's own fields and never a secret."""
    form = house().forms.get(request.endpoint or "")
    if form is None or not form.keeps:
        return []
    return [(name, text) for name, text in chosen(request.form).items(multi=True) if name not in FRAME]


def _sign_in_first() -> Response:
    form = house().forms.get(request.endpoint or "")
    if form is not None and form.keeps:
        kept = parcel.pack(request.path, request.form)
        return Response(render_template("web/sign_in.html", next="", parcel=kept, login="", faults={}), 401)
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return to(url_for("accounts_pages.sign_in", next=None if here == "/" else here))


def _confirm_first() -> Response:
    """The page that asks once more who is there; a form's text comes along, secrets are typed anew."""
    form = house().forms.get(request.endpoint or "")
    if form is not None:
        return ask_to_confirm("", parcel.pack(request.path, request.form, form.secrets), {}, 403)
    here = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return to(url_for("accounts_pages.confirm", next=here))


def _own_form() -> bool:
    """The page was ours: another site's request is answered without what it sent."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and bool(
        getattr(current_user, "is_authenticated", False)
    )
