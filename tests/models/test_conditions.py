"""Wrong rows, one per named condition: the database itself refuses each, on both databases."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from models.base import writing
from tests.models.rows import AT, LATER, RIGHT, put, put_parents

WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("meeting", "ck_meeting_state_known", {"state": "held", "closed_at": AT}),
    ("meeting", "ck_meeting_closed_has_time", {"state": "final"}),
    ("meeting", "ck_meeting_version_counts", {"version": 0}),
    ("points_entry", "ck_points_entry_source_known", {"source": "gift"}),
    ("points_entry", "ck_points_entry_state_known", {"state": "lost"}),
    ("points_entry", "ck_points_entry_settled_has_time", {"settled_at": None}),
    ("points_entry", "ck_points_entry_numbered_from_one", {"corrects": 1}),
    ("training", "ck_training_state_known", {"state": "held", "closed_at": LATER}),
    ("training", "ck_training_closed_has_time", {"state": "closed"}),
    ("training", "ck_training_times_follow", {"opens_at": LATER}),
    ("training", "ck_training_seats_count", {"seats": 0}),
    ("training_seat", "ck_training_seat_state_known", {"state": "late"}),
    ("training_seat", "ck_training_seat_mark_known", {"mark": "late"}),
    ("agenda_line", "ck_agenda_line_decision_known", {"decision": "return"}),
    ("agenda_line", "ck_agenda_line_tally_whole", {"favor": None}),
    ("agenda_line", "ck_agenda_line_tally_counts", {"against": -1}),
    ("ballot", "ck_ballot_result_known", {"result": "graded"}),
    ("ballot", "ck_ballot_alternate_is_numbered", {"result": "alternate"}),
    ("review", "ck_review_state_known", {"state": "draft"}),
    ("review", "ck_review_total_in_range", {"total": 10001}),
    ("review", "ck_review_numbered_from_one", {"attempt": 0}),
    ("review_score", "ck_review_score_points_or_veto", {"points": None}),
    ("review_score", "ck_review_score_not_negative", {"points": -1}),
    ("review_draft", "ck_review_draft_saves_count", {"saves": 0}),
    ("score_result", "ck_score_result_effect_known", {"effect": "return"}),
    ("score_result", "ck_score_result_total_in_range", {"total": -1}),
    ("draw", "ck_draw_digest_shape", {"inputs_digest": "abc"}),
    ("draw_seat", "ck_draw_seat_numbered_from_one", {"place": 0}),
    ("organization", "ck_organization_kind_known", {"kind": "company"}),
    ("organization", "ck_organization_path_shape", {"path": "1/12"}),
    ("organization", "ck_organization_credit_code_shape", {"credit_code": "9111"}),
    ("organization", "ck_organization_closed_has_time", {"state": "closed"}),
    ("organization_line", "ck_organization_line_depth_zero_is_itself", {"depth": 1}),
    ("organization_fact", "ck_organization_fact_source_named", {"source": ""}),
    ("organization_fact", "ck_organization_fact_not_negative", {"value": -1}),
    ("organization_proposal", "ck_organization_proposal_decided_has_who_and_when", {"state": "approved"}),
    (
        "organization_proposal",
        "ck_organization_proposal_refused_has_reason",
        {"state": "refused", "decided_by": 1, "decided_at": AT, "reason": ""},
    ),
    ("person", "ck_person_erased_has_no_key", {"erased_at": AT}),
    ("person", "ck_person_erased_has_no_contact", {"erased_at": AT, "wrapped_key": None, "phone": "13800000000"}),
    ("account", "ck_account_active_has_password", {"password_hash": None}),
    ("account", "ck_account_invited_has_no_password", {"state": "invited"}),
    ("account", "ck_account_login_lower", {"login": "Wang"}),
    ("account", "ck_account_can_be_addressed", {"login": None}),
    ("office_holder", "ck_office_holder_office_known", {"office": "king"}),
    ("credential_code", "ck_credential_code_for_somebody", {"account_id": None}),
    ("credential_code", "ck_credential_code_expires_later", {"expires_at": AT}),
    ("web_session", "ck_web_session_ended_says_why", {"ended_at": AT}),
    ("role_binding", "ck_role_binding_ends_after_start", {"starts_at": LATER, "ends_at": AT}),
    ("role_binding", "ck_role_binding_role_names_program", {"round_id": None, "program_id": None}),
    (
        "role_binding",
        "ck_role_binding_administrator_names_organization",
        {"role_key": "administrator", "program_id": None, "round_id": None},
    ),
    ("substitution", "ck_substitution_not_oneself", {"substitute_id": 1}),
    ("program_version", "ck_program_version_digest_shape", {"digest": "abc"}),
    ("program_draft", "ck_program_draft_review_was_asked", {"state": "in_review"}),
    ("program_trial", "ck_program_trial_owed_has_moment", {"next_at": None}),
    ("program_trial", "ck_program_trial_leased_has_owner", {"leased_by": None}),
    ("program_trial", "ck_program_trial_counts", {"settled": -1}),
    ("program_draft", "ck_program_draft_published_has_version", {"state": "published"}),
    ("round", "ck_round_closes_after_opening", {"closes_at": AT}),
    ("round", "ck_round_closed_has_time", {"state": "closed"}),
    ("round_nominator", "ck_round_nominator_within_places", {"taken": 3}),
    ("application", "ck_application_one_subject", {"subject_organization_id": 1}),
    ("application", "ck_application_numbered_has_subject", {"person_id": None}),
    (
        "application",
        "ck_application_unsubmitted_has_no_number",
        {"status": "draft", "stage_key": None, "stage_pos": None, "entry_no": None},
    ),
    ("application", "ck_application_submitted_has_number", {"number": None, "submitted_at": None}),
    ("application", "ck_application_running_has_stage", {"stage_key": None, "stage_pos": None}),
    ("application", "ck_application_stageless", {"status": "refused", "closed_at": AT}),
    ("application", "ck_application_closed_has_time", {"closed_at": AT}),
    ("application", "ck_application_furthest_position", {"furthest_pos": 1}),
    ("answers", "ck_answers_submitted_has_digest", {"digest": None}),
    ("stage_entry", "ck_stage_entry_left_has_effect", {"left_at": LATER}),
    ("verdict", "ck_verdict_flag_has_comment", {"verdict": "flag"}),
    ("stored_file", "ck_stored_file_not_empty", {"size": 0}),
    ("attachment", "ck_attachment_purpose_known", {"purpose": "other"}),
    ("sealed_value", "ck_sealed_value_destroyed_has_no_text", {"destroyed_at": AT, "blind_index": None}),
    ("work_item", "ck_work_item_somebody_owes_it", {"pool_id": None}),
    ("work_item", "ck_work_item_closed_has_time", {"state": "cancelled"}),
    ("work_item", "ck_work_item_done_has_result", {"state": "done", "closed_at": AT}),
    ("conflict", "ck_conflict_lifted_has_time", {"state": "lifted"}),
    ("stream", "ck_stream_head", {"seq": 3}),
    ("event", "ck_event_account_is_named", {"actor_id": None}),
    ("event", "ck_event_mac_shape", {"mac": "short"}),
    ("message", "ck_message_has_recipient", {"recipient_id": None}),
    ("calendar_day", "ck_calendar_day_kind_known", {"kind": "rest"}),
]

TWICE: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("organization", "credit_code", {"credit_code": "91110000600037341L"}, {"id": 2, "ref": "o2", "path": "/2/"}),
    ("person_identity", "blind", {}, {"person_id": 2}),
    ("office_holder", "account_id", {}, {"office": "programs"}),
    ("role_binding", "identity", {}, {"ref": "b2"}),
    ("answers", "application_id", {"state": "draft", "digest": None, "submitted_at": None}, {"revision": 2}),
    ("stage_entry", "application_id", {}, {"entry_no": 2}),
    ("attachment", "application_id", {}, {"ref": "f2"}),
    ("work_item", "application_id", {}, {"ref": "i2"}),
    ("round", "program_id", {}, {"id": 2, "ref": "r2"}),
    ("application", "unique_slot", {"unique_slot": "r:1:p:1"}, {"id": 2, "ref": "x2", "number": "n2", "receipt": "q2"}),
]


@pytest.mark.parametrize(("table", "condition", "changes"), WRONG, ids=[name for _, name, _ in WRONG])
def test_wrong_row_is_refused_by_its_condition(
    database: str, table: str, condition: str, changes: dict[str, Any]
) -> None:
    with writing() as session:
        put_parents(session, table)
    with pytest.raises(IntegrityError, match=condition), writing() as session:
        put(session, table, **changes)
    with writing() as session:
        put(session, table)  # the same row without the fault goes in


@pytest.mark.parametrize(("table", "column", "both", "second"), TWICE, ids=[f"{t}-{c}" for t, c, _, _ in TWICE])
def test_second_row_of_its_kind_is_refused(
    database: str, table: str, column: str, both: dict[str, Any], second: dict[str, Any]
) -> None:
    with writing() as session:
        put_parents(session, table)
        if table == "person_identity":
            put(session, "person", id=2, ref="p2")
        put(session, table, **both)
    with pytest.raises(IntegrityError, match=f"(?i)unique.*{column}|duplicate"), writing() as session:
        put(session, table, **{**both, **second})


@pytest.mark.parametrize("table", ["round", "event"])
def test_naive_time_is_refused(database: str, table: str) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the fault under test
    column = "opens_at" if table == "round" else "at"
    with writing() as session:
        put_parents(session, table)
    with pytest.raises(StatementError, match="time zone"), writing() as session:
        put(session, table, **{column: naive})


def test_missing_parent_is_refused(database: str) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), writing() as session:
        put(session, "round")


def test_every_right_row_goes_in(database: str) -> None:
    for table in RIGHT:
        assert _fits(table), table


def _fits(table: str) -> bool:
    """Whether the right row can be written, undone afterwards."""

    class Undo(Exception):
        pass

    def attempt(session: Session) -> None:
        put_parents(session, table)
        put(session, table)
        raise Undo

    try:
        with writing() as session:
            attempt(session)
    except Undo:
        return True
    return False
