"""After a sign-in or a step-up: on to the page asked for, or back to the text that was typed before."""

from __future__ import annotations

import re

from flask import Response, render_template, url_for

from ...kernel.ids import new_id
from ..house import house
from . import parcel as parcels
from .blueprint import to as lead

OWN = re.compile(r"/(?![/\\])[\w\-/?=&%.]*")  # an address of this house; nothing leads elsewhere


def resume(parcel: str, to: str, must_change_password: bool) -> Response:
    """A redirect, or a page that sends the kept text to its form with one press of a button."""
    if must_change_password:
        return lead(url_for("accounts_pages.change_password"))
    return _go(parcel, to, "web/resume.html")


def carry_on(parcel: str, to: str) -> Response:
    """After a step-up: a page whose button does what was asked for, with everything typed; or a redirect."""
    return _go(parcel, to, "web/carry_on.html")


def ask_to_confirm(to: str, parcel: str, faults: dict[str, list[str]], status: int) -> Response:
    """The page that asks once more who is there; what was typed travels through it sealed."""
    sentences = {name: " ".join(texts) for name, texts in faults.items()}
    show = {"next": to, "parcel": parcel, "faults": sentences, "kinds": house().desk.proofs()}
    return Response(render_template("web/confirm.html", **show), status)


def _go(parcel: str, to: str, template: str) -> Response:
    kept = parcels.unpack(parcel) if parcel else None
    if kept is not None and OWN.fullmatch(kept[0]):
        path, typed = kept
        pairs = list(typed.items(multi=True))
        return Response(
            render_template(template, path=path, pairs=pairs, key=new_id().hex, again="_again" in typed)
        )
    return lead(to if OWN.fullmatch(to) else "/")
