"""Search keys: what clerks write for one another shares a key, and what differs keeps its difference."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.folding import _GROUPS, _VARIANTS, fold, fold_address, fold_phone


@pytest.mark.parametrize(
    "names",
    [
        ("渡辺", "渡邊", "渡邉", "渡邉\U000e0101", "渡 辺"),
        ("斎藤", "斉藤", "齋藤", "齊藤"),
        ("高崎", "髙﨑", "高﨑", "髙　崎", "髙嵜"),
        ("浜田", "濵田", "濱田"),
        ("島田", "嶋田", "嶌田"),
        ("吉田", "𠮷田"),
        ("沢井", "澤井"),
        ("広瀬", "廣瀨", "廣瀬"),
        ("桜井 恵", "櫻井　惠"),
        ("石橋", "石槗", "石𣘺"),
        ("龍野", "竜野", "竜埜"),
        ("国井 真", "國井 眞"),
        ("富田", "冨田"),
        ("神谷", "\ufa19谷"),
        ("福井", "\ufa1b井"),
        ("佐々木", "佐佐木"),
        ("架空 ハナコ", "架空・はなこ", "架空ﾊﾅｺ", "架空　ハナコ", "架空･ハナコ"),
        ("ガギグ", "がぎぐ", "ｶﾞｷﾞｸﾞ", "か\u3099き\u3099く\u3099"),
        ("パール", "ぱーる", "ﾊﾟｰﾙ"),
        ("Smith", "ＳＭＩＴＨ", "smith"),
        ("ヴィ", "ゔぃ"),
        ("が", "か\u3000゛", "カ゛", "ｶ ﾞ"),
        ("架空", "架\u200b空", "架空\ufeff"),
        ("いすゞ", "イスヾ"),
        ("辻", "辻\ufe00", "辻\U000e0100"),
    ],
)
def test_names_that_are_written_for_one_another_share_a_key(names: tuple[str, ...]) -> None:
    assert len({fold(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("おおの", "おの"),
        ("ユーコ", "ユコ"),
        ("きょう", "きよう"),
        ("はん", "ばん"),
        ("はん", "ぱん"),
        ("太田", "大田"),
        ("河合", "川合"),
        ("伊東", "伊藤"),
        ("架空", "架 室"),
    ],
)
def test_what_differs_keeps_its_difference(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_table_holds_no_character_twice_and_nothing_nfkc_would_change() -> None:
    listed = [char for group in _GROUPS.split() for char in group]
    assert len(listed) == len(set(listed))
    assert all(len(group) >= 2 for group in _GROUPS.split())
    assert all(unicodedata.normalize("NFKC", char) == char for char in listed)
    assert all(unicodedata.name(char).startswith("CJK ") for char in listed)
    assert len(_VARIANTS) >= 80


@pytest.mark.parametrize("group", _GROUPS.split())
def test_every_group_of_variants_shares_the_key_of_its_first(group: str) -> None:
    assert {fold(f"架{char}") for char in group} == {f"架{group[0]}"}


KANA = "アァカガパーヴヶワヷヽあかがぱゔ・･ｶﾞﾟ゛゜\u3099\u309a"
names = st.text(max_size=30) | st.text(KANA + "髙﨑邉々佐 　\U000e0100\u200dＡａßİ´", max_size=12)


@given(names)
def test_folding_twice_changes_nothing_more(name: str) -> None:
    key = fold(name)
    assert fold(key) == key
    assert unicodedata.normalize("NFKC", key) == key
    assert not any(char.isspace() for char in key)


@given(
    st.text("架空花子髙﨑ハナコはなこ", min_size=1, max_size=10),
    st.integers(0, 10),
    st.sampled_from(" 　・･\u3000"),
)
def test_spaces_and_middle_dots_make_no_difference(name: str, at: int, parting: str) -> None:
    assert fold(name[:at] + parting + name[at:]) == fold(name)


@pytest.mark.parametrize(
    "typed",
    [
        "0467-00-0000",
        "０４６７－００－００００",
        "0467(00)0000",
        "0467 00 0000",
        "0467ー00ー0000",
        "+81 467-00-0000",
        "＋81-467-00-0000",
        "+81 (0)467-00-0000",
        "(+81) 467 00 0000",
        " TEL: 0467-00-0000 ",
    ],
)
def test_a_phone_number_has_one_key_in_all_its_spellings(typed: str) -> None:
    assert fold_phone(typed) == "0467000000"


def test_only_the_country_code_of_japan_becomes_the_trunk_zero() -> None:
    assert fold_phone("+82 2-000-0000") == "8220000000"
    assert fold_phone("8100000000") == "8100000000"
    assert fold_phone("番号なし") == ""


@given(st.text(max_size=30))
def test_the_key_of_a_phone_number_is_digits(text: str) -> None:
    key = fold_phone(text)
    assert set(key) <= set("0123456789")
    assert fold_phone(key) == key


@pytest.mark.parametrize(
    "addresses",
    [
        (
            "鎌倉市御成町18-10",
            "鎌倉市御成町18番10号",
            "鎌倉市御成町１８－１０",
            "鎌倉市御成町18−10",
            "鎌倉市御成町１８ー１０",
        ),
        (
            "鎌倉市御成町18-10",
            "鎌倉市 御成町 18番地10",
            "鎌倉市御成町18番地の10",
            "鎌倉市御成町18の10",
            "鎌倉市御成町18‐10",
        ),
        ("架空町1-2-3", "架空町一丁目2番3号", "架空町１丁目２番地３", "架空町1丁目2-3", "架空町 1 - 2 - 3"),
        ("架空町12-1", "架空町十二丁目1", "架空町一二丁目1番"),
        ("架空町20-1", "架空町二十丁目1", "架空町二〇丁目1"),
        ("架空町123", "架空町百二十三番地"),
        ("架空町1-2-101", "架空町1-2 101", "架空町1番2号 101号室", "架空町1-2 １０１号"),
        ("架空町1-2 コーポ髙﨑", "架空町1番2号コーポ高崎", "架空町１－２　ｺｰﾎﾟ高﨑"),
        ("架空町1-2 A-101", "架空町1番2号Ａ－１０１"),
    ],
)
def test_addresses_that_mean_the_same_place_share_a_key(addresses: tuple[str, ...]) -> None:
    assert len({fold_address(address) for address in addresses}) == 1


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("鎌倉市御成町18番10号", "鎌倉市御成町18-10"),
        ("架空市三番町5", "架空市三番町5"),
        ("架空市1番町5", "架空市1番町5"),
        ("架空市二階堂7番地", "架空市二階堂7"),
        ("架空町1-2コーポ", "架空町1-2こーぽ"),
        ("架空団地2号棟301", "架空団地2号棟301"),
    ],
)
def test_names_of_places_keep_their_numbers(address: str, key: str) -> None:
    assert fold_address(address) == key


def test_numbers_that_stand_apart_do_not_run_together() -> None:
    assert fold_address("架空町18-10 101") != fold_address("架空町18-10101")
    assert fold_address("架空町1-23") != fold_address("架空町12-3")


@given(st.text("架空町一二十百〇番地丁目号室のー－-‐1２9 　コAa棟館", max_size=20) | st.text(max_size=20))
def test_the_key_of_an_address_holds_no_space_and_no_idle_hyphen(address: str) -> None:
    key = fold_address(address)
    assert not any(char.isspace() for char in key)
    assert "--" not in key
    assert not key.endswith("-")


@given(st.lists(st.integers(1, 999), min_size=1, max_size=4))
def test_numbers_of_an_address_are_kept_in_their_order(numbers: list[int]) -> None:
    key = "架空町" + "-".join(map(str, numbers))
    assert fold_address(key) == key
    assert fold_address(key.replace("-", "ー")) == key
    assert fold_address(key.replace("-", "番") + "号") == key
