"""The fields of a record for a reader: what is ours, what the page says, and how they agree.

Values are masked unless people are to be shown: numbers stay, of a text no more than its first letter and its length.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cloneward.judge import wording
from cloneward.judge.passages import fit_range
from cloneward.model.content import ItemRecord
from cloneward.model.finding import FieldMatch, Match

ROWS: Final = 40
"""Fields of one record that are listed."""

_MOST_DIGITS = 7  # of a number that is shown: a longer one may be that of a telephone
_NOT_AT_HAND = "not at hand"


@dataclass(frozen=True, kw_only=True)
class FieldView:
    """One field: where it stands in our record, what both say, and how they agree."""

    name: str
    theirs: str
    ours: str
    agreement: str


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """A record that a page shows: `version` says as of when it is ours."""

    fields: tuple[FieldView, ...]
    left_out: int
    version: str
    is_masked: bool


def view_record(match: Match, page_text: str | None, record: ItemRecord | None, *, is_masked: bool) -> RecordView:
    """Prepare the table of one match; what is missing is said to be not at hand.

    Args:
        match: of kind record.
        page_text: which the fields' offsets count in.
        record: ours, with the version that the match names.
        is_masked: whether values may name nobody.
    """
    fields = _find_fields(record, match.version) if record else {}
    rows = [_view_field(field, page_text or "", fields, is_masked=is_masked) for field in match.fields[:ROWS]]
    since = wording.read_time(match.version)
    return RecordView(
        fields=tuple(rows),
        left_out=max(len(match.fields) - ROWS, 0),
        version=f"as our record was from {since} on" if since else "as our record is, or which version is not known",
        is_masked=is_masked,
    )


def _find_fields(record: ItemRecord, version: str | None) -> Mapping[str, Any]:
    """Give the fields of a version; none where the record does not hold it."""
    if version is None:
        return record.fields or {}
    return next((each.fields for each in record.versions if each.since == version and each.fields), {})


def _view_field(field: FieldMatch, text: str, fields: Mapping[str, Any], *, is_masked: bool) -> FieldView:
    place = fit_range(text, field.target)
    theirs = text[place[0] : place[1]] if place else None
    ours = _find_value(fields, field.name.split("."))
    is_number = isinstance(ours, int | float) and not isinstance(ours, bool)
    hides = is_masked and not (is_number and len(str(ours)) <= _MOST_DIGITS)
    return FieldView(
        name=wording.shorten(field.name, 100),
        theirs=_print_value(theirs, hides=hides),
        ours=_print_value(None if ours is None else f"{ours:,}" if is_number else str(ours), hides=hides),
        agreement=wording.AGREEMENTS[field.agreement],
    )


def _find_value(fields: Any, path: Sequence[str]) -> Any:  # noqa: ANN401  as imported
    """Give what stands at a path; none where nothing does."""
    value = fields
    for name in path:
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list | tuple) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _print_value(text: str | None, *, hides: bool) -> str:
    if text is None:
        return _NOT_AT_HAND
    return wording.mask_value(text) if hides else wording.shorten(text)
