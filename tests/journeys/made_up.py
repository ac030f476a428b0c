"""Fictitious people, organizations and papers: numbers that pass their checks and belong to nobody."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from tests.hostile import pdf
from tests.journeys.driver import File
from tests.services.sheets import id_number

_FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "梓桐南枝闻舟知予安然拾光望舒栩晚行止云深以宁一禾若溪书瑶景行清和维桢怀瑾思齐静姝文翰嘉木"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TRADES = {"服装制版": 330, "工艺": 299, "新媒体营销": 256}
TRACKS = {"服装制版": "pattern", "工艺": "craft", "新媒体营销": "media"}


@dataclass(frozen=True)
class Trainee:
    at: int
    name: str
    id_no: str
    phone: str
    trade: str
    employer: str

    @property
    def gender(self) -> str:
        return "男" if int(self.id_no[16]) % 2 else "女"


@dataclass(frozen=True)
class Unit:
    name: str
    kind: str
    code: str
    number: int  # of staff, or of graduates
    administrator: str
    phone: str


def name(n: int) -> str:
    """Another one for each n below some thousands."""
    first = _GIVEN[(n * 7) % len(_GIVEN)]
    second = _GIVEN[(n * 11 + n // len(_GIVEN)) % len(_GIVEN)]
    return _FAMILIES[n % len(_FAMILIES)] + first + second


def credit_code(n: int) -> str:
    body = f"91330100{n:09d}"
    weighed = sum(_CREDIT_ALPHABET.index(sign) * pow(3, at, 31) for at, sign in enumerate(body))
    return body + _CREDIT_ALPHABET[(31 - weighed % 31) % 31]


def units() -> list[Unit]:
    """Twelve employers, of which the first may put forward two and the second five, and one trainer."""
    staff = [100, 250, *(200 + 10 * n for n in range(2, 12))]
    employers = [
        Unit(f"{place}服装有限公司", "用人单位", credit_code(n), staff[n], name(2000 + n), f"1370000{n:04d}")
        for n, place in enumerate(
            ["锦绣", "蓝埠", "云裳", "霓裳", "素练", "青罗", "飞针", "走线", "经纬", "天工", "巧裁", "新织"]
        )
    ]
    return [*employers, Unit("锦澜服装实训中心", "培训机构", credit_code(90), 885, name(2090), "13700000090")]


def trainees(employers: list[Unit]) -> list[Trainee]:
    trades = [trade for trade, count in TRADES.items() for _ in range(count)]
    return [
        Trainee(n, name(n), id_number(n * 31), f"139{n:08d}", trade, employers[n % len(employers)].name)
        for n, trade in enumerate(trades)
    ]


def picture(n: int = 0) -> bytes:
    """A small picture, another one for each n."""
    out = BytesIO()
    Image.new("RGB", (40, 30), (n % 256, n // 256 % 256, 120)).save(out, "PNG")
    return out.getvalue()


def png(title: str, n: int = 0) -> File:
    return File(f"{title}.png", picture(n), "image/png")


def paper(title: str) -> File:
    return File(f"{title}.pdf", pdf(), "application/pdf")


def workbook(title: str, content: bytes) -> File:
    return File(f"{title}.xlsx", content, _XLSX)
