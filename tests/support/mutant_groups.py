"""What tests.support.mutants changes, and which tests must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Modules that are changed, and the tests that must notice.

    `whole`: every mutant must be killed. `alone`: the tests need no city. `both`: modules that do something on
    PostgreSQL which SQLite has no need of, so that the tests run on both.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    whole: bool = False
    alone: bool = False
    both: tuple[str, ...] = ()


GROUPS = {
    "crypto": Group(
        (
            "casework/crypto/fields.py", "casework/crypto/binding.py", "casework/crypto/padding.py",
            "casework/crypto/ring.py", "casework/crypto/keystore/wrapping.py", "casework/crypto/keystore/store.py",
            "casework/crypto/keystore/erasure.py", "casework/crypto/keystore/providers.py",
        ),
        (
            "tests/unit/crypto/test_fields.py", "tests/unit/crypto/test_binding.py",
            "tests/unit/crypto/test_padding.py", "tests/unit/crypto/test_ring.py",
            "tests/unit/crypto/test_keystore.py", "tests/unit/crypto/test_keystore_damaged.py",
            "tests/unit/crypto/test_sharing.py",
            "tests/unit/crypto/test_erasure.py", "tests/unit/crypto/test_custody.py",
            "tests/unit/crypto/test_vectors.py", "tests/unit/crypto/test_careful.py",
        ),
        whole=True,
        alone=True,
    ),
    "policy": Group(
        ("casework/kernel/policy.py", "casework/kernel/actor.py", "casework/db/reasons.py"),
        ("tests/unit/policy",),
        whole=True,
        alone=True,
    ),
    "trail": Group(
        ("casework/audit/trail.py", "casework/audit/verify.py", "casework/audit/checkpoint.py"),
        (
            "tests/unit/oversight/test_judging.py",
            "tests/integration/oversight/test_tampering.py", "tests/integration/oversight/test_checkpoints.py",
            "tests/integration/oversight/test_acts.py", "tests/integration/ground/test_gate.py",
            "tests/integration/oversight",
        ),
    ),
    "versions": Group(
        ("casework/usecase/gate.py", "casework/usecase/context.py", "casework/usecase/replies.py"),
        (
            "tests/integration/ground/test_gate.py", "tests/integration/ground",
            "tests/integration/api/test_versions.py", "tests/integration/attacks/test_revoked.py",
            "tests/integration/cases/test_record.py", "tests/integration/intake/test_door.py",
            "tests/integration/performance", "tests/integration/accounts/test_staff.py",
            "tests/integration/cases/test_emergency.py", "tests/integration/meeting/test_meeting.py",
            "tests/integration/attacks/test_bad_input.py", "tests/integration/attacks/test_leaks.py",
        ),
        both=("casework/usecase/replies.py",),
    ),
    "sign-in": Group(
        ("casework/accounts/login.py", "casework/accounts/sessions.py"),
        (
            "tests/integration/accounts/test_sign_in.py", "tests/integration/accounts/test_sessions.py",
            "tests/integration/accounts/test_step_up.py",
            "tests/integration/accounts/test_codes.py", "tests/integration/accounts/test_factor_pages.py",
            "tests/integration/accounts", "tests/integration/web/test_frame.py",
            "tests/integration/attacks/test_revoked.py",
        ),
    ),
}  # fmt: skip
