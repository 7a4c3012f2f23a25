"""Both doors of the statistics: tables, files, bundle, report; what they refuse and in which words."""

from __future__ import annotations

import io

import openpyxl

from tests.support.cast import Seat
from tests.support.pages import Reader
from tests.support.world import World


def test_the_json_door_gives_menu_editions_tables_and_bundle(city: World) -> None:
    seat = Seat(city, "supervisor")
    menu = seat.get("/statistics/menu")
    assert {"unit": "case", "group": "area5*age"}.items() <= next(
        s for s in menu["sheets"] if s["group"] == "area5*age"
    ).items()
    editions = seat.get("/statistics/editions?fy=2025")
    assert sum(e["sealed_at"] is not None for e in editions) == 3
    table = seat.get("/statistics/tables/case.area5?period=FY2025")
    assert table["dims"] == ["area5"]
    assert len(table["cells"]) == 6
    bundle = seat.get("/statistics/bundle?fy=2025")
    found = next(t for t in bundle["tables"] if (t["id"], t["edition"]) == ("case.area5", "FY2025"))
    assert found["values"] == [cell["shown"] for cell in table["cells"]]
    assert found["dims"] == [["case.area", "area5"]]


def test_a_table_comes_as_csv_too(city: World) -> None:
    answer = Seat(city, "supervisor").ask("GET", "/statistics/tables/case.area5.csv?period=FY2025")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0] == "area5,shown"
    assert len(lines) == 7


REFUSED = (
    ("/statistics/tables/case.area5?period=2025-06", 409, "statistics_pending"),
    ("/statistics/tables/case.name?period=FY2025", 422, "table_unlisted"),
    ("/statistics/tables/case.area5?period=yesterday", 422, "period_unknown"),
    ("/statistics/sheets/case/area9*age?period=FY2025", 422, "table_unlisted"),
    ("/statistics/bundle?fy=2019", 409, "statistics_pending"),
    ("/statistics/editions?fy=1700", 422, "fiscal_year_unknown"),
)


def test_what_is_not_on_the_menu_is_refused_with_its_reason(city: World) -> None:
    seat = Seat(city, "supervisor")
    for path, status, code in REFUSED:
        body = seat.get(path, status)
        assert body["code"] == code, body
    for extra in ("&age=75over", "&from=2025-04-03", "&limit=1", "&sort=shown"):
        answer = seat.ask("GET", f"/statistics/tables/case.total?period=FY2025{extra}")
        assert answer.status_code == 422, answer.text


def test_nobody_else_is_let_in(city: World) -> None:
    paths = ("menu", "bundle?fy=2025", "tables/case.total?period=FY2025", "official?fy=2025&purpose=ministry")
    for login in ("shakyo", "admin", "member", "chair", "privacy"):
        seat = Seat(city, login)
        for path in paths:
            seat.get(f"/statistics/{path}", 403)


def test_a_supervisor_finds_table_chart_and_files_on_the_page(city: World) -> None:
    reader = Reader(city, "supervisor")
    assert "令和7年度" in reader.open("/statistics").text
    assert "/statistics/FY2025/case/age" in reader.open("/statistics/FY2025").text
    page = reader.open("/statistics/FY2025/case/age").text
    for words in ("75歳以上", "5の倍数", "<svg", "―"):
        assert words in page
    assert "地域(5地域)と年代" in reader.open("/statistics/FY2025/case/area5*age").text
    reader.open("/statistics/2025-05/case/stage", 422)
    reader.open("/statistics/2025-06", 409)
    reader.open("/official-report?fy=2025&purpose=ministry", 403)


