"""Numbers without gaps or repeats, and days of validity, for whatever a program writes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.calendar import official
from workflow.domain.certificates import (
    NumberParts,
    duration,
    expires_soon,
    last_day,
    number,
    numbers,
    series,
    standing_on,
    title,
)
from workflow.domain.lengths import Length
from workflow.domain.recognition import Standing

PARTS = NumberParts("FE", date(2026, 11, 30), "2026-1", "pattern", "self", "a")
DAYS = st.dates(date(2004, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ("FE-{year}-{track}-{seq:4}", "FE-2026-PATTERN-0031"),
        ("{code}{yy}{seq}", "FE2631"),
        ("{date}/{round}/{channel}/{level}/{seq:2}", "20261130/2026-1/SELF/A/31"),
        ("锦人才〔{year}〕{seq:3}号", "锦人才〔2026〕031号"),
    ],
)
def test_a_number_is_made_of_its_places(template: str, made: str) -> None:
    assert number(series(template, PARTS), 31) == made


def test_a_count_that_outgrows_its_digits_is_written_whole() -> None:
    assert number("N-{seq:2}", 100) == "N-100"


pieces = st.sampled_from(["{code}", "{year}", "{yy}", "{date}", "{track}", "{channel}", "{round}", "-", "证", "/"])
templates = (
    st.lists(pieces, max_size=5)
    .map("".join)
    .flatmap(lambda left: st.sampled_from(["{seq}", "{seq:4}"]).map(lambda seq: left + "-" + seq))
)
parts = st.builds(
    NumberParts,
    code=st.just("FE"),
    on=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    round=st.sampled_from(["2026-1", "2026-2"]),
    track=st.sampled_from(["pattern", "craft", "media"]),
    channel=st.sampled_from(["self", "employer"]),
)


@given(templates, st.lists(st.lists(parts, max_size=8), max_size=4))
def test_lists_issued_one_after_another_never_repeat_or_skip(template: str, lists: list[list[NumberParts]]) -> None:
    following: dict[str, int] = {}
    seen: list[tuple[str, str]] = []

    for each in lists:
        of_series = [series(template, one) for one in each]
        given_now, following = numbers(of_series, following)
        seen += zip(of_series, given_now, strict=True)

    assert len({made for _, made in seen}) == len(seen)
    for one in {of_series for of_series, _ in seen}:
        count = sum(1 for of_series, _ in seen if of_series == one)
        assert [made for of_series, made in seen if of_series == one] == [number(one, n + 1) for n in range(count)]
        assert following[one] == count + 1


@given(DAYS, st.integers(1, 40))
def test_years_end_on_the_same_date_or_the_last_of_february(on: date, years: int) -> None:
    until = last_day(on, Length(years, "y"), official())

    assert until is not None
    assert (until.year, until.month) == (on.year + years, on.month)
    assert until.day == on.day or (on.month, on.day, until.day) == (2, 29, 28)


@given(DAYS, st.integers(1, 120))
def test_months_clip_to_the_end_of_the_month(on: date, months: int) -> None:
    until = last_day(on, Length(months, "mo"), official())

    assert until is not None
    assert (until.year * 12 + until.month) - (on.year * 12 + on.month) == months
    assert until.day == on.day or (until.day < on.day and (until + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("on", "valid", "until"),
    [
        (date(2026, 11, 30), Length(3, "y"), date(2029, 11, 30)),
        (date(2028, 2, 29), Length(3, "y"), date(2031, 2, 28)),
        (date(2028, 2, 29), Length(4, "y"), date(2032, 2, 29)),
        (date(2026, 8, 31), Length(6, "mo"), date(2027, 2, 28)),
        (date(2027, 8, 31), Length(6, "mo"), date(2028, 2, 29)),
        (date(2026, 12, 31), Length(30, "d"), date(2027, 1, 30)),
    ],
)
def test_last_days_of_record(on: date, valid: Length, until: date) -> None:
    assert last_day(on, valid, official()) == until


def test_without_a_length_it_never_ends() -> None:
    assert last_day(date(2026, 1, 1), None, official()) is None
    assert standing_on(Standing.VALID, None, date(2999, 1, 1)) is Standing.VALID


@given(DAYS, st.integers(-200, 200))
def test_the_last_day_is_still_valid_and_the_next_is_not(until: date, days: int) -> None:
    today = until + timedelta(days=days)

    assert standing_on(Standing.VALID, until, today) is (Standing.VALID if days <= 0 else Standing.EXPIRED)
    assert expires_soon(Standing.VALID, until, today) == (-90 <= days <= 0)
    assert standing_on(Standing.REVOKED, until, today) is Standing.REVOKED


def test_twelve_months_are_said_as_a_year() -> None:
    assert duration(Length(36, "mo")) == (3, "y")
    assert duration(Length(18, "mo")) == (18, "mo")


def test_a_title_keeps_what_it_does_not_know() -> None:
    assert title("时尚工程师（{track}）{other}", "服装制版", "", date(2026, 1, 1)) == "时尚工程师（服装制版）{other}"
