"""Tests of the tables."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from cloneward.store.tables import EPOCH, Codes, UtcTime, metadata

moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7, minutes=30))]))


@given(moments)
def test_moment_returns_to_the_millisecond(moment):
    """A moment of any time zone comes back in UTC, less what is below a millisecond."""
    kept = UtcTime()
    number = kept.process_bind_param(moment, sqlite.dialect())
    lost = moment - kept.process_result_value(number, sqlite.dialect())
    assert timedelta(0) <= lost < timedelta(milliseconds=1)


def test_moment_is_milliseconds_since_1970():
    """What lies in the database is a whole number that any other program can read."""
    moment = datetime(2001, 9, 9, 1, 46, 40, 123999, tzinfo=UTC)
    assert UtcTime().process_bind_param(moment, sqlite.dialect()) == 1_000_000_000_123
    assert UtcTime().process_bind_param(None, sqlite.dialect()) is None
    assert UtcTime().process_result_value(0, sqlite.dialect()) == EPOCH
    assert UtcTime().process_result_value(None, sqlite.dialect()) is None


def test_moment_without_zone_is_refused():
    """A moment that does not say its time zone is a mistake, never taken for UTC."""
    naive = datetime(2026, 3, 1)  # noqa: DTZ001  that is what is tested
    with pytest.raises(TypeError):
        UtcTime().process_bind_param(naive, sqlite.dialect())


@given(st.lists(st.text("0123456789abcdef", min_size=32, max_size=32)).map(tuple))
def test_codes_return(codes):
    """Codes come back as they were, and none are no text at all."""
    kept = Codes().process_bind_param(codes, sqlite.dialect())
    assert Codes().process_result_value(kept, sqlite.dialect()) == codes
    assert (kept is None) == (codes == ())


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_tables_suit_both_databases(table):
    """SQLite and PostgreSQL both have words for every table, and every constraint has a name."""
    for dialect in (sqlite.dialect(), postgresql.dialect()):
        assert f"CONSTRAINT pk_{table.name}" in str(CreateTable(table).compile(dialect=dialect))
    assert all(constraint.name for constraint in table.constraints)
    assert all(index.name for index in table.indexes)
    assert table.comment
