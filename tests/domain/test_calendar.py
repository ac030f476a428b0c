"""Vectors from the official notices, and every span against counting day by day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.domain.calendar import (
    Due,
    Roll,
    WorkCalendar,
    add_months,
    deadline,
    end_of,
    local_day,
    months_between,
    official,
    official_days,
    years_between,
)
from workflow.domain.lengths import Length

CALENDAR = official()
FIVE = Length(5, "wd")
DAYS = st.dates(date(2022, 1, 1), date(2026, 9, 1))
MAKE_UP_2026 = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]


@pytest.mark.parametrize(
    ("start", "next_day", "first_day"),
    [
        ("2026-02-10", "2026-02-24", "2026-02-14"),
        ("2026-02-13", "2026-02-27", "2026-02-26"),
        ("2026-04-29", "2026-05-09", "2026-05-08"),
        ("2026-09-18", "2026-09-24", "2026-09-23"),
        ("2026-09-24", "2026-10-09", "2026-10-08"),
        ("2026-09-29", "2026-10-12", "2026-10-10"),
        ("2025-12-29", "2026-01-06", "2026-01-05"),
    ],
)
def test_five_working_days_by_both_conventions(start: str, next_day: str, first_day: str) -> None:
    day = date.fromisoformat(start)
    assert CALENDAR.add(day, FIVE) == Due(date.fromisoformat(next_day))
    assert CALENDAR.add(day, FIVE, "first_day") == Due(date.fromisoformat(first_day))


def test_make_up_days_of_2026_are_worked() -> None:
    worked_weekends = [(d.date.month, d.date.day) for d in official_days() if d.works and d.date.year == 2026]
    assert worked_weekends == MAKE_UP_2026
    assert all(CALENDAR.is_working(date(2026, *day)) for day in MAKE_UP_2026)


def test_statutory_holidays_grew_by_two_in_2025() -> None:
    def off(year: int, festival: str) -> int:
        return sum(1 for d in official_days() if d.date.year == year and d.festival == festival and not d.works)

    assert (off(2024, "春节"), off(2025, "春节"), off(2025, "劳动节"), off(2026, "春节")) == (8, 8, 5, 9)


def test_every_day_names_its_notice() -> None:
    assert {d.notice for d in official_days()} == {
        "国办发明电〔2021〕11号",
        "国办发明电〔2022〕16号",
        "国办发明电〔2023〕7号",
        "国办发明电〔2024〕12号",
        "国办发明电〔2025〕7号",
    }


def test_a_year_without_data_is_provisional_never_an_error() -> None:
    assert CALENDAR.add(date(2026, 12, 30), FIVE) == Due(date(2027, 1, 6), provisional=True)
    assert CALENDAR.add(date(2031, 5, 1), FIVE).provisional
    assert not CALENDAR.covers(2027)
    assert CALENDAR.covers(2022)


def test_data_for_the_new_year_settles_what_was_provisional() -> None:
    days = {d.date: d.works for d in official_days()} | {date(2027, 1, 1): False, date(2027, 1, 4): False}
    assert WorkCalendar(days).add(date(2026, 12, 30), FIVE) == Due(date(2027, 1, 8))


@given(start=DAYS, amount=st.integers(1, 60))
def test_adding_working_days_agrees_with_counting_them(start: date, amount: int) -> None:
    def walk(first: date) -> date:
        left, day = amount, first
        while True:
            left -= CALENDAR.is_working(day)
            if not left:
                return day
            day += timedelta(days=1)

    length = Length(amount, "wd")
    assert CALENDAR.add(start, length).date == walk(start + timedelta(days=1))
    assert CALENDAR.add(start, length, "first_day").date == walk(start)


@given(start=DAYS, amount=st.integers(1, 60))
def test_going_back_lands_on_a_working_day_that_many_before(start: date, amount: int) -> None:
    day = CALENDAR.nth_working_day(start, -amount)
    between = (start - day).days
    assert CALENDAR.is_working(day)
    assert sum(CALENDAR.is_working(day + timedelta(days=n)) for n in range(between)) == amount


@given(a=DAYS, b=DAYS)
def test_working_days_between_agrees_with_counting(a: date, b: date) -> None:
    first, last = sorted((a, b))
    counted = sum(CALENDAR.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert CALENDAR.working_days_between(first, last) == counted
    assert CALENDAR.working_days_between(last, first) == -counted


@given(start=st.dates(date(1990, 1, 1), date(2090, 1, 1)), amount=st.integers(0, 5000))
def test_every_span_ends_on_a_working_day_of_that_distance(start: date, amount: int) -> None:
    end = CALENDAR.add(start, Length(amount, "wd")).date
    assert CALENDAR.working_days_between(start, end) == amount
    assert CALENDAR.is_working(end) or amount == 0


def test_months_clip_to_the_end_of_the_month() -> None:
    assert CALENDAR.add(date(2025, 8, 31), Length(6, "mo")).date == date(2026, 2, 28)
    assert CALENDAR.add(date(2023, 8, 31), Length(6, "mo")).date == date(2024, 2, 29)
    assert CALENDAR.add(date(2024, 2, 29), Length(1, "y")).date == date(2025, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


def test_validity_ends_on_the_same_date_even_on_a_day_off_but_a_term_moves_on() -> None:
    assert CALENDAR.add(date(2023, 10, 3), Length(3, "y")) == Due(date(2026, 10, 3))
    assert CALENDAR.term(date(2026, 9, 3), Length(30, "d")) == Due(date(2026, 10, 8))
    assert CALENDAR.term(date(2026, 11, 1), Length(2, "mo")) == Due(date(2027, 1, 1), provisional=True)


@given(start=DAYS, months=st.integers(0, 120))
def test_months_between_is_the_inverse_of_adding_months(start: date, months: int) -> None:
    end = add_months(start, months)
    assert months_between(start, end) == months
    if months:
        assert months_between(start, add_months(start, months) - timedelta(days=1)) == months - 1


def test_ages_turn_on_the_birthday() -> None:
    born = date(1990, 11, 20)
    assert years_between(born, date(2026, 11, 19)) == 35
    assert years_between(born, date(2026, 11, 20)) == 36
    assert years_between(date(2008, 2, 29), date(2026, 2, 28)) == 18
    assert years_between(date(2026, 1, 1), date(2024, 1, 2)) == -1


def test_days_end_at_midnight_for_people_and_at_half_past_five_for_offices() -> None:
    assert deadline(date(2026, 11, 20)) == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    assert deadline(date(2026, 11, 20), "offices") == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    assert end_of(date(2026, 12, 31), "09:00") == datetime(2026, 12, 31, 1, 0, tzinfo=UTC)
    assert local_day(deadline(date(2026, 11, 20))) == date(2026, 11, 21)


def test_still_n_working_days() -> None:
    now = datetime(2026, 9, 24, 2, 0, tzinfo=UTC)
    assert CALENDAR.working_days_left(now, date(2026, 10, 9)) == 5
    assert CALENDAR.working_days_left(now, date(2026, 9, 24)) == 0
    assert CALENDAR.working_days_left(now, date(2026, 9, 22)) == -2


@pytest.mark.parametrize(
    ("rule", "lands"),
    [
        ("none", date(2026, 5, 1)),
        ("skip", None),
        ("next_workday", date(2026, 5, 6)),
        ("previous_workday", date(2026, 4, 30)),
        ("same_weekday_next_week", date(2026, 5, 8)),
    ],
)
def test_an_occurrence_on_a_holiday_rolls_by_its_rule(rule: Roll, lands: date | None) -> None:
    assert CALENDAR.roll(date(2026, 5, 1), rule) == lands
    assert CALENDAR.roll(date(2026, 5, 9), rule) == date(2026, 5, 9)  # a make-up Saturday


def moment(day: int, hour: int = 2, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_a_pause_gives_back_the_working_days_that_were_left() -> None:
    entered = moment(2)  # a Monday; five working days end on the 9th
    assert CALENDAR.due_after_pauses(entered, FIVE, [], moment(3)) == Due(date(2026, 11, 9))
    pauses = [(moment(4), moment(10))]  # three were left
    assert CALENDAR.due_after_pauses(entered, FIVE, pauses, moment(10)) == Due(date(2026, 11, 13))


def test_an_open_pause_moves_the_day_along_with_now() -> None:
    running = [CALENDAR.due_after_pauses(moment(2), FIVE, [(moment(4), None)], moment(day)).date for day in (4, 5, 6)]
    assert running == [date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 11)]
    assert CALENDAR.due_after_pauses(moment(2), FIVE, [(moment(4), None)], moment(6)).paused


def test_overlapping_pauses_stop_the_clock_once() -> None:
    twice = [(moment(4), moment(6)), (moment(5), moment(10))]
    once = [(moment(4), moment(10))]
    assert CALENDAR.due_after_pauses(moment(2), FIVE, twice, moment(20)) == CALENDAR.due_after_pauses(
        moment(2), FIVE, once, moment(20)
    )


def test_a_pause_after_the_last_day_or_before_the_start_changes_nothing() -> None:
    late = [(moment(12), moment(13)), (moment(1, month=10), moment(3, month=10))]
    assert CALENDAR.due_after_pauses(moment(2), FIVE, late, moment(20)) == Due(date(2026, 11, 9))


@given(stop=st.integers(0, 20), gap=st.integers(0, 30), amount=st.integers(1, 15))
def test_a_pause_never_shortens_and_shifts_by_exactly_the_working_days_paused(stop: int, gap: int, amount: int) -> None:
    entered = datetime(2026, 1, 5, 2, tzinfo=UTC)
    start, end = entered + timedelta(days=stop), entered + timedelta(days=stop + gap)
    length = Length(amount, "wd")
    plain = CALENDAR.term(local_day(entered), length).date
    due = CALENDAR.due_after_pauses(entered, length, [(start, end)], end).date
    if local_day(start) > plain:
        assert due == plain
    else:
        ran = CALENDAR.working_days_between(local_day(entered), local_day(start))
        after = CALENDAR.working_days_between(local_day(end), due)
        assert due >= plain
        assert ran + after == amount if ran < amount else due == CALENDAR.roll(local_day(end), "next_workday")
