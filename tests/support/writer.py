"""Many writing processes: `python -m tests.support.writer URL KEYS ACTOR AGENCY PROCESSES EVENTS`.

Each process is forked from one that has loaded the application, and makes EVENTS events through use cases: every
tenth receives an intake, the others read, which the trail records as well. Used to show that it neither forks nor
gaps.
"""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flask import Flask

from casework.app import create_core
from casework.db import db
from casework.desk import queries as desk
from casework.intake import actions
from casework.intake.rules import IntakeDraft, ReceptionConsent, TopicDraft
from casework.kernel.actor import Actor, Membership, Role
from casework.settings import load_settings
from casework.web.system import system_context

WRITES = 10  # one event in so many is a reception


def main(url: str, keys: str, actor: str, agency: str, processes: str, events: str) -> int:
    """How many of the processes failed."""
    kept = {
        "database_url": url,
        "keystore_path": str(Path(keys) / "keystore.db"),
        "kek_dir": str(Path(keys) / "kek"),
    }
    app = create_core(load_settings("testing", overrides=kept))
    with app.app_context():
        db.engine.dispose()  # a child opens connections of its own
    who = Actor(UUID(actor), "架空 書手", (Membership(Role.COUNSELOR, agency),), datetime.now(UTC))
    children = [_fork(app, who, int(events)) for _ in range(int(processes))]
    return sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in children)


def _fork(app: Flask, who: Actor, events: int) -> int:
    child = os.fork()
    if child:
        return child
    failed = 1
    try:
        _work(app, who, events)
        failed = 0
    finally:  # a child never goes back to what its parent does next
        if failed:
            traceback.print_exc()
        os._exit(failed)


def _work(app: Flask, who: Actor, events: int) -> None:
    draft = IntakeDraft(window="nandemo", topics=(TopicDraft("housing"),), consent=ReceptionConsent.NOT_ASKED)
    with app.app_context():
        for turn in range(events):
            with system_context(who) as ctx:
                if turn % WRITES:
                    desk.all_unsent(ctx)
                else:
                    actions.receive(ctx, draft)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:7]))
