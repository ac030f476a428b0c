"""Numbers that name people and organizations: checked, normalised, masked. No error text repeats what was typed."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.domain.words import Words

Gender = Literal["male", "female"]
Checked = str | Words

ID_TYPES: Mapping[str, str] = {
    "resident": "居民身份证",
    "residence_permit": "港澳台居民居住证",
    "hk_macao_pass": "港澳居民来往内地通行证",
    "taiwan_pass": "台湾居民来往大陆通行证",
    "permanent_residence": "外国人永久居留身份证",
    "passport": "护照",
}
_ID_TYPE_OF_NAME = {name: key for key, name in ID_TYPES.items()}

_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)
_PERMIT_PLACES = frozenset(("81", "82", "83"))
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PATENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_DOTS = str.maketrans("•・‧∙●．.", "·······")


def tidy(raw: str) -> str:
    """Full-width letters and digits become half-width, as everybody's input method leaves some behind."""
    return unicodedata.normalize("NFKC", raw).strip()


def compact(raw: str) -> str:
    """Without the blanks and hyphens people put between groups of digits, letters in capitals."""
    return re.sub(r"[\s\-–—·]", "", tidy(raw)).upper()


def resident_id(raw: str, today: date) -> Checked:
    number = _eighteen(raw, today, Words("身份证号码"))
    if isinstance(number, Words):
        return number
    if number[:2] in _PERMIT_PLACES:
        return Words("这是港澳台居民居住证的号码，请把证件类型改为“港澳台居民居住证”")
    return number if number[:2] in _PROVINCES else Words("身份证号码开头两位不是任何省份的代码，请对照证件核对")


def residence_permit(raw: str, today: date) -> Checked:
    number = _eighteen(raw, today, Words("居住证号码"))
    if isinstance(number, Words) or number[:2] in _PERMIT_PLACES:
        return number
    return Words("港澳台居民居住证号码以81、82或83开头，请核对号码，或改选别的证件类型")


def permanent_residence(raw: str, today: date) -> Checked:
    number = compact(raw)
    if re.fullmatch(r"[A-Z]{3}\d{12}", number):
        return number
    if not number.startswith("9"):
        return Words("外国人永久居留身份证号码是9开头的18位，旧版是3个字母加12位数字，请对照证件核对")
    return _eighteen(number, today, Words("永久居留身份证号码"))


def _eighteen(raw: str, today: date, what: Words) -> Checked:
    """The structure all 18-digit numbers share (GB 11643): birth date in the middle, MOD 11-2 at the end."""
    number = compact(raw)
    if len(number) == 15 and number.isdecimal():
        return Words("15位的旧号码已停用，请按现在的证件填18位号码")
    if len(number) != 18:
        return Words("%(what)s应为18位，这里是%(n)s位，请对照证件补全", what=what, n=len(number))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return Words("%(what)s只有数字，最后一位可以是X，请检查是否混入了字母或符号", what=what)
    if _ID_CHECKS[sum(int(d) * w for d, w in zip(number, _ID_WEIGHTS, strict=False)) % 11] != number[-1]:
        return Words("%(what)s的最后一位与前面对不上，多半是抄错了一位，请逐位核对", what=what)
    born = _date_in(number)
    if born is None or not date(1800, 1, 1) <= born <= today:
        return Words("%(what)s第7至14位不是一个过去的日期，请对照证件核对", what=what)
    return number


