"""The registry of stage kinds. A new kind is one file beside this one and one name in `transitions.STAGE_KINDS`."""

from workflow.domain.stages.base import Kind

_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _KINDS[kind.key] = kind
    return kind


def of(key: str) -> Kind:
    """The kind's rooms. A kind whose acts are not built yet is entered and owed to its holders, but offers no act."""
    return _KINDS.get(key) or Kind(key)


def alive() -> frozenset[str]:
    return frozenset(_KINDS)
