"""Folding of names, phone numbers and addresses into search keys; what is stored stays as written."""

from __future__ import annotations

import re
import unicodedata

# Groups of kanji that are written for one another in names and places; the first is the key. What NFKC
# unifies (compatibility ideographs) is not listed. A group too wide only brings one candidate more to look
# at; a missing variant hides somebody.
_GROUPS = """
辺邉邊 斎齋斉齊 高髙 崎﨑嵜㟢碕 沢澤 浜濵濱 島嶋嶌㠀 吉𠮷 橋槗𣘺 広廣 国國圀 真眞 恵惠 栄榮荣 桜櫻
瀬瀨 徳德 昇曻 富冨 野埜 竜龍龒 万萬 弥彌 関關 塩鹽 黒黑 条條 滝瀧 沖冲 渋澁 涼凉 巌巖 薮藪籔 桧檜
亀龜 鉄鐵鉃 円圓 学學斈 実實 宝寶寳 寿壽 将將 尚尙 静靜 従從 勲勛勳 県縣 芸藝 倹儉 剣劍劔剱釼 厳嚴
継繼 検檢 蔵藏 権權 顕顯 豊豐 穂穗 与與 誉譽 遥遙 来來 頼賴 礼禮 緑綠 歴歷 暦曆 清淸 青靑 即卽 節莭
曽曾 増增 予豫 伝傳 仏佛 仮假 会會 体體 余餘 児兒 兎兔菟 内內 写寫 処處 凜凛 励勵 労勞 区區 医醫
参參 双雙 収收 台臺 号號 団團 囲圍 図圖 壮壯 声聲 売賣 変變 奥奧 嬢孃 宮宫 寛寬 専專 対對 尽盡 届屆
属屬 岡罡堽 峰峯 峡峽 巣巢 帯帶 帰歸 庁廳 応應 恒恆 悦悅 戦戰 戸戶 払拂 抜拔 択擇 拝拜 挙擧 挿插
揺搖 摂攝 数數 断斷 昼晝 晋晉 暁曉 晩晚 桑桒 様樣 楼樓 楽樂 槙槇 横橫 欧歐 歩步 歳歲 残殘 毎每 気氣
浄淨 浅淺 渓溪 温溫 湾灣 湿濕 満滿 潜潛 灯燈 点點 為爲 焼燒 独獨 狭狹 猪豬 献獻 画畫 畳疊 発發 瓶甁
研硏 砺礪 祢禰 禄祿 禅禪 秋穐 稲稻 穏穩 窓窻 竪豎 粋粹 糸絲 絵繪 経經 総總 縁緣 縄繩 聡聰 舎舍 館舘
船舩 茎莖 荘莊 薫薰 虎乕 虫蟲 蛍螢 衛衞 装裝 覚覺 観觀 読讀 弁辨辯瓣 賛贊 践踐 軽輕 転轉 辞辭 迩邇
遅遲 郎郞 朗朖 郷鄉鄕 酔醉 釈釋 鋭銳 録錄 鎮鎭 閲閱 隠隱 雑雜 霊靈 駅驛 駆驅 鶏鷄雞 麦麥 黄黃 黙默
晃晄 淵渕渊 熙煕熈凞 籠篭 翠翆 鴎鷗 麹麴 桝枡 柳栁桺 柏栢 松枩 杉椙 喜㐂 卯夘 却卻 協恊 勇勈 冴冱
亜亞 圧壓 土圡 角⻆ 梅楳
"""
_VARIANTS = {ord(variant): group[0] for group in _GROUPS.split() for variant in group[1:]}

# ァ to ヶ and the iteration marks ヽヾ stand this far above their hiragana. ヷ to ヺ have none and stay.
_TO_HIRAGANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_KEY = _VARIANTS | {code: chr(hiragana) for code, hiragana in _TO_HIRAGANA.items()}
_SELECTORS = (("\ufe00", "\ufe0f"), ("\U000e0100", "\U000e01ef"), ("\u180b", "\u180d"))
_MIDDLE_DOTS = frozenset("・·•‧∙⋅")
_REPEATED = re.compile(r"([\u3400-\u9fff\U00020000-\U0003ffff])々")

