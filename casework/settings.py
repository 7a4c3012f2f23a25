"""Settings (設定): one frozen dataclass from config/*.toml, the environment and overrides; typed and checked."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_type_hints
from urllib.parse import urlsplit

ENVIRONMENTS = ("development", "testing", "production")
PREFIX = "CASEWORK_"
NOT_SETTINGS = frozenset({"CASEWORK_ENV", "CASEWORK_CONFIG_DIR", "CASEWORK_REQUIRE_ALL"})
SQLITE = "sqlite:///"
KEY_PROVIDERS = ("file", "pkcs11")
ORIGIN = re.compile(r"https?://[a-z0-9.\-]+(:\d{1,5})?")
SECRET_LOCATIONS = ("database_url", "keystore_path", "kek_dir")


class SettingsError(ValueError):
    """The settings cannot be used; the message names each wrong setting and where it came from."""


def _range(least: int, most: int | None = None) -> Any:
    return field(metadata={"least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """Every setting of the program. Meanings and safe values: config/default.toml."""

    environment: str
    debug: bool
    municipality: str

    database_url: str = field(repr=False)
    keystore_path: str
    kek_dir: str
    checkpoint_dir: str
    key_provider: str
    key_provider_before: str
    pkcs11_module: str
    pkcs11_token: str
    pkcs11_pin_file: str
    pkcs11_pin: str = field(repr=False)

    secure_cookies: bool
    trusted_hosts: tuple[str, ...]
    public_origin: str
    second_factor: str
    passkey_rp_id: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_secret_file: str
    oidc_metadata_file: str
    oidc_login_claim: str
    oidc_strong_amr: tuple[str, ...]
    max_body_bytes: int = _range(1_000)
    keystore_backup_days: int = _range(1)
    page_size: int = _range(1, 100)

    session_idle_minutes: int = _range(1)
    session_absolute_hours: int = _range(1)
    step_up_minutes: int = _range(1, 15)
    password_min_length: int = _range(8)
    argon2_time_cost: int = _range(1)
    argon2_memory_kib: int = _range(8)
    argon2_parallelism: int = _range(1)
    sign_in_free_attempts: int = _range(1)
    sign_in_first_wait_seconds: int = _range(1)
    sign_in_longest_wait_seconds: int = _range(1)
    sign_in_window_minutes: int = _range(1)
    search_per_hour: int = _range(1)
    read_alarm_per_hour: int = _range(1)
    read_cap_per_hour: int = _range(1)
    grant_days: int = _range(1, 92)
    emergency_hours: int = _range(1, 4)
    emergency_per_day: int = _range(1)
    proposal_days: int = _range(1, 30)
    unsent_keep_days: int = _range(1)

    referral_acknowledge_days: int = _range(1)
    referral_acknowledge_days_urgent: int = _range(1)
    return_limit: int = _range(1)
    review_suggest_months: int = _range(1)
    review_warn_days: int = _range(1)
    no_contact_days: int = _range(1)
    interruption_min_attempts: int = _range(1)
    interruption_min_kinds: int = _range(1)
    member_access_days_after_meeting: int = _range(0)


def load_settings(
    environment: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    keys_expected: bool = True,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read default.toml < <environment>.toml < CASEWORK_* variables < overrides and check the whole.

    The environment is the argument, else CASEWORK_ENV, else production: forgetting to say it must be the safe case.
    Relative paths are taken from the working directory. `keys_expected=False` is for the command that makes the keys.
    Raises SettingsError for unknown names, wrong types, values out of range and what production refuses.
    """
    variables = os.environ if environ is None else environ
    name = environment or variables.get("CASEWORK_ENV") or "production"
    if name not in ENVIRONMENTS:
        raise SettingsError(f"environment {name!r}: known are {', '.join(ENVIRONMENTS)}")
    values: dict[str, Any] = {}
    given: set[str] = set()
    for source, layer in _layers(name, variables, overrides or {}):
        taken = {key: _value(source, key, raw) for key, raw in layer.items()}
        values.update(taken)
        if source != "default.toml":
            given.update(taken)
    values["environment"] = name
    missing = sorted(set(_TYPES) - set(values))
    if missing:
        raise SettingsError(f"default.toml: no value for {', '.join(missing)}")
    settings = Settings(**_absolute(values))
    wrong = list(_contradictions(settings))
    if name == "production":
        wrong.extend(_unsafe(settings, given, keys_expected=keys_expected))
    if wrong:
        raise SettingsError("; ".join(wrong))
    return settings


