"""Times as others write them, to UTC."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_tz

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Numbers from here on are milliseconds: as seconds they would lie after the year 5138, as milliseconds in 1973.
_FIRST_MS = 1e11
_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d)(?::?(\d\d))?)", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LONGEST = 64


def parse_moment(value: object) -> str | None:
    """Give a time as RFC 3339 in UTC with milliseconds, and a day as that day; none where it cannot be read.

    Args:
        value: seconds or milliseconds since 1970, RFC 3339, or a date or datetime (UTC where it has no zone). A text
            without a zone is not read: it could be any of 26 hours.
    """
    try:
        return _parse(value)
    except (ValueError, OverflowError):
        return None


def parse_mail_date(text: str) -> str | None:
    """Give the time of a date as mail and RSS write it (RFC 5322), as `parse_moment` does."""
    if len(text) > _LONGEST or not (parts := parsedate_tz(text)):
        return None
    try:
        moment = datetime(*parts[:6], tzinfo=UTC) - timedelta(seconds=parts[9] or 0)
    except (ValueError, OverflowError):
        return None
    return _write(moment)


def _parse(value: object) -> str | None:
    if isinstance(value, datetime):
        return _write(value.replace(tzinfo=value.tzinfo or UTC))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _write(_EPOCH + timedelta(milliseconds=value if abs(value) >= _FIRST_MS else value * 1000))
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    return _parse_text(value.strip())


def _parse_text(text: str) -> str | None:
    if _DAY.fullmatch(text):
        return date.fromisoformat(text).isoformat()
    found = _RFC_3339.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    fraction_us = int((found[7] or "0")[:6].ljust(6, "0"))
    # a leap second counts as the one before it
    moment = datetime(year, month, day, hour, minute, min(second, 59), fraction_us, tzinfo=UTC)
    offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    return _write(moment + offset if found[9] == "-" else moment - offset)


def _write(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
