"""First Fridays on holidays, 18 August on a Sunday, quarter ends, the 31st of a short month."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.programs import program
from workflow.domain.calendar import Roll, official
from workflow.domain.lengths import Length
from workflow.domain.program.schema.after import Every, day
from workflow.domain.recurrence import Occurrence, occurrences

CALENDAR = official()
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def falls(every: Every, on: str, roll: Roll, start: date = YEAR[0], end: date = YEAR[1]) -> list[str]:
    return [o.date.isoformat()[5:] for o in occurrences(CALENDAR, every, day(on), roll, start, end)]


def test_first_fridays_of_2026_move_a_week_where_they_are_holidays() -> None:
    plain = falls("month", "first friday", "none")
    moved = falls("month", "first friday", "same_weekday_next_week")
    assert plain == [
        "01-02",
        "02-06",
        "03-06",
        "04-03",
        "05-01",
        "06-05",
        "07-03",
        "08-07",
        "09-04",
        "10-02",
        "11-06",
        "12-04",
    ]
    assert [day for day in moved if day not in plain] == ["01-09", "05-08", "10-09"]
    assert len(moved) == 12


def test_the_eighteenth_of_august_on_a_sunday_stays_or_moves_by_its_roll() -> None:
    year = (date(2024, 1, 1), date(2024, 12, 31))
    assert falls("year", "8-18", "none", *year) == ["08-18"]
    assert falls("year", "8-18", "next_workday", *year) == ["08-19"]
    assert falls("year", "8-18", "previous_workday", *year) == ["08-16"]
    assert falls("year", "8-18", "skip", *year) == []


def test_quarter_ends_step_back_to_a_working_day() -> None:
    assert falls("quarter", "last_day", "previous_workday") == ["03-31", "06-30", "09-30", "12-31"]
    year = (date(2025, 1, 1), date(2025, 12, 31))
    assert falls("quarter", "last_day", "none", *year) == ["03-31", "06-30", "09-30", "12-31"]
    assert falls("month", "last_day", "previous_workday", *year)[:5] == ["01-27", "02-28", "03-31", "04-30", "05-30"]


def test_periods_mean_their_last_month() -> None:
    assert falls("half_year", "last_day", "none") == ["06-30", "12-31"]
    assert falls("quarter", "10", "none") == ["03-10", "06-10", "09-10", "12-10"]
    assert falls("year", "first friday", "none") == ["12-04"]
    assert falls("year", "last_day", "none") == ["12-31"]
    assert falls("month", "last friday", "none")[:2] == ["01-30", "02-27"]


def test_the_31st_is_the_last_day_of_a_short_month() -> None:
    assert falls("month", "31", "none") == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31",
    ]  # fmt: skip
    leap = (date(2024, 2, 1), date(2024, 2, 29))
    assert falls("month", "30", "none", *leap) == ["02-29"]
    assert falls("year", "2-29", "none", *YEAR) == ["02-28"]


def test_an_occurrence_that_rolls_over_the_edge_belongs_where_it_lands() -> None:
    may = (date(2026, 5, 1), date(2026, 5, 31))
    assert falls("month", "31", "next_workday", *may) == []
    assert falls("month", "31", "next_workday", date(2026, 6, 1), date(2026, 6, 1)) == ["06-01"]
    assert falls("month", "1", "previous_workday", date(2026, 9, 25), date(2026, 9, 30)) == ["09-30"]


def test_nothing_arises_before_the_first_time() -> None:
    def after(length: Length) -> list[date]:
        found = occurrences(
            CALENDAR, "quarter", day("last_day"), "none", *YEAR, since=date(2026, 1, 15), first_after=length
        )
        return [o.date for o in found]

    assert after(Length(6, "mo")) == [date(2026, 9, 30), date(2026, 12, 31)]
    assert after(Length(1, "y")) == []
    assert occurrences(CALENDAR, "year", day("12-31"), "none", *YEAR, since=date(2026, 1, 1)) != ()


def test_a_year_without_data_is_marked() -> None:
    (found,) = occurrences(CALENDAR, "year", day("8-18"), "next_workday", date(2029, 1, 1), date(2029, 12, 31))
    assert found == Occurrence(date(2029, 8, 18), date(2029, 8, 20), provisional=True)


def test_the_duties_of_the_programs_fall_on_working_days() -> None:
    duties = program("skilled_worker_points").duties
    for duty in duties.values():
        assert duty.every
        assert duty.on
        assert duty.roll
        for found in occurrences(CALENDAR, duty.every, duty.on, duty.roll, *YEAR):
            assert CALENDAR.is_working(found.date)


EVERY = st.sampled_from(["month", "quarter", "half_year", "year"])
ON = st.sampled_from(["first friday", "last monday", "third sunday", "last_day", "1", "15", "29", "31"])
ROLL = st.sampled_from(["none", "skip", "next_workday", "previous_workday", "same_weekday_next_week"])
STARTS = st.dates(date(2022, 3, 1), date(2026, 6, 1))


@given(every=EVERY, on=ON, roll=ROLL, start=STARTS, cut=st.integers(0, 400))
def test_a_span_cut_in_two_has_the_same_occurrences(every: Every, on: str, roll: Roll, start: date, cut: int) -> None:
    middle, end = start + timedelta(days=cut), start + timedelta(days=500)
    whole = occurrences(CALENDAR, every, day(on), roll, start, end)
    first = occurrences(CALENDAR, every, day(on), roll, start, middle)
    rest = occurrences(CALENDAR, every, day(on), roll, middle + timedelta(days=1), end)
    assert first + rest == whole


@pytest.mark.parametrize(("every", "number"), [("month", 12), ("quarter", 4), ("half_year", 2), ("year", 1)])
@given(on=ON, year=st.integers(2022, 2040))
def test_each_period_has_exactly_one_nominal_day(every: Every, number: int, on: str, year: int) -> None:
    found = occurrences(CALENDAR, every, day(on), "none", date(year, 1, 1), date(year, 12, 31))
    assert len(found) == number
    assert len({o.nominal for o in found}) == number
