"""The items that targets are compared with, wherever they come from: a workspace, or a folder given on the spot."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from cloneward.archive.media import read_reference
from cloneward.archive.sources import read_originals
from cloneward.errors import InputError
from cloneward.fingerprint.winnow import TextPrint, fingerprint
from cloneward.judge.priority import Dates
from cloneward.match.find import Indexes
from cloneward.match.index import Index
from cloneward.match.records import index_records
from cloneward.match.support import PLAIN, Look
from cloneward.model.content import Extract, Grant, Item, ItemRecord, Media, Owner, Problem, Registered
from cloneward.model.ids import digest_text
from cloneward.protect.records import Intake
from cloneward.protect.register import join_languages, locate_pages, register_pages
from cloneward.settings import Partner, Settings
from cloneward.store.items import ItemStore
from cloneward.url import host_of, registered_domain
from cloneward.workflows.gallery import Gallery, build_gallery, open_gallery
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.looks import NO_FILES, Bodies, Files, look_stored, open_source, read_background, read_files
from cloneward.workflows.originals import read_original
from cloneward.workflows.reindex import build_indexes, open_indexes, open_records

# Texts whose tokens are kept at hand: a clone shows the same items on page after page.
_KEPT = 512


@dataclass
class Library:
    """Items with their texts, an index over them, and whose they are.

    `find_id` gives the id of the one item that is meant by the beginning of an id, or by any of its addresses.
    `read_since` gives when an item was first sealed in our records; none where there are no records. `look` gives how
    an item looks; `aside`, what many sites look like. `read_original` gives the page of an item that may quote others.
    `fetch` is told which items will be asked for next. `gallery`: the pictures of items. `records`: an index of those
    that have fields, which `read_records` gives. `count_media`: how many pictures and videos an item has.
    """

    items: Mapping[str, Item]
    index: Indexes
    owner: Owner
    read_text: Callable[[str], str]
    find_id: Callable[[str], str | None]
    read_since: Callable[[str], str | None] = lambda _: None
    look: Callable[[str], Look] = lambda _: PLAIN
    aside: Look = PLAIN
    read_original: Callable[[str], Extract | None] = lambda _: None
    fetch: Callable[[Sequence[str]], None] = lambda _: None
    gallery: Gallery = field(default_factory=Gallery)
    records: Index = field(default_factory=lambda: index_records(()))
    read_records: Callable[[Sequence[str]], Sequence[ItemRecord]] = lambda _: ()
    count_media: Callable[[str], int] = lambda _: 0
    _kept: OrderedDict[str, TextPrint] = field(default_factory=OrderedDict)

    def date(self, item: str) -> Dates:
        """Give what is claimed and what is proven of when an item was first published."""
        return Dates(claimed=self.items[item].published_at, proven=self.read_since(item))

    def load(self, items: Sequence[str]) -> list[TextPrint]:
        """Give the tokens and fingerprints of items, from what is at hand if possible."""
        self.fetch([item for item in items if item not in self._kept])
        return [self._load(item) for item in items]

    def _load(self, item: str) -> TextPrint:
        text = self._kept.pop(item, None) or fingerprint(self.read_text(item))
        self._kept[item] = text
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return text


def open_folders(
    sources: Sequence[Path | str], base: str | None = None, gatherer: Gatherer | None = None
) -> tuple[Library, list[Problem]]:
    """Make a library of folders, files or addresses of pages, in memory, with the problems met in reading them.

    The owner's domain is that of `base` or of an address, or the host that a folder is named after, as
    `wget --mirror` names it. Addresses, given as text, take a gatherer.
    """
    held = _Held()
    for source in sources:
        held.take(source, base, gatherer)
    folded = _find_folded(held.items, held.ranks)
    for item in folded:
        del held.items[item], held.texts[item]

    def find_id(name: str) -> str | None:
        item = folded.get(held.places.get(name, name), held.places.get(name, name))
        fits = [item] if item in held.items else [one for one in held.items if one.startswith(item)]
        return fits[0] if len(fits) == 1 else None

    def read_marks(item: str) -> Extract | None:
        return read_original(held.bodies.body(item), lambda: held.texts[item])

    hosts = [base] if base else [_name_host(source) for source in sources]
    owner = Owner(
        domains=frozenset(registered_domain(host_of(host)) for host in hosts if host),
        languages=join_languages(item.language for item in held.items.values() if item.words),
    )
    gallery, unread = build_gallery(held.media)
    library = Library(
        items=held.items,
        index=build_indexes({item: text for item, text in held.texts.items() if held.items[item].words}),
        owner=owner,
        read_text=held.texts.__getitem__,
        find_id=find_id,
        look=lru_cache(_KEPT)(held.bodies.look),
        read_original=lru_cache(_KEPT)(read_marks),
        gallery=gallery,
        records=index_records(held.records.values()),
        read_records=lambda ids: _in_order(held.records, ids),
        count_media=Counter(item for item, _ in held.media).__getitem__,
    )
    return library, [*held.problems, *unread]


@dataclass
class _Held:
    """What folders, files and pages of ours hold, in memory."""

    items: dict[str, Item] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    ranks: dict[str, str] = field(default_factory=dict)
    records: dict[str, ItemRecord] = field(default_factory=dict)
    media: list[tuple[str, Media]] = field(default_factory=list)
    bodies: Bodies = field(default_factory=Bodies)
    problems: list[Problem] = field(default_factory=list)

    def take(self, source: Path | str, base: str | None, gatherer: Gatherer | None) -> None:
        """Take in all of a source."""
        if isinstance(source, str) and gatherer is not None:
            files, pages = NO_FILES, locate_pages(gatherer.gather(source), Path(), source)
            intake = Intake()
        else:
            folder = Path(source)
            files, pages = open_source(folder, base), locate_pages(read_originals(folder), folder, base)
            # people are told apart for a moment, and nothing of them is kept
            intake = Intake(digest_text, partial(read_reference, folder.parent))
        for given in register_pages(pages, {}, intake):
            match given:
                case Registered():
                    self._add(given, files)
                case Problem():
                    self.problems.append(given)

    def _add(self, given: Registered, files: Files) -> None:
        item = given.item.id
        self.items[item] = given.item
        self.texts[item] = given.text
        self.places[given.address] = item
        if given.rank is not None:
            self.ranks[item] = given.rank
        if given.record is not None and given.record.fields:
            self.records[item] = given.record
        self.media += [(item, one) for one in given.media]
        self.bodies.add(given, files)


def _find_folded(items: Mapping[str, Item], ranks: Mapping[str, str]) -> dict[str, str]:
    """Give the ids of items whose text another has too, each with that of the one that stands for it."""
    first: dict[str, str] = {}
    for item in sorted(ranks, key=lambda item: (ranks[item], item)):
        first.setdefault(items[item].text_digest, item)
    return {item: first[items[item].text_digest] for item in ranks if first[items[item].text_digest] != item}


def _name_host(source: Path | str) -> str:
    """Give the host that a source is of, where its address or its folder's name tells it."""
    if isinstance(source, str):
        return source
    return source.name if "." in source.name and source.is_dir() else ""


