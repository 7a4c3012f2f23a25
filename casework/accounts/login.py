"""The cookie and what it proves: Flask-Login over session rows, the CSRF token, and requests from other sites."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Flask, Response, current_app, request
from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from ..kernel.actor import Actor, system_actor
from ..kernel.errors import CaseworkError, NotSignedIn
from ..usecase import Context
from ..web.house import house
from ..web.request import context, session
from . import actions
from .rules import Demand, Demanded, Origin
from .sessions import Presence, presence_for_token

# What serves to sign in: asked for without a session, and so without its token.
SIGN_IN = frozenset(
    {
        "accounts_api.sign_in",
        "accounts_api.passkey_to_sign_in",
        "accounts_api.sign_in_by_passkey",
        "accounts_pages.sign_in_send",
        "accounts_pages.sso_send",
    }
)
_ALWAYS = SIGN_IN | {
    "accounts_pages.sign_in",
    "accounts_pages.sso",
    "accounts_pages.sso_answer",
    "static",
    "health.live",
    "health.ready",
}
_SECOND = {
    "accounts_api.second",
    "accounts_api.passkey_for_second",
    "accounts_api.sign_out",
    "accounts_pages.second",
    "accounts_pages.second_send",
    "accounts_pages.sign_out",
}
# See who one is, prove it once more, leave.
_OWN = {
    "accounts_pages.sign_out",
    "accounts_api.sign_out",
    "accounts_api.who_am_i_get",
    "accounts_api.confirm",
    "accounts_api.options_to_confirm_post",
    "accounts_pages.confirm",
    "accounts_pages.confirm_send",
}
_PASSWORD = {
    "accounts_pages.change_password",
    "accounts_pages.change_password_send",
    "accounts_api.change_password_post",
}
_ENROL = {
    "accounts_pages.enrol",
    "accounts_pages.begin_totp",
    "accounts_pages.begin_totp_send",
    "accounts_pages.totp",
    "accounts_pages.totp_send",
    "accounts_pages.new_passkey",
    "accounts_pages.new_passkey_send",
    "accounts_api.factors_get",
    "accounts_api.begin_totp_post",
    "accounts_api.enrolment_get",
    "accounts_api.finish_totp_post",
    "accounts_api.passkey_options_post",
    "accounts_api.add_passkey_post",
}
# As long as a session has to meet a demand first, it serves for this and nothing else.
MEETS = {
    Demand.SECOND_FACTOR: _ALWAYS | _SECOND,
    Demand.PASSWORD: _ALWAYS | _OWN | _PASSWORD,
    Demand.ENROL: _ALWAYS | _OWN | _PASSWORD | _ENROL,
}
FROM_PROVIDER = "accounts_pages.sso_answer"  # other sites may lead here: the page does nothing by itself
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

    def __init__(self, token: str, presence: Presence | None = None) -> None:
        self.token = token
        self.presence = presence

    @property
    def actor(self) -> Actor | None:
        return None if self.presence is None else self.presence.actor

    @property
    def demand(self) -> Demand | None:
        return None if self.presence is None else self.presence.demand

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
    login_user(SignedInUser(token))


def renew(token: str) -> None:
    """Put the session's new token into the cookie; pages that are open keep their CSRF token and their text."""
    login_user(SignedInUser(token))


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


def half() -> UUID:
    """The session that waits for its second factor; NotSignedIn where none does."""
    presence: Presence | None = getattr(current_user, "presence", None)
    if presence is None or presence.demand is not Demand.SECOND_FACTOR:
        raise NotSignedIn()
    return presence.session_id


def waits() -> bool:
    """Whether the cookie is that of a session that waits for its second factor."""
    return getattr(current_user, "demand", None) is Demand.SECOND_FACTOR


def leave() -> None:
    """End the present session, a whole one or one that waits; the cookie is worth nothing from now on."""
    if waits():
        actions.give_up(as_house(), half())
    else:
        actions.sign_out(context())
    cookie.clear()


def device_cookie() -> str:
    """Name of the cookie that marks a browser as known to a login."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def state_cookie() -> str:
    """Name of the cookie that holds the state of a sign-on on its way."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-sso"


def keep_state(answer: Response, state: str) -> None:
    """Bind a sign-on to this browser for its ten minutes."""
    answer.set_cookie(
        state_cookie(),
        state,
        max_age=timedelta(minutes=10),
        secure=house().settings.secure_cookies,
        httponly=True,
        samesite="Strict",
    )


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
    return None if found is None else SignedInUser(token, found)


def _guard() -> None:
    """Refuse what another site asks for, changes without the token, and work before a demand is met."""
    if request.endpoint is None or request.endpoint.startswith(("health.", "static")):
        return
    foreign = request.headers.get("Sec-Fetch-Site") in FOREIGN
    if foreign and request.endpoint != FROM_PROVIDER:
        raise CsrfFailed()
    changes = request.method in UNSAFE and request.endpoint not in SIGN_IN
    if changes and not current_user.is_authenticated:
        raise NotSignedIn()
    if changes:
        _token_fits()
    demand: Demand | None = getattr(current_user, "demand", None)
    if demand is not None and request.endpoint not in MEETS[demand]:
        raise Demanded(demand)


def _token_fits() -> None:
    try:
        csrf.protect()
    except CSRFError:
        raise CsrfFailed() from None
