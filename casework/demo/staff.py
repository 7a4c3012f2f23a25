"""The staff of the demo city: at least one person per role, in real divisions, each with a printed passphrase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ..accounts import actions as accounts
from ..accounts.rules import RoleDraft, StaffDraft
from ..kernel.actor import Role
from ..usecase import Context


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works in the demo city. The first of a role is the one whose sign-in is printed."""

    login: str
    name: str
    role: Role
    agency: str


R = Role
STAFF = (
    Colleague("mihon.soudan", "見本 相談", R.COUNSELOR, "shakyo"),
    Colleague("kakuu.kyosei", "架空 共生", R.COUNSELOR, "chiiki_kyosei"),
    Colleague("reiji.somu", "例示 総務", R.COUNSELOR, "fukushi_somu"),
    Colleague("kamei.seikatsu", "仮名 生活", R.COUNSELOR, "seikatsu_fukushi"),
    Colleague("soutei.korei", "想定 高齢", R.COUNSELOR, "korei_ikiiki"),
    Colleague("hinagata.shogai", "雛形 障害", R.COUNSELOR, "shogai_fukushi"),
    Colleague("mogi.kodomo", "模擬 家庭", R.COUNSELOR, "kodomo_katei"),
    Colleague("shisaku.kosodate", "試作 支援", R.COUNSELOR, "kodomo_shien"),
    Colleague("takarei.seishonen", "髙例 青少", R.COUNSELOR, "seishonen"),
    Colleague("reizaki.kyoiku", "例﨑 教育", R.COUNSELOR, "kyoiku_center"),
    Colleague("karino.hattatsu", "仮野 発達", R.COUNSELOR, "hattatsu_shien"),
    Colleague("kuusou.kenko", "空想 健康", R.COUNSELOR, "shimin_kenko"),
    Colleague("kyokou.kyoju", "虚構 居住", R.COUNSELOR, "toshi_seibi"),
    Colleague("zurei.chousei", "図例 調整", R.COORDINATOR, "shakyo"),
    Colleague("reita.chousei", "例田 連携", R.COORDINATOR, "shakyo"),
    Colleague("mitate.houmon", "見立 訪問", R.OUTREACH_WORKER, "shakyo"),
    Colleague("kasou.houmon", "仮想 巡回", R.OUTREACH_WORKER, "seikatsu_fukushi"),
    Colleague("sakurei.sanka", "作例 参加", R.PARTICIPATION_COORDINATOR, "shakyo"),
    Colleague("hanrei.kaicho", "凡例 会長", R.CHAIR, "fukushi_somu"),
    Colleague("hyouhon.zacho", "標本 座長", R.CHAIR, "shakyo"),
    Colleague("kasetsu.jimu", "仮設 事務", R.SECRETARIAT, "fukushi_somu"),
    Colleague("reikawa.shoki", "例川 書記", R.SECRETARIAT, "shakyo"),
    Colleague("keiko.houkatsu", "稽古 包括", R.AGENCY_MEMBER, "community_care_1"),
    Colleague("shian.iryo", "試案 医療", R.AGENCY_MEMBER, "clinic_b"),
    Colleague("karisawa.kikan", "仮沢 基幹", R.AGENCY_MEMBER, "disability_core"),
    Colleague("reishima.kyogikai", "例島 協議", R.AGENCY_MEMBER, "shakyo"),
    Colleague("mitori.kacho", "見取 課長", R.SUPERVISOR, "chiiki_kyosei"),
    Colleague("kagee.kacho", "影絵 課長", R.SUPERVISOR, "korei_ikiiki"),
    Colleague("monogatari.bunsho", "物語 文書", R.PRIVACY_OFFICER, "fukushi_somu"),
    Colleague("guui.kojin", "寓意 個情", R.PRIVACY_OFFICER, "fukushi_somu"),
    Colleague("kisai.toukei", "記載 統計", R.REPORT_OFFICER, "fukushi_somu"),
    Colleague("guuwa.kanri", "寓話 管理", R.ADMINISTRATOR, "fukushi_somu"),
)
BY_LOGIN = {colleague.login: colleague for colleague in STAFF}
# Whoever opens the gate when the city stands; as long as this account is missing, the city is not finished.
LAST = STAFF[-1]

CHAIR, LEADER = "hanrei.kaicho", "hyouhon.zacho"
OFFICE, CLERK = "kasetsu.jimu", "reikawa.shoki"
COORDINATOR, SECOND_COORDINATOR = "zurei.chousei", "reita.chousei"
OUTREACH, PARTICIPATION = "mitate.houmon", "sakurei.sanka"
CARE_CENTRE, CLINIC = "keiko.houkatsu", "shian.iryo"
SUPERVISOR, PRIVACY, SECOND_PRIVACY = "mitori.kacho", "monogatari.bunsho", "guui.kojin"


def passphrase(role: Role) -> str:
    """Printed for everyone to read: it opens nothing but an invented city."""
    return f"invented-city-{role.value.replace('_', '-')}-2026"


def counselor(agency: str) -> str:
    """The login of the counselor of an agency."""
    return next(c.login for c in STAFF if c.role is Role.COUNSELOR and c.agency == agency)


def hire(ctx: Context, colleague: Colleague, since: date) -> UUID:
    """Open the account of one colleague, as an administrator does."""
    draft = StaffDraft(
        login=colleague.login,
        name=colleague.name,
        agency=colleague.agency,
        password=passphrase(colleague.role),
        roles=(RoleDraft(colleague.role, colleague.agency, since),),
        must_change=False,
    )
    return accounts.create(ctx, draft).id


def sign_ins() -> list[tuple[str, str, str, str]]:
    """One sign-in per role: role, login, passphrase, agency."""
    first: dict[Role, Colleague] = {}
    for colleague in STAFF:
        first.setdefault(colleague.role, colleague)
    return [(c.role.value, c.login, passphrase(c.role), c.agency) for c in first.values()]
