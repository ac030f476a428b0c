"""A round a month: its closing day, its name, and which rounds the clock passes over."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.domain.programs import program
from workflow.domain import months, quotas
from workflow.domain.calendar import end_of, official
from workflow.domain.dryrun.cases import Maker
from workflow.domain.months import Rhythm
from workflow.domain.program.schema import ChannelQuota
from workflow.domain.rulebook import Rulebook

ON_25 = Rhythm(25, "previous_workday")


def _closing(year: int, month: int, rhythm: Rhythm = ON_25) -> str:
    return months.month(official(), rhythm, date(year, month, 1)).closing.date.isoformat()


def test_the_closing_day_rolls_in_the_official_calendar() -> None:
    assert _closing(2026, 9) == "2026-09-24"  # the 25th is Mid-Autumn
    assert _closing(2026, 7) == "2026-07-24"  # a Saturday
    assert _closing(2026, 11) == "2026-11-25"
    assert _closing(2026, 7, Rhythm(25, "next_workday")) == "2026-07-27"
    assert _closing(2026, 2, Rhythm(31, "none")) == "2026-02-28"
    assert _closing(2026, 11, Rhythm(29, "none")) == "2026-11-29"
    assert _closing(2026, 7, Rhythm(25, "skip")) == "2026-07-25"  # no month goes without a round


def test_a_year_without_official_days_is_provisional_and_no_error() -> None:
    ahead = months.months(official(), ON_25, date(2026, 11, 1))
    assert [each.key for each in ahead][:3] == ["2026-11", "2026-12", "2027-01"]
    assert len(ahead) == 12
    assert [each.closing.provisional for each in ahead] == [False, False, *[True] * 10]
    assert months.month(official(), ON_25, date(2095, 1, 1)).closing.provisional


def test_the_dry_run_closes_its_rounds_on_the_same_days() -> None:
    definition = program("dayun_yingcai")
    for day in (date(2026, 7, 3), date(2026, 9, 10), date(2026, 11, 20), date(2027, 4, 12)):
        now = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        made = Maker(Rulebook(definition, 1, official()), 3, "seed", now).round_of(definition.channels["direct"])
        assert made.closes_at is not None
        meant = months.month_closing(official(), ON_25, made.closes_at)
        assert meant.closes_at == made.closes_at


def test_what_opened_by_hand_belongs_to_the_month_that_it_closes_nearest_to() -> None:
    def month(day: date) -> str:
        return months.month_closing(official(), ON_25, end_of(day)).key

    assert month(date(2026, 11, 25)) == "2026-11"
    assert month(date(2026, 12, 2)) == "2026-11"
    assert month(date(2026, 12, 20)) == "2026-12"


def test_rounds_that_would_close_before_anybody_could_apply_are_passed_over() -> None:
    found, passed = months.next_open(official(), ON_25, date(2026, 7, 1), date(2026, 8, 1))
    assert (found.key, passed) == ("2026-08", ())
    found, passed = months.next_open(official(), ON_25, date(2026, 7, 1), date(2026, 10, 23))
    assert (found.key, [each.key for each in passed]) == ("2026-11", ["2026-08", "2026-09", "2026-10"])


def test_a_round_takes_what_closes_or_what_stays_open() -> None:
    mixed, batch = program("dayun_yingcai"), program("fashion_engineer")
    closes = datetime(2026, 11, 25, 16, tzinfo=UTC)
    assert months.taken(mixed, closes) == {"direct"}
    assert months.taken(mixed, None) == {"regular"}
    assert months.taken(batch, closes) == set(batch.channels)
    assert set(months.narrowed(mixed, closes).channels) == {"direct"}
    assert months.narrowed(batch, closes) is batch


def test_places_of_a_month_count_with_the_round_of_a_month() -> None:
    late = datetime(2026, 11, 27, 2, tzinfo=UTC)  # in December's round already
    direct = program("dayun_yingcai").channels["direct"]
    monthly = ChannelQuota(places=Decimal(5), per="month")
    assert quotas.period_of(direct, monthly, 12, late) == "round:12"
    assert quotas.period_of(program("dayun_yingcai").channels["regular"], monthly, 12, late) == "2026-11"
    assert quotas.period_of(direct, ChannelQuota(places=Decimal(5), per="year"), 12, late) == "2026"