def bundled_path(name: str) -> Path:
    """Where `config` or `migrations` lies: CASEWORK_CONFIG_DIR (config), the source tree, else the wheel."""
    chosen = os.environ.get("CASEWORK_CONFIG_DIR")
    if name == "config" and chosen:
        return _folder(Path(chosen))
    package = Path(__file__).resolve().parent
    for place in (package.parent / name, package / "_bundled" / name):
        # An installed package lies in site-packages, where a folder of the same name would be somebody else's.
        if place.is_dir() and (
            place.parent != package.parent or (package.parent / "pyproject.toml").is_file()
        ):
            return place
    raise SettingsError(f"{name}: neither beside the package nor inside it")


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise SettingsError(f"CASEWORK_CONFIG_DIR: {path} is not a folder")
    return path


def _layers(
    name: str, variables: Mapping[str, str], overrides: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    chosen = variables.get("CASEWORK_CONFIG_DIR")
    folder = _folder(Path(chosen)) if chosen else bundled_path("config")
    for file_name in ("default.toml", f"{name}.toml"):
        yield file_name, _read(folder / file_name)
    from_variables = {
        key.removeprefix(PREFIX).lower(): _Text(raw)
        for key, raw in variables.items()
        if key.startswith(PREFIX) and key not in NOT_SETTINGS
    }
    yield "environment variables", from_variables
    yield "overrides", overrides


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path.name}: not in {path.parent}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path.name}: {error}") from None


class _Text(str):
    """A value from an environment variable: text that is still to be read as its type."""

    __slots__ = ()


def _value(source: str, key: str, raw: Any) -> Any:
    wanted = _TYPES.get(key)
    if wanted is None or key == "environment":
        raise SettingsError(f"{source}: unknown setting {key}")
    try:
        value = _FROM_TEXT[wanted](raw) if isinstance(raw, _Text) else _typed(wanted, raw)
    except ValueError:
        # The value itself stays out of the message: a database URL may carry a password.
        raise SettingsError(f"{source}: {key} must be {_NAMES[wanted]}") from None
    bounds = _BOUNDS[key]
    least, most = bounds.get("least"), bounds.get("most")
    if (least is not None and value < least) or (most is not None and value > most):
        limit = f"at least {least}" if most is None else f"from {least} to {most}"
        raise SettingsError(f"{source}: {key} must be {limit}")
    return value


def _typed(wanted: Any, raw: Any) -> Any:
    if wanted == tuple[str, ...]:
        if isinstance(raw, (list, tuple)) and all(isinstance(item, str) for item in raw):
            return tuple(raw)
        raise ValueError
    if type(raw) is not wanted:  # exactly: True is an int to isinstance
        raise ValueError
    return raw


def _flag(text: str) -> bool:
    flags = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in flags:
        raise ValueError(text)
    return flags[text.lower()]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _absolute(values: dict[str, Any]) -> dict[str, Any]:
    """Relative paths fixed to the working directory once, so that a later chdir or instance folder moves nothing."""
    placed = dict(values)
    for key in ("keystore_path", "kek_dir", "checkpoint_dir"):
        if placed[key]:
            placed[key] = str(Path(placed[key]).absolute())
    url = placed["database_url"]
    file_name = url.removeprefix(SQLITE)
    if file_name != url and file_name not in {"", ":memory:"} and not file_name.startswith("file:"):
        placed["database_url"] = f"{SQLITE}{Path(file_name).absolute()}"
    return placed


def _contradictions(settings: Settings) -> Iterator[str]:
    for key in (*SECRET_LOCATIONS, "municipality"):
        if not getattr(settings, key):
            yield f"{key} must not be empty"
    yield from _keys_nowhere(settings)
    if not settings.municipality.replace("_", "").isalnum():
        yield "municipality must be the name of a folder under config/municipality"
    if settings.database_url and not settings.database_url.startswith((SQLITE, "postgresql+psycopg://")):
        yield "database_url must begin with sqlite:/// or postgresql+psycopg://"
    if settings.session_idle_minutes > settings.session_absolute_hours * 60:
        yield "session_idle_minutes must not be longer than session_absolute_hours"
    if settings.sign_in_first_wait_seconds > settings.sign_in_longest_wait_seconds:
        yield "sign_in_first_wait_seconds must not be longer than sign_in_longest_wait_seconds"
    yield from _wrong_factors(settings)
    if settings.read_alarm_per_hour > settings.read_cap_per_hour:
        yield "read_alarm_per_hour must not be more than read_cap_per_hour"
    if settings.referral_acknowledge_days_urgent > settings.referral_acknowledge_days:
        yield "referral_acknowledge_days_urgent must not be longer than referral_acknowledge_days"


