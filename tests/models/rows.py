"""One right row of every table; a test changes the column it is about. Ids are small and fixed."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import tables

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 2, tzinfo=UTC)
HASH = "a" * 64

RIGHT: dict[str, dict[str, Any]] = {
    "organization": {
        "id": 1, "ref": "o1", "kind": "employer", "name": "甲公司", "name_sort": "jia gong si", "path": "/1/",
        "state": "standing", "created_at": AT,
    },
    "organization_line": {"ancestor_id": 1, "descendant_id": 1, "depth": 0},
    "person": {"id": 1, "ref": "p1", "name": "王芳", "name_sort": "wang fang", "wrapped_key": b"k", "created_at": AT},
    "person_identity": {
        "person_id": 1, "id_type": "resident", "ciphertext": b"c", "blind_index": "b", "blind_key": "k", "mask": "1***",
    },
    "account": {
        "id": 1, "ref": "a1", "login": "wang", "name": "王芳", "state": "active", "password_hash": "h",
        "must_change": False, "session_epoch": 0, "settings": {}, "created_at": AT,
    },
    "organization_fact": {
        "organization_id": 1, "name": "staff", "value": 120, "as_of": date(2026, 10, 1), "source": "社保",
        "recorded_by": 1, "recorded_at": AT,
    },
    "points_entry": {
        "application_id": 1, "no": 1, "item_key": "study", "value": "5", "source": "record",
        "happened_on": date(2026, 10, 1), "recorded_at": AT, "state": "confirmed", "settled_at": AT,
    },
    "training": {
        "id": 1, "ref": "t1", "program_id": 1, "version_id": 1, "session_key": "class", "name": "班", "place": "楼",
        "about": "", "opens_at": AT, "closes_at": AT, "starts_at": AT, "ends_at": LATER, "state": "scheduled",
        "scheduled_by": 1, "scheduled_at": AT,
    },
    "training_seat": {"training_id": 1, "application_id": 1, "state": "signed_up", "asks": {}},
    "organization_proposal": {"organization_id": 1, "proposed_by": 1, "proposed_at": AT, "state": "waiting"},
    "office_holder": {"account_id": 1, "office": "audit", "starts_at": AT},
    "credential_code": {
        "ref": "c1", "purpose": "reset", "digest": HASH, "account_id": 1, "created_at": AT, "expires_at": LATER,
        "attempts": 0, "asked_from": "",
    },
    "web_session": {
        "ref": "w1", "digest": HASH, "account_id": 1, "epoch": 0, "address": "", "agent": "", "created_at": AT,
        "last_seen_at": AT,
    },
    "program": {"id": 1, "ref": "g1", "key": "fe", "name": "认定", "visibility": "public", "created_at": AT},
    "program_version": {
        "id": 1, "program_id": 1, "number": 1, "source": "x", "digest": HASH, "published_at": AT,
    },
    "program_draft": {
        "id": 1, "ref": "pd1", "key": "fe", "name": "认定", "text": "x", "revision": 1, "state": "open",
        "created_at": AT, "created_by": 1, "updated_at": AT, "updated_by": 1,
    },
    "program_draft_change": {
        "draft_id": 1, "revision": 1, "made_at": AT, "made_by": 1, "splices": [], "said": [],
    },
    "program_trial": {
        "ref": "pt1", "draft_id": 1, "revision": 1, "text": "x", "size": 60, "seed": "1", "state": "running",
        "acts": 0, "began_at": AT, "began_by": 1, "next_at": LATER, "leased_by": "here", "fence": 1, "tries": 1,
    },
    "round": {
        "id": 1, "ref": "r1", "program_id": 1, "key": "2026-1", "name": "第一批", "version_id": 1, "state": "open",
        "opens_at": AT, "closes_at": LATER, "settings": {}, "headings": {}, "next_number": 1, "created_at": AT,
    },
    "round_nominator": {
        "round_id": 1, "organization_id": 1, "channel": "employer", "facts": {}, "places": 2, "taken": 0,
        "admitted_at": AT,
    },
    "role_binding": {
        "ref": "b1", "identity": "1", "account_id": 1, "role_key": "intake", "program_id": 1, "round_id": 1,
        "starts_at": AT, "basis": "",
    },
    "substitution": {
        "ref": "s1", "absent_id": 1, "substitute_id": 2, "starts_at": AT, "ends_at": LATER, "basis": "",
    },
    "application": {
        "id": 1, "ref": "x1", "program_id": 1, "round_id": 1, "version_id": 1, "person_id": 1, "filler_id": 1,
        "channel": "self", "track": "pattern", "status": "open", "number": "FE26-1-0001", "receipt": "R-1",
        "stage_key": "formal", "stage_pos": 2, "furthest_pos": 2, "entry_no": 2, "version": 3, "event_seq": 5,
        "answers_rev": 1, "place_taken": False, "created_at": AT, "submitted_at": AT, "legal_hold": False,
    },
    "answers": {
        "application_id": 1, "revision": 1, "version_id": 1, "state": "submitted", "body": {}, "digest": HASH,
        "saves": 1, "saved_at": AT, "submitted_at": AT,
    },
    "stage_entry": {
        "application_id": 1, "entry_no": 1, "round_id": 1, "stage_key": "formal", "position": 1, "kind": "check",
        "entered_at": AT, "provisional": False, "pauses": [], "record": {},
    },
    "verdict": {
        "application_id": 1, "entry_no": 1, "kind": "file", "key": "proof", "answers_rev": 1, "verdict": "ok",
        "comment": "", "given_at": AT,
    },
    "stored_file": {"sha256": HASH, "size": 10, "media_type": "application/pdf", "stored_at": AT},
    "attachment": {
        "ref": "f1", "application_id": 1, "field_key": "proof", "row_no": 0, "position": 0, "purpose": "original",
        "name": "a.pdf", "sha256": HASH, "uploaded_at": AT,
    },
    "sealed_value": {
        "application_id": 1, "revision": 1, "field_key": "id_no", "row_no": 0, "ciphertext": b"c", "key_id": "person",
        "blind_index": "b", "mask": "1***", "retention": "", "created_at": AT,
    },
    "pool": {
        "id": 1, "identity": "1:intake::", "program_id": 1, "round_id": 1, "role_key": "intake", "by_office": False,
    },
    "work_item": {
        "ref": "i1", "application_id": 1, "no": 1, "round_id": 1, "entry_no": 1, "stage_key": "formal", "duty": "act",
        "role_key": "intake", "pool_id": 1, "state": "open", "version": 1, "opened_at": AT, "due_at": LATER,
        "provisional": False, "conflict_bars": True,
    },
    "conflict": {
        "account_id": 1, "application_id": 1, "ground": "same_employer", "source": "computed", "state": "standing",
        "noted_at": AT,
    },
    "declaration": {
        "id": 1, "account_id": 1, "application_id": 1, "stage_key": "practical", "near": False, "declared_at": AT,
        "state": "standing",
    },
    "stream": {"id": 1, "kind": "application", "subject_id": 1, "seq": 0},
    "event": {
        "stream_id": 1, "seq": 1, "version": 1, "kind": "submitted", "actor_kind": "account", "actor_id": 1, "at": AT,
        "body": {}, "mac": HASH,
    },
    "anchor": {"at": AT, "streams": 1, "events": 1, "root": HASH},
    "message": {
        "ref": "m1", "kind": "returned", "recipient_id": 1, "language": "zh", "params": {}, "created_at": AT,
        "visible_at": AT, "state": "waiting",
    },
    "review": {
        "application_id": 1, "item_no": 1, "attempt": 1, "entry_no": 1, "role_key": "examiner", "sheet_key": "pattern",
        "account_id": 1, "total": 8125, "state": "submitted", "submitted_at": AT,
    },
    "review_score": {
        "application_id": 1, "item_no": 1, "attempt": 1, "criterion": "fabric", "points": 8125, "reason": "",
    },
    "review_draft": {
        "application_id": 1, "entry_no": 1, "account_id": 1, "body": {}, "saves": 1, "saved_at": AT,
    },
    "score_result": {
        "application_id": 1, "entry_no": 1, "stage_key": "practical", "sheet_key": "pattern", "total": 8125,
        "is_complete": True, "effect": "pass", "derivation": {}, "scored_at": AT,
    },
    "draw": {
        "id": 1, "ref": "w1", "round_id": 1, "stage_key": "expert", "version_id": 1, "method": "m", "seed": "1",
        "inputs": {}, "inputs_digest": HASH, "drawn_by": 1, "drawn_at": AT,
    },
    "draw_seat": {"draw_id": 1, "application_id": 1, "role_key": "expert", "place": 1, "account_id": 1},
    "meeting": {
        "id": 1, "ref": "me1", "identity": "1:meeting:", "program_id": 1, "round_id": 1, "version_id": 1,
        "stage_key": "meeting", "name": "认定会", "held_at": AT, "place": "", "state": "called", "version": 1,
        "called_by": 1, "called_at": AT,
    },
    "meeting_seat": {"meeting_id": 1, "account_id": 1, "no": 1},
    "agenda_line": {
        "meeting_id": 1, "application_id": 1, "favor": 6, "against": 2, "abstained": 1, "votes": {}, "recused": [],
        "left_out": False, "decision": "", "reason": "", "tie_reason": "",
    },
    "ballot_cast": {"meeting_id": 1, "account_id": 1, "application_id": 1, "cast_at": AT},
    "ballot_box": {"meeting_id": 1, "application_id": 1, "favor": 6, "against": 2, "abstained": 1},
    "meeting_draft": {"meeting_id": 1, "account_id": 1, "body": {}, "saved_at": AT},
    "ballot": {
        "application_id": 1, "no": 1, "meeting_id": 1, "entry_no": 1, "result": "passed", "how": "order", "rank": 1,
        "members": 9, "present": 9,
    },
    "saved_view": {"ref": "v1", "account_id": 1, "name": "制版类", "query": "track=pattern", "created_at": AT},
    "calendar_day": {
        "calendar": "cn", "day": date(2026, 10, 1), "kind": "holiday", "basis": "国办发明电", "revision": 1,
    },
}  # fmt: skip

BEHIND = {
    "account": (), "person": (), "organization": (), "program": (), "stream": (), "stored_file": (), "anchor": (),
    "calendar_day": (),
    "organization_line": ("organization",), "person_identity": ("person",),
    "organization_fact": ("organization", "account"), "organization_proposal": ("organization", "account"),
    "office_holder": ("account",), "credential_code": ("account",), "web_session": ("account",),
    "substitution": ("account",), "message": ("account",), "program_version": ("program",),
    "program_draft": ("account",), "program_draft_change": ("program_draft",),
    "program_trial": ("program_draft",),
    "round": ("program_version",), "round_nominator": ("round", "organization"), "role_binding": ("account", "round"),
    "application": ("round", "person", "account", "organization"), "answers": ("application",),
    "stage_entry": ("application",), "verdict": ("application",), "attachment": ("application", "stored_file"),
    "sealed_value": ("application",), "pool": ("round",), "work_item": ("application", "pool"),
    "review": ("application",), "review_score": ("review",), "review_draft": ("application",),
    "score_result": ("application",), "draw": ("round", "account"), "draw_seat": ("draw", "application"),
    "meeting": ("round", "account"), "meeting_seat": ("meeting",), "agenda_line": ("meeting", "application"),
    "ballot_cast": ("meeting", "application"), "ballot_box": ("meeting", "application"),
    "meeting_draft": ("meeting",), "ballot": ("meeting", "application"),
    "conflict": ("application",), "declaration": ("application",), "saved_view": ("account",),
    "event": ("stream", "account"),
    "points_entry": ("application",), "training": ("program_version", "account"),
    "training_seat": ("training", "application"),
}  # fmt: skip
"""Table -> what must be there before its row."""


def put(session: Session, table: str, **changes: Any) -> None:
    session.execute(insert(tables.Base.metadata.tables[table]), {**RIGHT[table], **changes})


def put_parents(session: Session, table: str) -> None:
    """The right rows that must be there before a row of this table."""
    done: set[str] = set()

    def visit(name: str) -> None:
        for parent in BEHIND[name]:
            if parent in done:
                continue
            visit(parent)
            done.add(parent)
            put(session, parent)
            if parent == "account":
                put(session, "account", id=2, ref="a2", login="li")

    visit(table)
