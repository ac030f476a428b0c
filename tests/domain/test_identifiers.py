"""The standards' own examples; no number here belongs to anybody."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflow.domain import identifiers as ids
from workflow.domain.program.standard import STANDARD
from workflow.domain.words import Words

TODAY = date(2026, 11, 20)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
DIGITS = "0123456789X"


def with_check(body: str) -> str:
    """By the definition of ISO 7064 MOD 11-2, not by its table: the whole number leaves 1 modulo 11."""
    return next(
        body + c
        for c in DIGITS
        if (sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) + DIGITS.index(c)) % 11 == 1
    )


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_the_examples_of_the_standard_have_right_check_digits(number: str) -> None:
    assert with_check(number[:17]) == number


def test_a_resident_number_is_normalised() -> None:
    assert ids.resident_id(" １１０１０５ 19491231 002x ", TODAY) == "11010519491231002X"


def test_the_second_example_of_the_standard_passes_whole() -> None:
    assert ids.resident_id("440524188001010014", TODAY) == "440524188001010014"


@pytest.mark.parametrize("county", ["330113", "330114", "330110", "330111"])
def test_new_and_old_county_codes_pass_whatever_the_year_of_birth(county: str) -> None:
    number = with_check(f"{county}19900101001")
    assert ids.resident_id(number, TODAY) == number


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("110105194912310021", "最后一位"),
        ("1101051949123100", "18位"),
        ("110105491231002", "15位"),
        ("1101051949123100AB", "字母"),
        (with_check("11010519490230002"), "日期"),
        (with_check("11010520990101001"), "日期"),
        (with_check("99010519900101001"), "省份"),
        (with_check("81000019900101001"), "居住证"),
    ],
)
def test_a_wrong_resident_number_is_told_what_is_wrong(raw: str, says: str) -> None:
    wrong = ids.resident_id(raw, TODAY)
    assert isinstance(wrong, Words)
    assert says in str(wrong)
    assert raw not in str(wrong)


def test_the_day_of_birth_may_be_today_but_not_tomorrow() -> None:
    number = with_check("33010620261120001")
    assert ids.resident_id(number, TODAY) == number
    assert isinstance(ids.resident_id(number, date(2026, 11, 19)), Words)


@given(st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_is_caught(place: int, shift: int) -> None:
    number = with_check("33010619900307001")
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert isinstance(ids.resident_id(wrong, TODAY), Words)


@pytest.mark.parametrize(
    ("id_type", "raw", "stored"),
    [
        ("residence_permit", with_check("83000019900101001"), with_check("83000019900101001")),
        ("港澳台居民居住证", with_check("81000019900101002"), with_check("81000019900101002")),
        (None, with_check("82000019900101001"), with_check("82000019900101001")),
        (None, "11010519491231002x", "11010519491231002X"),
        ("permanent_residence", with_check("91115619900101001"), with_check("91115619900101001")),
        ("permanent_residence", "usa110090010101", "USA110090010101"),
        ("passport", "e 12345678", "E12345678"),
        ("护照", "PE1234567", "PE1234567"),
        ("hk_macao_pass", "h12345678", "H12345678"),
        ("taiwan_pass", "12345678", "12345678"),
    ],
)
def test_documents_are_read_by_their_type(id_type: str | None, raw: str, stored: str) -> None:
    assert ids.id_number(raw, TODAY, id_type) == stored


@pytest.mark.parametrize(
    ("id_type", "raw"),
    [
        ("resident", "E12345678"),
        ("residence_permit", "11010519491231002X"),
        ("permanent_residence", "11010519491231002X"),
        ("passport", "护照"),
        ("hk_macao_pass", "A12345678"),
        ("taiwan_pass", "123"),
    ],
)
def test_a_number_of_another_document_is_refused(id_type: str, raw: str) -> None:
    assert isinstance(ids.id_number(raw, TODAY, id_type), Words)


def test_an_id_says_birth_date_and_gender() -> None:
    assert ids.facts_of_id("11010519491231002X") == ids.IdFacts(date(1949, 12, 31), "female")
    assert ids.facts_of_id(with_check("33010620010203011")) == ids.IdFacts(date(2001, 2, 3), "male")
    assert ids.facts_of_id("E12345678") is None


VILLAGE_COOPERATIVE = "N2330110MF0000000"


@pytest.mark.parametrize("code", ["91110000600037341L", "91350100M000100Y43"])
def test_credit_codes_of_the_standard_pass(code: str) -> None:
    assert ids.credit_code(f" {code.lower()[:9]}-{code.lower()[9:]}") == code


def test_a_village_cooperative_has_a_code_beginning_with_n2() -> None:
    fitting = [
        c
        for c in "0123456789ABCDEFGHJKLMNPQRTUWXY"
        if ids.credit_code(VILLAGE_COOPERATIVE + c) == VILLAGE_COOPERATIVE + c
    ]
    assert len(fitting) == 1


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("91110000600037341M", "最后一位"),
        ("9111000060003734", "18位"),
        ("9I110000600037341L", "I、O"),
        ("91A10000600037341L", "第3至8位"),
    ],
)
def test_a_wrong_credit_code_is_told_what_is_wrong(code: str, says: str) -> None:
    assert says in str(ids.credit_code(code))


@pytest.mark.parametrize(
    "raw", ["138 0013 8000", "+86 13800138000", "１３８００１３８０００", "138-0013-8000", "008613800138000"]
)
def test_a_mobile_number_is_stored_as_eleven_digits(raw: str) -> None:
    assert ids.mobile(raw) == "13800138000"


@pytest.mark.parametrize("raw", ["12800138000", "1380013800", "0571-88888888", "", "abc"])
def test_what_is_no_mobile_number_is_refused(raw: str) -> None:
    assert isinstance(ids.mobile(raw), Words)


def test_a_bank_account_is_refused_for_its_length_and_only_warned_for_its_check_digit() -> None:
    assert ids.bank_account("6222 0200 0000 0000 006") == "6222020000000000006"
    assert isinstance(ids.bank_account("12345"), Words)
    assert ids.bank_account_advice("4111111111111111") is None
    assert isinstance(ids.bank_account_advice("4111111111111112"), Words)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("ZL 2004 1 0000001.1", None),
        ("ZL202310123456.X", None),
        ("US11234567B2", "US11234567B2"),
        ("PCT/CN2020/123456", "PCT/CN2020/123456"),
        ("一种装置", None),
    ],
)
def test_patent_numbers(raw: str, stored: str | None) -> None:
    assert (ids.patent_no(raw) == stored) if stored else isinstance(ids.patent_no(raw), Words)


def test_a_chinese_patent_number_is_written_one_way() -> None:
    # 2·2+0·3+2·4+3·5+1·6+0·7+1·8+2·9+3·2+4·3+5·4+6·5 = 127, and 127 mod 11 = 6
    for raw in ("202310123456.6", "ZL202310123456.6", "zl 2023 10123456。6", "CN2023101234566"):
        assert ids.patent_no(raw) == "ZL202310123456.6"


def test_addresses() -> None:
    assert ids.email(" Li.Si@Example.COM ") == "Li.Si@example.com"
    assert isinstance(ids.email("li si at example.com"), Words)
    assert isinstance(ids.email("a@b"), Words)
    assert ids.url("example.com/a?b=1") == "https://example.com/a?b=1"
    assert isinstance(ids.url("javascript://alert(1)"), Words)


def test_names() -> None:
    assert ids.person_name(" 叶 思 桐 ") == "叶思桐"
    assert ids.person_name("阿卜杜拉•买买提") == "阿卜杜拉·买买提"
    assert ids.person_name("Ada  Lovelace") == "Ada Lovelace"
    assert ids.person_name("𬸣𬸦") == "𬸣𬸦"
    assert ids.person_name("刘〇") == "刘〇"
    assert isinstance(ids.person_name("王芳😀"), Words)
    assert isinstance(ids.person_name("张"), Words)
    assert isinstance(ids.person_name("张三1"), Words)


def test_regions() -> None:
    assert ids.region_code("330114") == "330114"
    assert ids.region_code("330114001001", "village") == "330114001001"
    assert isinstance(ids.region_code("330114", "town"), Words)
    assert isinstance(ids.region_code("990114"), Words)


@pytest.mark.parametrize(
    ("form", "value", "shown"),
    [
        ("id_no", "330106199003071234", "3301**********1234"),
        ("id_no", "E12345678", "E1*****78"),
        ("bank_account", "6222020000001234", "****1234"),
        ("mobile", "13800138000", "138****8000"),
        ("name", "叶思桐", "叶*桐"),
        ("name", "张三", "张*"),
        ("email", "li.si@example.com", "l***@example.com"),
        (None, "secret", "******"),
    ],
)
def test_masks(form: str | None, value: str, shown: str) -> None:
    assert ids.mask(form, value) == shown


@pytest.mark.parametrize("form", sorted(ids.FORMATS))
@example(raw="A¨")
@given(raw=st.text(max_size=40))
def test_no_text_breaks_a_check_and_what_passes_is_stable(form: str, raw: str) -> None:
    value = ids.checked(form, raw, TODAY)
    if isinstance(value, str):
        assert ids.checked(form, value, TODAY) == value
    else:
        assert str(value)


def test_every_type_of_document_on_the_form_is_known_here() -> None:
    names = {option["key"] for option in STANDARD["id_type"]["options"]}
    assert names == set(ids.ID_TYPES.values())
