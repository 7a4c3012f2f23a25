"""After a sign-in: on to the page asked for, or back to the text that a lost session left behind."""

from __future__ import annotations

import re

from flask import Response, render_template, url_for

from . import parcel as parcels
from .blueprint import to as lead

OWN = re.compile(r"/(?![/\\])[\w\-/?=&%.]*")  # an address of this house; nothing leads elsewhere


def resume(parcel: str, to: str, must_change_password: bool) -> Response:
    """A redirect, or a page that sends the kept text to its form with one press of a button."""
    if must_change_password:
        return lead(url_for("accounts_pages.change_password"))
    kept = parcels.unpack(parcel) if parcel else None
    if kept is not None and OWN.fullmatch(kept[0]):
        path, typed = kept
        pairs = list(typed.items(multi=True))
        return Response(render_template("web/resume.html", path=path, pairs=pairs))
    return lead(to if OWN.fullmatch(to) else "/")