def _keys_nowhere(settings: Settings) -> Iterator[str]:
    if settings.key_provider not in KEY_PROVIDERS:
        yield f"key_provider must be one of {', '.join(KEY_PROVIDERS)}"
    if settings.key_provider_before not in ("", *KEY_PROVIDERS):
        yield f"key_provider_before must be empty or one of {', '.join(KEY_PROVIDERS)}"
    if settings.key_provider_before == settings.key_provider:
        yield "key_provider_before must be another than key_provider"
    if "pkcs11" in _providers(settings):
        for key in ("pkcs11_module", "pkcs11_token"):
            if not getattr(settings, key):
                yield f"{key} must be given with keys in pkcs11"
        if not settings.pkcs11_pin_file and not settings.pkcs11_pin:
            yield "pkcs11_pin_file must be given with keys in pkcs11"


def _providers(settings: Settings) -> tuple[str, str]:
    """Who keeps KEKs now, and who kept those of before."""
    return settings.key_provider, settings.key_provider_before


def _wrong_factors(settings: Settings) -> Iterator[str]:
    """Second factors: known words, and an origin that browsers know by the same spelling."""
    if settings.second_factor not in ("required", "offered"):
        yield 'second_factor must be "required" or "offered"'
    if settings.public_origin and not ORIGIN.fullmatch(settings.public_origin):
        yield "public_origin must be scheme and host in lower case, with the port if it is not the usual one"
    host = urlsplit(settings.public_origin).hostname or ""
    if settings.passkey_rp_id and not f".{host}".endswith(f".{settings.passkey_rp_id}"):
        yield "passkey_rp_id must be the host of public_origin or a parent domain of it"
    if settings.oidc_issuer:
        for key in ("public_origin", "oidc_client_id", "oidc_secret_file", "oidc_login_claim"):
            if not getattr(settings, key):
                yield f"{key} must be given with oidc_issuer"


def _unsafe(settings: Settings, given: set[str], *, keys_expected: bool) -> Iterator[str]:
    """What production refuses (security.md section 2: keys elsewhere, secure cookies, named hosts, no debug)."""
    for key in SECRET_LOCATIONS:
        if key not in given and not (key == "kek_dir" and "file" not in _providers(settings)):
            yield f"{key} must be given in production"
    if settings.debug:
        yield "debug must be off in production"
    if not settings.secure_cookies:
        yield "secure_cookies must be on in production"
    if not settings.trusted_hosts:
        yield "trusted_hosts must be given in production"
    if settings.password_min_length < 15:
        yield "password_min_length must be at least 15 in production"
    if settings.argon2_memory_kib < 19_456:  # the least that OWASP's password storage guidance accepts
        yield "argon2_memory_kib must be at least 19456 in production"
    if settings.second_factor != "required":
        yield 'second_factor must be "required" in production'
    if settings.public_origin and not settings.public_origin.startswith("https://"):
        yield "public_origin must begin with https:// in production"
    if settings.oidc_issuer and not settings.oidc_issuer.startswith("https://"):
        yield "oidc_issuer must begin with https:// in production"
    if keys_expected:
        yield from _absent_keys(settings)


def _absent_keys(settings: Settings) -> Iterator[str]:
    if not Path(settings.keystore_path).is_file():
        yield "keystore_path: no keystore there"
    if settings.key_provider == "file" and not any(Path(settings.kek_dir).glob("*.key")):
        yield "kek_dir: no key files there"


_TYPES: Mapping[str, Any] = MappingProxyType(get_type_hints(Settings))
_BOUNDS: Mapping[str, Mapping[str, int | None]] = MappingProxyType(
    {f.name: f.metadata for f in fields(Settings)}
)
_FROM_TEXT: Mapping[Any, Callable[[str], Any]] = MappingProxyType(
    {str: str, int: int, bool: _flag, tuple[str, ...]: _listed}
)
_NAMES: Mapping[Any, str] = MappingProxyType(
    {str: "text", int: "a whole number", bool: "true or false", tuple[str, ...]: "a list of texts"}
)
