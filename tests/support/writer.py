"""Many writers of one process: `python -m tests.support.writer URL KEYS ACTOR AGENCY THREADS COUNT`.

Each thread receives COUNT intakes through the use case; used to show that the trail neither forks nor gaps.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from casework.app import create_core
from casework.intake import actions
from casework.intake.rules import IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.actor import Actor, Membership, Role
from casework.settings import load_settings
from casework.web.system import system_context


def main(url: str, keys: str, actor: str, agency: str, threads: str, count: str) -> None:
    settings = load_settings(
        "testing",
        overrides={
            "database_url": url,
            "keystore_path": str(Path(keys) / "keystore.db"),
            "kek_dir": str(Path(keys) / "kek"),
        },
    )
    app = create_core(settings)
    who = Actor(UUID(actor), "架空 書手", (Membership(Role.COUNSELOR, agency),), datetime.now(UTC))
    draft = IntakeDraft(window="nandemo", topics=(TopicDraft("housing"),), consent=ReceptionConsent.NOT_ASKED)

    def write(_: int) -> None:
        with app.app_context(), system_context(who) as ctx:
            actions.receive(ctx, draft)

    with ThreadPoolExecutor(int(threads)) as pool:
        list(pool.map(write, range(int(threads) * int(count))))


if __name__ == "__main__":
    main(*sys.argv[1:7])
