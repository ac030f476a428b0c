"""How names are sorted and found: pinyin, with the readings that surnames have, tails and initials."""

from collections.abc import Iterator
from functools import lru_cache

_SURNAMES: dict[str, tuple[str, ...]] = {
    "曾": ("zeng",), "单": ("shan", "dan"), "解": ("xie",), "仇": ("qiu",), "区": ("ou",), "查": ("zha",),
    "任": ("ren",), "朴": ("piao", "pu"), "盖": ("ge", "gai"), "翟": ("zhai", "di"), "覃": ("qin", "tan"),
    "缪": ("miao", "mou"), "乐": ("yue", "le"), "冼": ("xian",), "折": ("she", "zhe"), "种": ("chong",),
    "黑": ("he", "hei"), "秘": ("bi", "mi"), "召": ("shao",), "宓": ("mi", "fu"), "逄": ("pang",),
    "员": ("yun", "yuan"), "繁": ("po",), "柏": ("bai", "bo"), "隗": ("kui", "wei"), "洗": ("xian",),
    "葛": ("ge",), "尹": ("yin",), "谌": ("chen", "shen"), "句": ("gou", "ju"), "阚": ("kan",), "郝": ("hao",),
    "车": ("che",), "炅": ("gui", "jiong"), "哈": ("ha",), "晏": ("yan",), "能": ("nai", "neng"), "相": ("xiang",),
    "尉迟": ("yu chi",), "万俟": ("mo qi",), "长孙": ("zhang sun",), "单于": ("chan yu",), "宰父": ("zai fu",),
    "澹台": ("tan tai",), "令狐": ("ling hu",), "欧阳": ("ou yang",), "上官": ("shang guan",), "司马": ("si ma",),
    "诸葛": ("zhu ge",), "皇甫": ("huang fu",), "司徒": ("si tu",), "夏侯": ("xia hou",), "东方": ("dong fang",),
}  # fmt: skip
_LONGEST = 80


def sort_key(name: str) -> str:
    """Pinyin syllables apart by blanks, surname by its usual reading: sorts as Chinese people sort."""
    return " ".join(next(readings(name)))[:300]


def readings(name: str) -> Iterator[list[str]]:
    """Syllables of a person's name, one list per reading of the surname; the usual one first."""
    for length in (2, 1):
        surname, rest = name[:length], name[length:]
        if surname in _SURNAMES and rest:
            for reading in _SURNAMES[surname]:
                yield [*reading.split(), *_syllables(rest)]
            return
    yield _syllables(name)


@lru_cache(maxsize=20_000)
def _spelled(character: str) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - its tables are large, and few commands spell a name

    return "".join(lazy_pinyin(character, style=Style.NORMAL, errors="default")).lower()


def _syllables(text: str) -> list[str]:
    return [_spelled(character) for character in text if not character.isspace() and character not in "·.-'"]


def person_tokens(name: str) -> frozenset[str]:
    """王小明 is found by 王小明, 小明, 明, wangxiaoming, xiaoming, ming, wxm, xm."""
    tokens = set(_tails(_plain(name)))
    for syllables in readings(name):
        tokens.update(_pinyin_tails(syllables))
    return frozenset(token[:_LONGEST] for token in tokens)


def organization_tokens(name: str, credit_code: str | None = None) -> frozenset[str]:
    tokens = {*_tails(_plain(name)), *_pinyin_tails(_syllables(_plain(name)))}
    if credit_code:
        tokens.add(credit_code.lower())
    return frozenset(token[:_LONGEST] for token in tokens)


def _plain(name: str) -> str:
    return "".join(name.split()).lower()


def _tails(text: str) -> Iterator[str]:
    return (text[start:] for start in range(len(text)))


def _pinyin_tails(syllables: list[str]) -> Iterator[str]:
    for start in range(len(syllables)):
        yield "".join(syllables[start:])
        if len(syllables) - start >= 2:
            yield "".join(syllable[:1] for syllable in syllables[start:])


def search_term(typed: str) -> str:
    """What somebody typed, in the spelling of the tokens."""
    return _plain(typed)[:_LONGEST]
