"""temporary"""
from dataclasses import dataclass
from pathlib import Path
@dataclass(frozen=True)
class Settings:
    database_url: str = ""
    keystore_path: str = ""
    kek_dir: str = ""
    page_size: int = 25
    secure_cookies: bool = False
    max_body_bytes: int = 1000000
    trusted_hosts: tuple = ()
def load_settings(environment=None, overrides=None): return Settings(**(overrides or {}))
def bundled_path(name): return Path(__file__).parent.parent / name