def open_store(store: ItemStore, settings: Settings, folder: Path) -> Library:
    """Make a library of the items of a workspace, with the index in its folder of indexes."""
    items = StoredItems(store)
    owner = describe_owner(settings, store.languages())
    index = open_indexes(folder)
    kept = read_files(folder)

    @lru_cache(_KEPT)
    def look(item: str) -> Look:
        return look_stored(store, items[item], kept)

    @lru_cache(_KEPT)
    def read_marks(item: str) -> Extract | None:
        return read_original(store.body(items[item]), lambda: store.text(items[item]))

    def find_id(name: str) -> str | None:
        known = store.known([name]).get(name)
        try:
            return store.get(known.id if known else name).id
        except InputError:
            return None

    aside = read_background(folder)
    return Library(
        items=items,
        index=index,
        owner=owner,
        read_text=lambda item: store.text(items[item]),
        find_id=find_id,
        read_since=store.since,
        look=look,
        aside=aside,
        read_original=read_marks,
        fetch=items.fetch,
        gallery=open_gallery(store, folder),
        records=open_records(folder),
        read_records=lambda ids: _in_order(store.records_of(ids), ids),
        count_media=lambda item: len(store.media_of(items[item])),
    )


def _in_order(found: Mapping[str, ItemRecord], ids: Sequence[str]) -> list[ItemRecord]:
    return [found[item] for item in ids if item in found]


def describe_owner(settings: Settings, languages: Iterable[str | None]) -> Owner:
    """Give whose items they are, by the settings; their languages as the items tell them."""
    return Owner(
        domains=settings.own_domains(),
        names=tuple(brand.name for brand in settings.brands),
        grants=tuple(map(_make_grant, settings.partners)),
        languages=join_languages(languages),
    )


class StoredItems(Mapping[str, Item]):
    """The items of a store, each read when it is asked for: a check needs the few that match."""

    def __init__(self, store: ItemStore) -> None:
        self._store = store
        self._kept: dict[str, Item] = {}

    def __getitem__(self, item_id: str) -> Item:
        """Give an item; raises KeyError where there is none."""
        item = self._kept.get(item_id) or self._store.find(item_id)
        if item is None:
            raise KeyError(item_id)
        self._keep({item_id: item})
        return item

    def fetch(self, ids: Sequence[str]) -> None:
        """Read several items at once; one alone is read when it is asked for, and those not there are told then."""
        missing = [item for item in ids if item not in self._kept]
        if len(missing) > 1:
            self._keep({item.id: item for item in self._store.find_all(missing)})

    def _keep(self, found: Mapping[str, Item]) -> None:
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept |= found

    def __iter__(self) -> Iterator[str]:
        """Give all ids."""
        return (item.id for item in self._store.items())

    def __len__(self) -> int:
        """Give the number of items."""
        return self._store.count()


def _make_grant(partner: Partner) -> Grant:
    until = None if partner.until is None else partner.until.isoformat()
    return Grant(domain=host_of(partner.domain), may_show=partner.may_show, until=until)
