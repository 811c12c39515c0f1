"""Items of the same text are one, and none of them is lost."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cloneward.store.workspace import Workspace
from cloneward.store.writer import Added
from tests.store.entries import JumpingClock, make_entry

TEXT = "words that stand at several addresses"
PLACES = [f"https://example.org/{number}" for number in range(10)]


def page(number, rank="1", text=TEXT):
    """A page of the owner's, at an address of its own."""
    return replace(make_entry(number, text, body=f"<p>{text}</p>{number}"), rank=rank)


def add(store, *entries):
    """Add entries as an import of its own."""
    return store.add(store.begin_import("pages"), entries)


def listed(store):
    """What is listed: ids with their further addresses."""
    return {item.id: places for item, places in store.placed_items()}


def test_the_first_in_rank_stands_for_all(store):
    """Of pages with one text the first in rank is listed, with the addresses of the others, in whatever order."""
    assert add(store, page(3, "2"), page(1, "1"), page(2, "2")) == Added(new=("i00003",), folded=2)
    assert listed(store) == {"i00001": (PLACES[2], PLACES[3])}
    assert (store.count(), [item.id for item in store.items()]) == (1, ["i00001"])
    assert add(store, page(0, "0")) == Added(folded=1)
    assert listed(store) == {"i00000": (PLACES[1], PLACES[2], PLACES[3])}


def test_again_changes_nothing(store):
    """The same pages again are unchanged, and what stands for them stays."""
    add(store, page(1), page(2))
    before = listed(store)
    assert add(store, page(2), page(1)) == Added(unchanged=2)
    assert listed(store) == before


def test_all_ids_find_the_one_that_stands(store):
    """Whoever asks for one of the others by its id, or the beginning of one, gets the item that stands for it."""
    add(store, page(1), page(2), page(3, text="other words"))
    assert store.get("i00002") == store.find("i00002") == store.get("i00001")
    assert store.get("i00002").url == PLACES[1]
    assert store.known([PLACES[2]])[PLACES[2]].id == "i00002"


def test_a_page_that_changes_stands_for_itself(store):
    """When one of them changes, be it the one that stands or not, each text is there, under its own addresses."""
    add(store, page(1), page(2), page(3))
    assert add(store, page(1, text="quite other words")) == Added(changed=("i00001",))
    assert listed(store) == {"i00001": (), "i00002": (PLACES[3],)}
    assert store.text(store.get("i00003")) == TEXT
    assert add(store, page(3, text="and others still")) == Added(changed=("i00003",))
    assert listed(store) == {"i00001": (), "i00002": (), "i00003": ()}
    assert add(store, page(3), page(1)) == Added(folded=2)
    assert listed(store) == {"i00001": (PLACES[2], PLACES[3])}


def test_removed_at_all_addresses(store):
    """Removing an item removes it at all its addresses; a page that comes back stands for itself."""
    add(store, page(1), page(2))
    store.remove("i00001")
    assert (listed(store), store.known(PLACES)) == ({}, {})
    assert all(store.history(item)[-1].until for item in ("i00001", "i00002"))
    assert add(store, page(2)) == Added(changed=("i00002",))
    assert listed(store) == {"i00002": ()}


def test_priority_is_that_of_the_first_address(store, clock):
    """A text counts from when it was first sealed at any of its addresses, and not from what stood there before."""
    add(store, page(3, text="earlier words of another page"))
    clock.sleep(60)
    add(store, page(2, "2"))
    sealed = store.since("i00002")
    clock.sleep(60)
    add(store, page(1, "1"), page(3, "2"))
    assert list(listed(store)) == ["i00001"]
    assert store.since("i00001") == sealed


def test_what_has_no_rank_stands_alone(store):
    """Records of one text stay apart: each is somebody's, and has its owner's id."""
    assert add(store, page(1, None), page(2, None)) == Added(new=("i00001", "i00002"))
    assert listed(store) == {"i00001": (), "i00002": ()}
    add(store, page(1, "1"), page(2, "2"))
    assert list(listed(store)) == ["i00001"]
    add(store, page(2, None))
    assert list(listed(store)) == ["i00001", "i00002"]


def test_text_without_an_address(store):
    """Two files of one text are one item, which tells both; the second is counted as folded the first time alone."""
    first, second = (
        replace(make_entry(1, TEXT, body=f"{number}", url=None), address=f"file:///{number}", rank="9")
        for number in (1, 2)
    )
    assert add(store, first, second) == Added(new=("i00001",), folded=1)
    assert add(store, second, first) == Added(unchanged=2)
    assert listed(store) == {"i00001": ("file:///1", "file:///2")}
    known = store.known(["file:///1"])
    assert known["file:///1"].is_shared


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from("ab"), st.booleans()), max_size=12))
def test_what_stands_is_told_by_the_texts_alone(tmp_path_factory, steps):
    """After any additions, changes and removals each text that stands has one item, at all addresses that show it."""
    workspace = Workspace.create(tmp_path_factory.mktemp("w"), "https://example.org/", {})
    shown = {}
    with workspace.writer(JumpingClock()) as store:
        for number, text, is_removed in steps:
            if is_removed and number in shown:
                shown = {other: held for other, held in shown.items() if held != shown[number]}
                store.remove(store.get(f"i{number:05d}").id)
            else:
                shown[number] = text
                add(store, page(number, str(number), f"text {text}"))
        wanted = {}
        for number in sorted(shown):
            wanted.setdefault(shown[number], []).append(number)
        assert listed(store) == {
            f"i{first:05d}": tuple(PLACES[other] for other in others) for first, *others in wanted.values()
        }
        assert {store.text(item) for item in store.items()} == {f"text {text}" for text in wanted}
