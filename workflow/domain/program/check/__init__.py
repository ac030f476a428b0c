"""What no shape can say: that the parts of a program fit each other and that it can be played to its end."""

from collections.abc import Callable, Mapping

from workflow.domain.program.check import (
    expressions,
    fields,
    intakes,
    judging,
    messages,
    money,
    people,
    places,
    routes,
    scoring,
    stages,
    time,
)
from workflow.domain.program.check.desk import Desk
from workflow.domain.program.check.opening import Opening, opening_problems
from workflow.domain.program.problems import Problem
from workflow.domain.program.schema import Definition
from workflow.domain.program.source import Source

CHECKS: tuple[Callable[[Desk], None], ...] = (
    people.runs_the_program,
    people.roles_exist,
    people.reserved_roles,
    people.idle_roles,
    people.holders_can_be_found,
    people.holders_are_surely_found,
    people.enough_signers,
    people.nominators_stand_behind_their_channels,
    people.confirmation_may_wait_only_where_data_came_first,
    intakes.rounds_of_a_month_close_together,
    intakes.found_people_are_entered_by_the_office,
    intakes.found_people_can_be_known,
    intakes.found_people_need_no_more_than_data,
    intakes.late_confirmation_has_its_award,
    people.applicants_without_account,
    people.other_programs_exist,
    routes.routes_lead_somewhere,
    routes.routes_pass_known_stages_once,
    routes.stages_no_route_passes,
    routes.somebody_decides_before_the_award,
    routes.somebody_acts_after_a_notice,
    routes.competition_is_made_public,
    routes.follow_ups_come_after_the_award,
    routes.work_is_sent_back_to_an_earlier_stage,
    stages.words_label_what_may_be_done,
    stages.refusals_have_a_use_for_their_reasons,
    stages.a_case_can_get_through,
    stages.returned_work_has_a_round,
    stages.silence_decides_nothing,
    stages.lists_are_signed_without_looking_at_each_file,
    stages.verified_fields_and_rules_exist,
    stages.samples_have_a_nominator,
    stages.departments_are_several,
    stages.rankings_have_something_to_rank_by,
    stages.notices_show_what_may_be_shown,
    stages.tasks_can_all_be_done,
    stages.places_match_known_fields,
    stages.pairs_that_exclude_each_other_exist,
    stages.benefits_of_awards_exist,
    fields.fields_are_declared_once,
    fields.keys_are_plain_words,
    fields.keys_are_not_words_of_the_rules,
    fields.personal_fields_have_a_purpose,
    fields.secret_files_have_a_class,
    fields.the_person_is_told_and_consents,
    fields.declared_relations_are_read,
    fields.people_can_be_told_apart,
    fields.filters_are_public_enough,
    fields.numbers_have_room,
    fields.options_are_different,
    fields.fields_filled_by_others_name_them,
    judging.rules_have_one_answer,
    judging.rules_name_their_clause,
    judging.rules_apply_to_known_channels_and_tracks,
    judging.settled_rules_are_answered_on_every_route,
    judging.rules_are_judged_by_somebody,
    judging.rules_are_judged_as_of_a_day_that_exists,
    scoring.levels_cover_every_mark_once,
    scoring.explained_levels_exist,
    scoring.weights_add_up,
    scoring.rubrics_describe_every_level,
    scoring.numbers_have_a_full_mark,
    scoring.computed_criteria_have_a_value,
    scoring.sheets_belong_to_known_tracks,
    scoring.criteria_are_asked_at_score_stages,
    scoring.each_stage_has_one_sheet,
    scoring.criteria_are_rated_by_those_who_use_the_sheet,
    scoring.panels_are_large_enough,
    scoring.panels_do_not_tie,
    scoring.blind_raters_see_a_copy,
    scoring.blind_stages_take_no_table,
    scoring.rated_duties_ask_every_rater,
    places.quotas_belong_to_somebody,
    places.the_total_is_drawn_by_a_meeting,
    places.totals_of_rolling_channels_have_a_period,
    places.floors_fit_under_the_total,
    places.there_are_places,
    places.counted_fields_fit,
    time.duties_say_when,
    time.days_exist_in_their_period,
    time.duties_arise,
    time.reruns_are_checks,
    time.what_expires_has_a_validity,
    time.duties_fall_before_their_follow_up_ends,
    money.instalments_add_up,
    money.instalments_wait_for_something_that_happens,
    money.money_has_an_account_to_go_to,
    money.points_from_sessions_have_a_session,
    money.tiers_rise,
    messages.messages_belong_to_events,
    messages.certificates_have_a_number,
    expressions.expressions_are_sound,
)


def check(definition: Definition, source: Source, others: Mapping[str, frozenset[str]] | None = None) -> list[Problem]:
    """`others`: the programs known besides this one, with their tracks; None when nobody said which there are."""
    desk = Desk(definition, source, others)
    for one_check in CHECKS:
        one_check(desk)
    return desk.problems


__all__ = ["CHECKS", "Opening", "check", "opening_problems"]
