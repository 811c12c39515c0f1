"""Which records a page is compared with, the rarest in common first."""

from cloneward.match.ranking import MOST_CANDIDATES, rank_records
from cloneward.match.records import index_records
from cloneward.match.sightings import read_page
from cloneward.model.content import Extract, ItemRecord

BIO = "Keeps bees on a roof in Porto and mends old clocks for the neighbours"


def make(number, **fields):
    """A record of someone with a handle of their own."""
    return ItemRecord(id=f"r{number:03}", kind="profile", fields={"handle": f"handle{number:03}x", **fields})


def rank(text, records):
    """The ids of the records that are near a page, the nearest first."""
    return [item for _, item in rank_records(read_page(Extract(text=text), ""), index_records(records))]


def test_the_rarest_in_common_comes_first():
    """Who has a whole bio on the page comes before those who only share a town with it."""
    others = [make(at, location="Porto") for at in range(1, 40)]
    ranked = rank(f"handle000x\n{BIO}\nPorto", [make(0, bio=BIO, location="Porto"), *others])
    assert ranked[0] == "r000"


def test_no_more_are_given_than_are_compared():
    """Of many that are listed on a page by their handles no more than the most are given, best first."""
    records = [make(at) for at in range(200)]
    listed = "\n".join(f"handle{at:03}x" for at in range(200))
    assert len(rank(listed, records)) <= 2 * MOST_CANDIDATES
    sums = [nats for nats, _ in rank_records(read_page(Extract(text=listed), ""), index_records(records))]
    assert sums == sorted(sums, reverse=True)


def test_nothing_in_common_gives_nothing():
    """A page without any value of ours, and an empty page, have no candidates."""
    records = [make(at, bio=BIO) for at in range(3)]
    assert rank("quite other words about nothing in particular", records) == []
    assert rank("", records) == []