def test_the_spreadsheet_holds_the_numbers_of_the_page(city: World) -> None:
    seat = Seat(city, "supervisor")
    pages = Reader(city, "supervisor").http
    answer = pages.get("/statistics/FY2025/case/area5.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    table = seat.get("/statistics/tables/case.area5?period=FY2025")
    shown = {cell["shown"] for cell in table["cells"] if cell["shown"] is not None}
    assert shown <= {value for value in cells if isinstance(value, int)}
    assert "鎌倉地域" in cells
    text = pages.get("/statistics/FY2025/case/area5.csv").get_data()
    assert text.startswith("\ufeff".encode())
    assert "鎌倉地域" in text.decode("utf-8-sig")


def test_the_official_report_names_its_purpose_in_the_trail(city: World) -> None:
    reader = Reader(city, "report")
    assert "数を見る" in reader.open("/official-report").text
    page = reader.open("/official-report?fy=2025&purpose=ministry").text
    assert "多機関協働" in page
    answer = reader.http.get("/official-report.xlsx?fy=2025&purpose=assembly")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert any("議会への説明" in str(cell.value) for row in sheet.iter_rows() for cell in row)
    body = Seat(city, "report").get("/statistics/official?fy=2025&purpose=ministry")
    assert [s["id"] for s in body["sections"]] == [
        "intake",
        "multi_agency",
        "meeting",
        "outreach",
        "participation",
    ]
    reader.open("/official-report?fy=2025&purpose=curiosity", 422)


def test_the_evaluation_sets_targets_takes_findings_and_shows_where_help_is_missing(city: World) -> None:
    reader = Reader(city, "report")
    reader.do(
        "/evaluation/indicators/new",
        goal="2",
        viewpoint="多機関連携の実効性",
        title="会議で扱ったケース",
        unit="件",
        source="meeting.discussed.cases",
    )
    reader.do(
        "/evaluation/findings/new",
        goal="3",
        viewpoint="権利擁護の強化",
        method="ヒアリング調査(定性)",
        evaluator="社会福祉法人",
        fy="2025",
        text="架空の聞き取りの結果。",
    )
    seat = Seat(city, "report")
    report = seat.get("/evaluation?fy=2025")
    (indicator,) = report["indicators"]
    years, aim = f"/evaluation/indicators/{indicator['id']}/years", {"fy": 2025, "target": 1}
    seat.post(years, aim, 428)
    changed = seat.post(years, aim | {"version": indicator["version"]})
    refused = seat.post(years, aim | {"actual": 9, "version": changed["version"]}, 409)
    assert refused["code"] == "indicator_fed"
    report = seat.get("/evaluation?fy=2025")
    assert report["indicators"][0]["actual"] > 0
    assert report["indicators"][0]["reached"] is True
    assert report["sealed"] is True
    assert len(report["efforts"]) > 300
    page = reader.open("/evaluation?fy=2025").text
    for words in (
        "架空の聞き取りの結果。",
        "会議で扱ったケース",
        "達成",
        "制度の狭間",
        "会議で足りないとされた資源",
    ):
        assert words in page


def test_a_viewpoint_of_another_goal_is_refused_beside_its_field(city: World) -> None:
    body = Seat(city, "report").post(
        "/evaluation/indicators",
        {"goal": "2", "viewpoint": "権利擁護の強化", "title": "架空", "unit": "件", "source": "manual"},
        422,
    )
    assert [fault["field"] for fault in body["errors"]] == ["viewpoint"]


def test_those_who_run_the_work_see_how_it_stands(city: World) -> None:
    for login in ("coordinator", "chair", "secretariat"):
        assert "課ごとの仕事" in Reader(city, login).open("/operations").text
        view = Seat(city, login).get("/operations")
        assert {d["id"] for d in view["durations"]} == {"first_contact", "first_plan", "minutes"}
    for login in ("supervisor", "shakyo", "member", "report"):
        Seat(city, login).get("/operations", 403)


def test_the_operational_view_counts_only_cases_in_sight(city: World) -> None:
    """A chair sees the cases on the agenda of their own meetings, a coordinator those of 多機関協働 too."""
    held: dict[str, int] = {}
    for login in ("coordinator", "chair"):
        seat, seen, after = Seat(city, login), 0, ""
        while True:
            page = seat.get(f"/cases?{after}")
            seen += sum(case["state"] not in ("closed", "interrupted", "reopened") for case in page["items"])
            if page["next"] is None:
                break
            after = f"after={page['next']}"
        held[login] = sum(line["open_cases"] for line in seat.get("/operations")["held"])
        assert held[login] == seen
    assert held["coordinator"] > held["chair"] > 0
