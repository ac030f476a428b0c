"""Made-up people and organizations: numbers that pass their checks and belong to nobody."""

from dataclasses import dataclass
from datetime import date

from workflow.domain.dryrun.chance import Chance

_FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "梓桐南枝闻舟知予安然拾光望舒栩晚行止云深以宁一禾若溪书瑶景行清和维桢怀瑾思齐静姝文翰嘉木"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
COUNTY = "330102"


@dataclass(frozen=True, slots=True)
class Somebody:
    """One made-up person; `no` tells them apart."""

    no: int
    born: date

    @property
    def name(self) -> str:
        """Another one for each `no` below some thousands."""
        no = self.no
        first = _GIVEN[(no * 7) % len(_GIVEN)]
        second = _GIVEN[(no * 11 + no // len(_GIVEN)) % len(_GIVEN)]
        return _FAMILIES[no % len(_FAMILIES)] + first + second

    @property
    def id_no(self) -> str:
        body = f"{COUNTY}{self.born:%Y%m%d}{self.no % 1000:03d}"
        total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
        return body + _ID_CHECKS[total % 11]

    @property
    def gender(self) -> str:
        return "男" if self.no % 2 else "女"

    @property
    def mobile(self) -> str:
        return f"139{self.no % 10**8:08d}"

    @property
    def email(self) -> str:
        return f"person{self.no}@example.com"


def somebody(no: int, chance: Chance, today: date) -> Somebody:
    """A grown person of 22 to 44 years."""
    return Somebody(no, date(today.year - chance.between(23, 44), chance.between(1, 12), chance.between(1, 28)))


def credit_code(no: int) -> str:
    body = f"91330100{no:09d}"
    weighed = sum(_CREDIT_ALPHABET.index(sign) * pow(3, at, 31) for at, sign in enumerate(body))
    return body + _CREDIT_ALPHABET[-weighed % 31]


def patent_no(no: int) -> str:
    body = f"202310{no % 10**6:06d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _PATENT_WEIGHTS, strict=True)) % 11
    return f"ZL{body}.{'0123456789X'[total]}"


def bank_account(no: int) -> str:
    """Sixteen digits, the last of which is a check digit as on a card."""
    body = f"622202{no % 10**9:09d}"
    total = 0
    for place, digit in enumerate(reversed(body), start=1):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def padding(length: int) -> str:
    """A text of so many characters that says nothing."""
    piece = "示例内容用于试跑"
    return (piece * (length // len(piece) + 1))[:length]