def _date_in(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def passport(raw: str, today: date) -> Checked:
    number = compact(raw)
    return number if re.fullmatch(r"[A-Z0-9]{5,15}", number) else Words("护照号码是5至15位字母和数字，请对照护照核对")


def hk_macao_pass(raw: str, today: date) -> Checked:
    number = compact(raw)
    if re.fullmatch(r"[HM]\d{8}(\d{2})?", number):
        return number
    return Words("港澳居民来往内地通行证号码是H或M加8位数字，请对照证件核对")


def taiwan_pass(raw: str, today: date) -> Checked:
    number = compact(raw)
    if re.fullmatch(r"\d{8}|\d{10}|[A-Z]\d{8}", number):
        return number
    return Words("台湾居民来往大陆通行证号码是8位数字，请对照证件核对")


_DOCUMENTS: Mapping[str, Callable[[str, date], Checked]] = {
    "resident": resident_id,
    "residence_permit": residence_permit,
    "hk_macao_pass": hk_macao_pass,
    "taiwan_pass": taiwan_pass,
    "permanent_residence": permanent_residence,
    "passport": passport,
}


def id_number(raw: str, today: date, id_type: str | None = None) -> Checked:
    """By the document's type, given as key or as its Chinese name; unsaid, either 18-digit card of a resident."""
    document = _DOCUMENTS.get(_ID_TYPE_OF_NAME.get(id_type or "", id_type or ""))
    if document is not None:
        return document(raw, today)
    return (residence_permit if compact(raw)[:2] in _PERMIT_PLACES else resident_id)(raw, today)


@dataclass(frozen=True)
class IdFacts:
    birth_date: date
    gender: Gender


def facts_of_id(number: str) -> IdFacts | None:
    """What an 18-digit number says about its holder; None for any other document."""
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return None
    born = _date_in(number)
    return IdFacts(born, "male" if int(number[16]) % 2 else "female") if born else None


def credit_code(raw: str) -> Checked:
    """GB 32100-2015. The first two characters may be letters: N2 is a village's economic cooperative."""
    code = compact(raw)
    if len(code) != 18:
        return Words("统一社会信用代码应为18位，这里是%(n)s位，请对照证照补全", n=len(code))
    if any(c not in _CREDIT_ALPHABET for c in code):
        return Words("统一社会信用代码里不会有I、O、S、V、Z，请检查是否把0写成了O、把1写成了I、把2写成了Z")
    if not code[2:8].isdecimal():
        return Words("统一社会信用代码第3至8位是登记机关的地区代码，只有数字，请对照证照核对")
    total = sum(_CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    if _CREDIT_ALPHABET[-total % 31] != code[17]:
        return Words("统一社会信用代码的最后一位与前面对不上，多半是抄错了一位，请逐位核对")
    return code


def mobile(raw: str) -> Checked:
    number = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", compact(raw))
    if re.fullmatch(r"1[3-9]\d{9}", number):
        return number
    if re.fullmatch(r"\d+", number) and len(number) != 11:
        return Words("手机号应为11位，这里是%(n)s位", n=len(number))
    return Words("手机号是11位数字，以13至19开头；座机请不要填在这里")


def bank_account(raw: str) -> Checked:
    """The check digit is only advice (`bank_account_advice`): accounts of companies and old passbooks have none."""
    number = compact(raw)
    return number if re.fullmatch(r"\d{12,19}", number) else Words("银行账号是12至19位数字，请对照银行卡核对")


def bank_account_advice(number: str) -> Words | None:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return Words("这个卡号的校验位对不上，请再核对一遍；如果是存折或对公账号，可以不理会") if total % 10 else None


def email(raw: str) -> Checked:
    address = re.sub(r"\s", "", tidy(raw)).replace("。", ".")
    local, at, domain = address.rpartition("@")
    labels = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    if at and len(address) <= 254 and re.fullmatch(rf"({labels}\.)+[A-Za-z]{{2,63}}", domain):
        word = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
        if len(local) <= 64 and re.fullmatch(rf"{word}(\.{word})*", local):
            return f"{local}@{domain.lower()}"
    return Words("电子邮箱要像 name@example.com 这样，请检查@和后面的网址")


def url(raw: str) -> Checked:
    address = re.sub(r"\s", "", tidy(raw))
    if "://" not in address:
        address = f"https://{address}"
    if len(address) <= 2000 and re.fullmatch(r"https?://([\w-]+\.)+[\w-]{2,}(:\d{1,5})?([/?#]\S*)?", address, re.I):
        return address
    return Words("网址要像 https://example.com 这样，请从浏览器的地址栏复制")


def patent_no(raw: str) -> Checked:
    """A Chinese patent number with its check digit (ZL202310123456.7), or a foreign or international one."""
    number = re.sub(r"[\s\-]", "", tidy(raw)).replace("。", ".").upper()
    digits = re.fullmatch(r"(?:ZL|CN)?(\d{12}|\d{8})\.?([\dX])", number)
    if digits:
        body, check = digits.groups()
        total = sum(int(d) * w for d, w in zip(body, _PATENT_WEIGHTS, strict=False)) % 11
        if "0123456789X"[total] == check:
            return f"ZL{body}.{check}"
        return Words("专利号的最后一位（校验位）与前面对不上，请对照证书逐位核对")
    if re.fullmatch(r"PCT/[A-Z]{2}\d{4}/\d{5,6}|(?!ZL|CN)[A-Z]{2}\d{6,13}[A-Z]?\d?", number):
        return number
    return Words("专利号要像 ZL202310123456.7 这样，年份、类型、流水号和校验位都要有，请对照证书填写")


def person_name(raw: str) -> Checked:
    name = re.sub(r"\s+", " ", tidy(raw))
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name.replace(" ", "")).translate(_DOTS)
    if not 2 <= len(name) <= 50:
        return Words("姓名应为2至50个字")
    if any(unicodedata.category(c)[0] not in "LM" and c not in "·.-' 〇" for c in name):
        return Words("姓名里有数字或符号，请只填证件上的姓名")
    return name


_REGION_DIGITS = {"county": 6, "town": 9, "village": 12}


def region_code(raw: str, depth: str = "county") -> Checked:
    """GB/T 2260, and the statistical codes below the county. Which county it is, is not judged here: codes change."""
    code = compact(raw)
    if (
        len(code) != _REGION_DIGITS[depth]
        or not code.isdecimal()
        or code[:2] not in _PROVINCES | _PERMIT_PLACES | {"71"}
    ):
        return Words("地区代码应为%(n)s位数字，请从列表里选择", n=_REGION_DIGITS[depth])
    return code


_FORMATS: Mapping[str, Callable[[str], Checked]] = {
    "mobile": mobile,
    "email": email,
    "credit_code": credit_code,
    "bank_account": bank_account,
    "url": url,
    "patent_no": patent_no,
    "name": person_name,
}
FORMATS = frozenset({*_FORMATS, "id_no"})


def checked(form: str, raw: str, today: date, id_type: str | None = None) -> Checked:
    """The value as it is stored, or what is wrong with it, by the `format` of a text field."""
    return id_number(raw, today, id_type) if form == "id_no" else _FORMATS[form](raw)


def mask(form: str | None, value: str) -> str:
    """What may stand on a screen; a kind of value that has no mask of its own shows nothing at all."""
    masked = _MASKS.get(form or "")
    return masked(value) if masked else "******"


def _mask_id(value: str) -> str:
    keep = 4 if len(value) >= 15 else 2
    return value[:keep] + "*" * (len(value) - 2 * keep) + value[-keep:] if len(value) > 2 * keep else "*" * len(value)


def _mask_name(value: str) -> str:
    if len(value) < 2:
        return "*"
    return value[0] + "*" if len(value) == 2 else value[0] + "*" * (len(value) - 2) + value[-1]


def _mask_email(value: str) -> str:
    local, _, domain = value.rpartition("@")
    return f"{local[:1]}***@{domain}"


_MASKS: Mapping[str, Callable[[str], str]] = {
    "id_no": _mask_id,
    "credit_code": _mask_id,
    "bank_account": lambda value: "****" + value[-4:] if len(value) >= 8 else "****",
    "mobile": lambda value: value[:3] + "****" + value[-4:] if len(value) == 11 else "****",
    "name": _mask_name,
    "email": _mask_email,
}
