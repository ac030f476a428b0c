"""Who lives in 锦澜区, all made up. Numbers pass their checks and belong to nobody: no district has the code 330199."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_FAMILIES = "叶顾陆沈宋许韩姚钱冯秦梁卢吴董贺方苏白江孟阮傅温郑周林何程曹袁邓曾彭吕蒋蔡余杜魏"
_GIVEN = (
    "梓桐", "南枝", "闻舟", "知予", "予安", "拾光", "望舒", "栩然", "向晚", "行止", "牧野", "小满", "也乔", "霁月",
    "时雨", "之恒", "竹青", "棠梨", "栖迟", "蓠芷", "春泥", "青蘅", "晚舟", "以宁", "疏桐", "砚耕", "书瑶", "景行",
    "清和", "维桢", "怀瑾", "思齐", "静姝", "文翰", "嘉木", "若溪", "云深", "一禾", "映雪", "采薇", "听澜", "素心",
)  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class Member:
    """Somebody who works here: `role` as the program names it."""

    login: str
    name: str
    role: str


@dataclass(frozen=True)
class Unit:
    """An organization and who speaks for it. `number`: of staff, or of graduates."""

    login: str
    name: str
    kind: str
    code: str
    number: int
    administrator: str


@dataclass(frozen=True)
class Person:
    """Somebody who applies."""

    login: str
    name: str
    id_no: str
    female: bool
    phone: str


def credit_code(number: int) -> str:
    body = f"91330199{number:09d}"
    weighed = sum(_CREDIT_SIGNS.index(sign) * pow(3, at, 31) for at, sign in enumerate(body))
    return body + _CREDIT_SIGNS[(31 - weighed % 31) % 31]


def id_number(number: int, female: bool) -> str:
    """Between about 24 and 46 years old in 2026."""
    born = date(1980, 1, 3) + timedelta(days=number * 83 % 8000)
    body = f"330199{born:%Y%m%d}{(number * 2 + (0 if female else 1)) % 1000:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def person(number: int) -> Person:
    """Another one for each number below some thousands."""
    female = number % 5 in (0, 1, 3)
    name = _FAMILIES[number % len(_FAMILIES)] + _GIVEN[(number * 5 + number // len(_FAMILIES)) % len(_GIVEN)]
    return Person(f"person{number:03d}", name, id_number(number, female), female, f"1990000{number:04d}")


EMPLOYERS = (
    Unit("lanbu", "蓝埠家纺集团", "employer", credit_code(1), 420, "林晚澄"),
    Unit("jinxiu", "锦绣服装有限公司", "employer", credit_code(2), 260, "何素秋"),
    Unit("yunshang", "云裳时尚科技有限公司", "employer", credit_code(3), 180, "程亦舟"),
    Unit("sulian", "素练纺织有限公司", "employer", credit_code(4), 310, "彭若谷"),
    Unit("qingluo", "青罗成衣工坊", "employer", credit_code(5), 96, "杜青禾"),
)
TRAINER = Unit("school", "锦澜服装实训中心", "trainer", credit_code(90), 240, "何为师")
STAFF = (
    Member("manager", "周明远", "manager"),
    Member("manager2", "吴岚清", "manager"),
    Member("manager3", "蒋子衿", "manager"),
    Member("clerk", "陈芸生", "intake"),
    Member("clerk2", "温照庭", "intake"),
    Member("hr1", "顾行健", "hr_officer"),
    Member("hr2", "沈立言", "hr_officer"),
    Member("examiner", "袁尺度", "examiner"),
    Member("examiner2", "曹经纬", "examiner"),
    *(
        Member(f"expert{n}", name, "expert")
        for n, name in enumerate(("邓知微", "曾墨白", "吕听松", "蔡观止", "余怀真", "魏明哲", "贺兰舟"), start=1)
    ),
    Member("credit", "许守诺", "credit"),
    Member("police", "秦安澜", "police"),
    Member("court", "卢正则", "court"),
    Member("market", "董市平", "market"),
    *(
        Member(f"committee{n}", name, "committee")
        for n, name in enumerate(("宋修远", "韩其昌", "梁克勤", "方守拙", "苏允执", "江致远", "孟存厚"), start=1)
    ),
    Member("supervisor", "白持正", "supervisor"),
)
OFFICERS = ("sysadmin", "security", "audit", "programs")
BY_ROLE: Mapping[str, tuple[str, ...]] = {
    role: tuple(each.login for each in STAFF if each.role == role) for role in dict.fromkeys(m.role for m in STAFF)
}
