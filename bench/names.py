"""Made-up people by number: the same number is always the same person."""

from datetime import date, timedelta

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_FIRST = "文志建国明永春海天德思雨子若云清佳欣梦诗"
_SECOND = "华强军平宁安杰涛峰林芳娟敏静丽燕霞秀玲慧"
_EARLIEST = date(1980, 1, 1)
_DAYS = 5000
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def name_of(serial: int) -> str:
    surname = _SURNAMES[serial % len(_SURNAMES)]
    rest = serial // len(_SURNAMES)
    return surname + _FIRST[rest % len(_FIRST)] + _SECOND[rest // len(_FIRST) % len(_SECOND)]


def birth_date(serial: int) -> date:
    return _EARLIEST + timedelta(days=serial % _DAYS)


def id_number(serial: int) -> str:
    """A right resident number; odd in its place of the sex, as all patterns are."""
    body = f"330102{birth_date(serial):%Y%m%d}{serial // _DAYS * 2 + 1:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def mobile(serial: int) -> str:
    return f"139{serial:08d}"
