"""Settings: order of the layers, refusals, and what production insists on."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest

from casework.settings import Settings, SettingsError, bundled_path, load_settings


def load(environment: str = "testing", environ: dict[str, str] | None = None, **overrides: Any) -> Settings:
    return load_settings(environment, overrides, environ=environ or {})


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """The locations that production wants, with key files in them."""
    (tmp_path / "kek").mkdir()
    (tmp_path / "kek" / "kek-1.key").write_bytes(b"k" * 32)
    (tmp_path / "keystore.db").touch()
    return {
        "CASEWORK_DATABASE_URL": f"sqlite:///{tmp_path}/casework.db",
        "CASEWORK_KEYSTORE_PATH": str(tmp_path / "keystore.db"),
        "CASEWORK_KEK_DIR": str(tmp_path / "kek"),
        "CASEWORK_TRUSTED_HOSTS": "casework.example, localhost",
    }


def test_every_setting_stands_in_the_default_file_and_no_other() -> None:
    content = tomllib.loads((bundled_path("config") / "default.toml").read_text(encoding="utf-8"))
    assert set(content) == {field.name for field in dataclasses.fields(Settings)} - {"environment"}


def test_each_setting_in_the_default_file_is_explained_above_it() -> None:
    lines = (bundled_path("config") / "default.toml").read_text(encoding="utf-8").splitlines()
    explained = True
    for above, line in zip(["", *lines], lines, strict=False):
        if "=" in line and not line.startswith("#"):
            explained = above.startswith("#") or ("=" in above and explained)
            assert explained, line


@pytest.mark.parametrize("environment", ["development", "testing"])
def test_every_environment_but_production_loads_as_it_is(environment: str) -> None:
    assert load(environment).environment == environment


def test_later_layers_win_over_earlier_ones(tmp_path: Path) -> None:
    default = (bundled_path("config") / "default.toml").read_text(encoding="utf-8")
    (tmp_path / "default.toml").write_text(default, encoding="utf-8")
    (tmp_path / "testing.toml").write_text(
        "page_size = 30\nreturn_limit = 3\nno_contact_days = 7\n", encoding="utf-8"
    )
    environ = {
        "CASEWORK_CONFIG_DIR": str(tmp_path),
        "CASEWORK_RETURN_LIMIT": "4",
        "CASEWORK_NO_CONTACT_DAYS": "8",
    }
    settings = load_settings("testing", {"no_contact_days": 9}, environ=environ)
    assert settings.review_warn_days == 14
    assert (settings.page_size, settings.return_limit, settings.no_contact_days) == (30, 4, 9)


def test_an_unsaid_environment_is_production() -> None:
    with pytest.raises(SettingsError, match="in production"):
        load_settings(environ={})


def test_the_environment_may_be_named_by_a_variable() -> None:
    assert load_settings(environ={"CASEWORK_ENV": "development"}).environment == "development"


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(SettingsError, match="'staging'"):
        load("staging")


@pytest.mark.parametrize(
    ("environ", "overrides"),
    [({"CASEWORK_PAGESIZE": "10"}, {}), ({}, {"pagesize": 10}), ({}, {"environment": "production"})],
)
def test_unknown_settings_are_refused(environ: dict[str, str], overrides: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="unknown setting"):
        load_settings("testing", overrides, environ=environ)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("page_size", "25"),
        ("page_size", True),
        ("page_size", 25.0),
        ("debug", 1),
        ("debug", "false"),
        ("trusted_hosts", "localhost"),
        ("trusted_hosts", [1]),
        ("municipality", 3),
    ],
)
def test_a_value_of_another_type_is_refused(key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"overrides: {key} must be"):
        load(**{key: value})


@pytest.mark.parametrize(
    ("variable", "value"),
    [("PAGE_SIZE", "many"), ("PAGE_SIZE", ""), ("DEBUG", "maybe"), ("PAGE_SIZE", "0"), ("PAGE_SIZE", "101")],
)
def test_a_variable_that_cannot_be_read_is_refused(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"environment variables: {variable.lower()} must be"):
        load(environ={f"CASEWORK_{variable}": value})


def test_variables_are_read_as_their_types() -> None:
    settings = load(environ={"CASEWORK_DEBUG": "TRUE", "CASEWORK_TRUSTED_HOSTS": "a.example,  b.example,"})
    assert settings.debug is True
    assert settings.trusted_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(
    "overrides",
    [
        {"database_url": ""},
        {"database_url": "mysql://localhost/casework"},
        {"keystore_path": ""},
        {"municipality": "../elsewhere"},
        {"session_idle_minutes": 600, "session_absolute_hours": 1},
        {"sign_in_first_wait_seconds": 400},
        {"referral_acknowledge_days_urgent": 3},
    ],
)
def test_settings_that_contradict_each_other_are_refused(overrides: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="must"):
        load(**overrides)


def test_a_wrong_database_url_is_never_repeated_in_the_message() -> None:
    with pytest.raises(SettingsError) as refused:
        load(database_url="mysql://keeper:open-sesame@localhost/casework")
    assert "open-sesame" not in str(refused.value)
    settings = load(database_url="postgresql+psycopg://keeper:open-sesame@localhost/casework")
    assert "open-sesame" not in repr(settings)


def test_relative_places_are_fixed_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert settings.database_url == f"sqlite:///{tmp_path}/var/casework.db"
    assert settings.keystore_path == str(tmp_path / "var/keys/keystore.db")


def test_production_starts_with_keys_in_named_places(keys: dict[str, str]) -> None:
    settings = load("production", keys)
    assert settings.secure_cookies
    assert settings.trusted_hosts == ("casework.example", "localhost")


@pytest.mark.parametrize("variable", ["DATABASE_URL", "KEYSTORE_PATH", "KEK_DIR", "TRUSTED_HOSTS"])
def test_production_refuses_to_guess_a_place(keys: dict[str, str], variable: str) -> None:
    del keys[f"CASEWORK_{variable}"]
    with pytest.raises(SettingsError, match=f"{variable.lower()} must be given in production"):
        load("production", keys)


@pytest.mark.parametrize(
    ("key", "value"),
    [("debug", True), ("secure_cookies", False), ("password_min_length", 12), ("argon2_memory_kib", 1024)],
)
def test_production_refuses_what_is_unsafe(keys: dict[str, str], key: str, value: object) -> None:
    with pytest.raises(SettingsError, match=rf"{key} must be .* in production"):
        load("production", keys, **{key: value})


@pytest.mark.parametrize("lost", ["keystore.db", "kek/kek-1.key"])
def test_production_refuses_to_start_without_its_key_files(
    keys: dict[str, str], tmp_path: Path, lost: str
) -> None:
    (tmp_path / lost).unlink()
    with pytest.raises(SettingsError, match="there"):
        load("production", keys)


def test_the_command_that_makes_the_keys_may_load_production_before_them(
    keys: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "keystore.db").unlink()
    settings = load_settings("production", environ=keys, keys_expected=False)
    assert settings.environment == "production"


def test_settings_cannot_be_changed_once_loaded() -> None:
    settings = load()
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.__setattr__("page_size", 50)


def test_a_configuration_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is not a folder"):
        load(environ={"CASEWORK_CONFIG_DIR": str(tmp_path / "nowhere")})


def test_a_file_that_is_not_toml_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text("page_size = ", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"default\.toml"):
        load(environ={"CASEWORK_CONFIG_DIR": str(tmp_path)})


def test_a_default_file_that_lacks_a_setting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "default.toml").write_text("page_size = 25\n", encoding="utf-8")
    (tmp_path / "testing.toml").touch()
    with pytest.raises(SettingsError, match=r"no value for .*debug"):
        load(environ={"CASEWORK_CONFIG_DIR": str(tmp_path)})


def test_configuration_and_migrations_are_found() -> None:
    assert (bundled_path("config") / "default.toml").is_file()
    assert bundled_path("migrations").is_dir()
    with pytest.raises(SettingsError, match="recipes"):
        bundled_path("recipes")