_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣⁃─━", "-"))
_LONG_VOWEL_AS_HYPHEN = re.compile(r"(?<=[0-9a-z])[ー〜~](?=[0-9])")
_SPACE_AFTER_NUMBER = re.compile(r"(?<=[0-9])\s+(?=[0-9a-z])")
_KANJI_NUMBER = re.compile(r"([〇一二三四五六七八九十百]+)(?=丁目|番地)")
_AFTER_NUMBER = re.compile(r"(?<=[0-9])(?:丁目|番地の?|番(?!町|館|街)|号室?(?!館|棟)|の(?=[0-9]))")
_IDLE_HYPHEN = re.compile(r"-(?![0-9a-z])")
_KANJI_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")}
_KANJI_UNITS = {"十": 10, "百": 100}


def fold(text: str) -> str:
    """The search key of a name: one width, case, kana and kanji form; no spaces, middle dots or selectors.

    髙﨑 ハナコ, 高崎・はなこ and 高崎ﾊﾅｺ share 高崎はなこ. Long vowels and small kana keep their difference.
    Folding twice changes nothing more.
    """
    key = unicodedata.normalize("NFKC", text).casefold()
    key = "".join(char for char in unicodedata.normalize("NFKC", key) if not _is_left_out(char))
    # What was taken out may have stood between a kana and its voicing mark, so they are joined last.
    return unicodedata.normalize("NFKC", _repeat(key.translate(_KEY)))


def fold_phone(text: str) -> str:
    """Only the digits, from the trunk 0 on: ＋81 (0)467-00-0000 and 0467000000 are the same number."""
    plain = unicodedata.normalize("NFKC", text).lstrip(" (")
    digits = "".join(char for char in plain if char in "0123456789")
    if plain.startswith("+") and digits.startswith("81"):
        return "0" + digits.removeprefix("81").lstrip("0")
    return digits


def fold_address(text: str) -> str:
    """The search key of an address: numbers parted by "-", otherwise folded like a name.

    御成町一丁目18番10号, 御成町１ー１８ー１０ and 御成町 1-18-10 share one key. A space after a
    number parts as well, so that 18-10 101 does not become 18-10101.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_HYPHENS)
    plain = _SPACE_AFTER_NUMBER.sub("-", plain)
    plain = _LONG_VOWEL_AS_HYPHEN.sub("-", plain)
    key = _KANJI_NUMBER.sub(lambda found: _number(found[1]), fold(plain))
    key = re.sub("-+", "-", _AFTER_NUMBER.sub("-", key))
    return _IDLE_HYPHEN.sub("", key)


def _is_left_out(char: str) -> bool:
    """Spaces, middle dots, format characters, and the selectors of kanji and emoji variants."""
    if any(first <= char <= last for first, last in _SELECTORS):
        return True
    return char.isspace() or char in _MIDDLE_DOTS or unicodedata.category(char) == "Cf"


def _repeat(key: str) -> str:
    """佐々木 as 佐佐木, which is the same name."""
    while (written_out := _REPEATED.sub(r"\1\1", key)) != key:
        key = written_out
    return key


def _number(kanji: str) -> str:
    """二十三 and 二三 as 23."""
    if not any(unit in kanji for unit in _KANJI_UNITS):
        return "".join(_KANJI_DIGITS[digit] for digit in kanji)
    total, digit = 0, ""
    for char in kanji:
        if char in _KANJI_UNITS:
            total += int(digit or 1) * _KANJI_UNITS[char]
            digit = ""
        else:
            digit += _KANJI_DIGITS[char]
    return str(total + int(digit or 0))
