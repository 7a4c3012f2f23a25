"""Headers on every answer, errors included: nothing cached, nothing framed, nothing loaded from elsewhere."""

from __future__ import annotations

from flask import Flask, Response

CSP = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
# Pages may use the house's own style, script and pictures, and their script may talk to the house.
PAGE_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def install(app: Flask) -> None:
    @app.after_request
    def _headers(answer: Response) -> Response:
        if answer.mimetype == "text/html":
            answer.headers.setdefault("Content-Security-Policy", PAGE_CSP)
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        if app.config["SESSION_COOKIE_SECURE"]:
            answer.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        return answer
