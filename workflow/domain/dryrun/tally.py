"""What a dry run counts while it plays: entries, work, messages, offers, refusals."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from workflow.domain import notices
from workflow.domain.application import Application, Outcome
from workflow.domain.errors import Reason
from workflow.domain.program.schema import Definition

FIRST_DAYS = timedelta(days=14)


@dataclass
class Tally:
    """`since`: when the run began. `digest` grows with every fact, so that two runs can be compared by one word."""

    definition: Definition
    since: datetime
    acts: int = 0
    entered: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    days: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    items: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    offered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    done: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    judged: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    holderless: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: dict[int, tuple[str, tuple[Reason, ...]]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    _hash: Any = field(default_factory=hashlib.sha256)

    def count(self, before: Application, after: Application, outcome: Outcome, act: str, item: int | None) -> None:
        self.acts += 1
        stage = before.state.stage
        worked = before.state.item(item) if item is not None else None
        self.done[worked.stage if worked is not None else stage or ""].add(act)
        known = len(before.state.items)
        self.items.update(each.role for each in after.state.items[known:])
        for event in outcome.events:
            self.kinds[event.kind] += 1
            if event.actor_id is not None:
                self.answered[event.actor_id] += 1
            if event.kind == "stage_entered":
                self.entered[event.body["stage"]] += 1
            elif event.kind == "submitted":
                for key, result in (event.body.get("precheck") or {}).items():
                    self.judged[key][result] += 1
            if event.at - self.since <= FIRST_DAYS:
                for telling in notices.owed(self.definition, after, event):
                    self.messages[telling.kind] += len(telling.to)
            self._hash.update(f"{after.id}|{event.kind}|{event.at.isoformat()}|{_spelled(event.body)}\n".encode())
        for entry in after.state.entries:
            if entry.left_at is not None and entry.no > len(before.state.entries) - 1 and entry.effect != "skipped":
                self._left(before, entry)

    def _left(self, before: Application, entry: Any) -> None:
        was = next((each for each in before.state.entries if each.no == entry.no), None)
        if was is not None and was.left_at is None:
            self.days[entry.stage].append((entry.left_at - entry.entered_at).days)
            if entry.effect != "refuse":
                self.passed[entry.stage] += 1

    @property
    def digest(self) -> str:
        return str(self._hash.hexdigest())


def _spelled(body: Mapping[str, Any]) -> str:
    return repr(sorted(body.items(), key=lambda each: each[0]))
