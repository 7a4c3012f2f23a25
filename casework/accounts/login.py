"""The cookie and what it proves: Flask-Login over session rows, the CSRF token, and requests from other sites."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, current_app, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from ..kernel.actor import Actor, system_actor
from ..kernel.errors import CaseworkError, NotSignedIn
from ..usecase import Context
from ..web.house import house
from ..web.request import context, session
from .rules import Origin, PasswordChangeRequired
from .sessions import presence_for_token

SIGN_IN = frozenset({"accounts_api.sign_in", "accounts_pages.sign_in_send"})
# What a person with a temporary password may do: see who they are, set a password, leave.
BEFORE_PASSWORD = frozenset(
    {
        *SIGN_IN,
        "accounts_pages.sign_in",
        "accounts_pages.sign_out",
        "accounts_pages.change_password",
        "accounts_pages.change_password_send",
        "static",
        "accounts_api.sign_out",
        "accounts_api.who_am_i_get",
        "accounts_api.change_password_post",
        "health.live",
        "health.ready",
    }
)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FOREIGN = frozenset({"cross-site", "same-site"})
DEVICE_DAYS = 180

csrf = CSRFProtect()


class CsrfFailed(CaseworkError):
    """A change without the token of this session, or asked for by another site (400)."""

    status = 400

    def __init__(self) -> None:
        super().__init__("csrf_failed")


class SignedInUser(UserMixin):
    """What Flask-Login carries: the token goes into the cookie, the actor into the Context."""

    def __init__(self, token: str, actor: Actor | None, must_change_password: bool) -> None:
        self.token = token
        self.actor = actor
        self.must_change_password = must_change_password

    def get_id(self) -> str:
        return self.token


def init_login(app: Flask) -> None:
    """Prepare Flask-Login and the checks every request passes before its route."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # asked for in _guard, after it is known who is there
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # the token lives as long as the session
    app.config["WTF_CSRF_SSL_STRICT"] = False  # it needs a Referer, which our pages never send
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(_load)
    manager.init_app(app)
    csrf.init_app(app)
    app.before_request(_guard)


def remember(token: str) -> None:
    """Put a new session into the cookie; nothing of an earlier one remains."""
    cookie.clear()
    login_user(SignedInUser(token, None, must_change_password=False))


def renew(token: str) -> None:
    """Put the session's new token into the cookie; pages that are open keep their CSRF token and their text."""
    login_user(SignedInUser(token, None, must_change_password=False))


def origin() -> Origin:
    """Where this request comes from, as far as sign-ins are counted by it."""
    return Origin(
        source=request.remote_addr or "",
        agent=request.headers.get("User-Agent", ""),
        device=request.cookies.get(device_cookie(), ""),
    )


def as_house() -> Context:
    """The Context of the house itself, for what happens before or beside a signed-in person."""
    return context(system_actor(house().clock.now()))


def forget() -> None:
    cookie.clear()


def device_cookie() -> str:
    """Name of the cookie that marks a browser as known to a login."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def mark_device(answer: Response, mark: str) -> None:
    answer.set_cookie(
        device_cookie(),
        mark,
        max_age=timedelta(days=DEVICE_DAYS),
        secure=house().settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )


def _load(token: str) -> SignedInUser | None:
    home = house()
    found = presence_for_token(session(), token, home.clock.now(), home.settings)
    return None if found is None else SignedInUser(token, found.actor, found.must_change_password)


def _guard() -> None:
    """Refuse what another site asks for, changes without the token, and work under a temporary password."""
    if request.endpoint is None or request.endpoint.startswith(("health.", "static")):
        return
    if request.headers.get("Sec-Fetch-Site") in FOREIGN:
        raise CsrfFailed()
    changes = request.method in UNSAFE and request.endpoint not in SIGN_IN
    if changes and not current_user.is_authenticated:
        raise NotSignedIn()
    if changes:
        _token_fits()
    if request.endpoint not in BEFORE_PASSWORD and getattr(current_user, "must_change_password", False):
        raise PasswordChangeRequired()


def _token_fits() -> None:
    try:
        csrf.protect()
    except CSRFError:
        raise CsrfFailed() from None
