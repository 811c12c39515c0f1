"""Whose record a page shows, and as of when: a small world of people, among them namesakes."""

import math
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from cloneward.match.fields import RECORD, sketch_record
from cloneward.match.index import Change, build_index, open_index, update_index
from cloneward.match.records import find_records, index_records
from cloneward.model.content import Extract, ItemRecord, ItemVersion

WORDS = (
    "harbour lantern meadow copper violin glacier pepper saddle ribbon thunder orchard pebble walnut feather candle "
    "marble compass anchor velvet shutter biscuit tunnel willow ladder curtain magnet saffron kettle trumpet blanket"
).split()
GIVEN = "Mia Ana Leo Zoe Tom Eva Max Lea Ben Ida".split()
FAMILY = "Suvor Brandt Okafor Lindqvist Moreau Tanaka Petrov Haddad Silva Novak".split()
EARLY, LATE = "2025-01-01T00:00:00.000Z", "2025-06-01T00:00:00.000Z"


def make_fields(chance, name, number):
    """Give the fields of one profile."""
    return {
        "handle": f"{name.lower().replace(' ', '.')}{number}",
        "name": name,
        "bio": " ".join(chance.choices(WORDS, k=14)).capitalize(),
        "town": chance.choice(["Bern", "Oslo", "Porto"]),
        "counts": {key: int(chance.lognormvariate(6, 1.5)) for key in ("followers", "following", "posts")},
        "posts": [
            {
                "id": "".join(chance.choices("abcdefghkmnpqrstuvwxyz23456789", k=11)),
                "time": f"2025-0{month}-{chance.randint(10, 28)}T1{month}:0{month}:00.000Z",
                "caption": " ".join(chance.choices(WORDS, k=6)),
            }
            for month in (5, 3, 1)
        ],
    }


def make_people(count, seed=1):
    """Give so many people of a hundred names, each with a version of before and one of now."""
    chance = Random(seed)
    people = []
    for number in range(count):
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
        old, new = make_fields(chance, name, number), make_fields(chance, name, number)
        new |= {"handle": old["handle"], "town": old["town"]}
        versions = (
            ItemVersion(since=EARLY, until=LATE, fields=old),
            ItemVersion(since=LATE, fields=new),
        )
        people.append(ItemRecord(id=f"p{number}", kind="profile", fields=new, versions=versions))
    return people


PEOPLE = make_people(600)
BY_ID = {person.id: person for person in PEOPLE}
INDEX = index_records(PEOPLE)


def load(ids):
    """Give the records of the world."""
    return [BY_ID[item] for item in ids]


def find(text, **told):
    """Give the matches of a page with this text."""
    beside = told.pop("beside", "")
    return find_records("https://v.test/x", Extract(text=text, **told), INDEX, load, beside)


def show(fields, *, count=str):
    """Give a page that shows a profile in its own clothes."""
    counts = fields["counts"]
    posts = "\n".join(f"{post['caption']}… · {post['time'][:10]}" for post in fields["posts"])
    numbers = f"{count(counts['followers'])} Fans · {count(counts['following'])} Following · {counts['posts']} Posts"
    return f"Gramview\n@{fields['handle'].upper()}\n★ {fields['name']} ★\n{numbers}\n{fields['bio']}\n{posts}\n© 2026"


def list_related(people):
    """Give a list of other accounts, as pages have it."""
    return "\nRelated\n" + "\n".join(f"{person.fields['name']} @{person.fields['handle']}" for person in people)


def shorten(count):
    """Give a count as pages round it."""
    return f"{count / 1000:.1f}K" if count >= 1000 else str(count)


@pytest.mark.parametrize("number", range(0, 600, 40))
@pytest.mark.parametrize("count", [str, shorten, "{:,}".format])
def test_a_profile_is_found_with_its_version(number, count):
    """A profile among others' names is found, that one alone, as it was before or is now."""
    person = PEOPLE[number]
    for version in person.versions:
        (match,) = find(show(version.fields, count=count) + list_related(PEOPLE[number + 1 : number + 9]))
        assert (match.item, match.version, match.kind, match.measure) == (person.id, version.since, "record", "fields")
        assert match.value == len(match.fields) >= 8


def test_fields_say_where_they_stand():
    """Each field that agrees has its path, its place in the text, and how it agrees."""
    fields = PEOPLE[0].versions[0].fields
    text = show(fields)
    (match,) = find(text)
    told = {field.name: (text[slice(*field.target)], field.agreement) for field in match.fields}
    assert told["handle"] == (fields["handle"].upper(), "exact")
    assert told["name"] == (fields["name"], "exact")
    assert told["bio"] == (fields["bio"], "exact")
    assert told["counts.followers"] == (str(fields["counts"]["followers"]), "exact")
    assert told["posts.0.caption"][1] == "exact"


@pytest.mark.parametrize("number", range(0, 600, 60))
def test_a_rare_bio_alone_is_enough(number):
    """A text that nobody else has, on a page of somebody else, is found, and cut off by a mark too."""
    bio = PEOPLE[number].fields["bio"]
    for shown in (bio, f"{bio[:90]}…", bio.upper()):
        (match,) = find(f"About us\nWe like many things.\n{shown}\nContact")
        assert (match.item, match.value) == (PEOPLE[number].id, 1)


STOCK = [[f"{what} {word}s are" for word in WORDS] for what in ("old", "my", "new", "far")]


def make_stock(count):
    """Give people whose bios are made of the same few phrases, none of which is rare, each put together once."""
    chance = Random(5)
    bios = {" ".join(chance.choice(phrases) for phrases in STOCK): None for _ in range(count)}
    return {f"s{number}": ItemRecord(id=f"s{number}", fields={"bio": bio}) for number, bio in enumerate(bios)}


def test_a_long_text_of_common_words_is_enough_where_it_stands_whole():
    """What one of 3,000 alone says in common words is found if it stands whole, not if it is cut or goes on."""
    people = make_stock(3_000)
    index = index_records(people.values())
    bio = people["s7"].fields["bio"]
    running = people["s8"].fields["bio"].split()

    def ask(shown):
        page = Extract(text=f"About us\nWe like many things.\n{shown}\nContact")
        return [match.item for match in find_records("x", page, index, lambda ids: [people[item] for item in ids])]

    assert ask(bio) == ask(bio.upper()) == ["s7"]
    words = bio.split()
    assert ask(f"{bio}…") == ask(f"We say: {bio}") == []
    assert ask(f"{bio}\n\U0001f33f\U0001f388\nMore") == ask(f"\U0001f33f\n{bio}") == []
    assert ask(f"@some.body\nSome Body\n12 Fans\n{bio}") == []
    assert ask(f"some@mail.test\n{bio}\n@some.body") == ["s7"]
    assert ask(f"{bio}\n{running[3]} {running[4]}") == ask(" ".join([*words[:-2], "zebras", words[-1]])) == []


def test_other_words_and_another_order_weigh_less():
    """Four rare words are enough as they were written, not in another order, which any of 24 might have been."""
    chance = Random(9)
    bios = [" ".join(f"{chance.getrandbits(40):x}" for _ in range(4)) for _ in range(5_000)]
    people = {f"r{number}": ItemRecord(id=f"r{number}", fields={"bio": bio}) for number, bio in enumerate(bios)}
    index = index_records(people.values())
    words = bios[0].split()

    def ask(text):
        matches = find_records("x", Extract(text=text), index, lambda ids: [people[item] for item in ids])
        return [match.item for match in matches]

    assert ask(f"About\n{' '.join(words)}\nContact") == ["r0"]
    assert ask(f"About\n{' '.join(reversed(words))}\nContact") == []


def test_what_many_are_called_does_not_add_to_a_text():
    """What is not enough of a text is enough beside the person's handle, not beside a name that others have."""
    fields = PEOPLE[3].fields
    said = f"{' '.join(fields['bio'].split()[:7])}…"
    page = "@{}\n{}\n" + said
    assert [match.item for match in find(page.format(fields["handle"], fields["name"]))] == ["p3"]
    assert find(page.format("quite.another", fields["name"])) == find(page.format("", "")) == []


def test_a_text_alone_must_say_more_than_beside_a_handle():
    """Where nothing names one, more words of a text are asked for than make up for the handle that is not there."""

    def count_words(person, above):
        words = person.fields["bio"].split()
        shown = (f"x\n{above}\n{' '.join(words[:size])}…\ny" for size in range(1, len(words)))
        return next((size for size, text in enumerate(shown, 1) if find(text)), len(words))

    chosen = PEOPLE[::30]
    more = sum(count_words(one, "nobody") - count_words(one, f"@{one.fields['handle']}") for one in chosen)
    of_handle, of_word = math.log(len(PEOPLE)), math.log(len(WORDS))
    assert more / len(chosen) > of_handle / of_word + 1


def test_namesakes_who_talk_alike_are_no_match():
    """A stranger who has the name of one of ours, a bio in the same phrases, cut, and the same number is not ours."""
    people = make_stock(2_000)
    chance = Random(11)
    for item, person in people.items():
        name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
        fields = {"name": name, "bio": person.fields["bio"], "counts": {"following": chance.randint(50, 999)}}
        people[item] = replace(person, fields=fields)
    index = index_records(people.values())
    for number, person in enumerate(list(people.values())[:300]):
        first, *_, last = (chance.choice(phrases) for phrases in STOCK)
        own = " ".join(person.fields["bio"].split()[:6])
        bio = f"{own} {first.split()[0]}…" if number % 2 else f"{own} {last}"
        page = f"{person.fields['name']}\n{bio}\n{person.fields['counts']['following']} following"
        assert not find_records("x", Extract(text=page), index, lambda ids: [people[item] for item in ids])


def test_names_and_handles_alone_are_no_match():
    """Lists of names, of handles, and of both, with towns and numbers beside, show nobody."""
    pages = [
        "\n".join(person.fields["name"] for person in PEOPLE),
        "\n".join(f"{rank}\n@{person.fields['handle']}\n{rank * 7 % 100}" for rank, person in enumerate(PEOPLE[:120])),
        list_related(PEOPLE),
        "\n".join(f"{person.fields['name']}\nAge 40 · Lives in {person.fields['town']}" for person in PEOPLE[:30]),
    ]
    assert [find(page) for page in pages] == [[], [], [], []]


@pytest.mark.parametrize("seed", range(20))
def test_another_with_the_same_handle_and_name_is_no_match(seed):
    """On another platform somebody has the handle, the name and the town of ours, and nothing else."""
    stranger = make_fields(Random(f"stranger {seed}"), "x", 0)
    ours = PEOPLE[seed].fields
    stranger |= {key: ours[key] for key in ("handle", "name", "town")}
    assert find(show(stranger)) == []


def test_two_that_are_alike_are_not_told_apart():
    """A bio that two of ours have, and nothing beside, shows neither; with a handle it shows that one."""
    first, second = PEOPLE[:2]
    twin = replace(second, fields={**second.fields, "bio": first.fields["bio"]}, versions=())
    index = index_records([first, twin, *PEOPLE[2:]])
    told = {person.id: person for person in [first, twin, *PEOPLE[2:]]}

    def ask(text):
        return [
            match.item for match in find_records("x", Extract(text=text), index, lambda ids: [told[i] for i in ids])
        ]

    assert ask(f"About\n{first.fields['bio']}\nContact") == []
    assert ask(show(first.fields)) == [first.id]


def test_several_profiles_on_one_page():
    """A page that shows ten profiles whole shows those ten."""
    shown = PEOPLE[10:20]
    matches = find("\n".join(show(person.fields) for person in shown))
    assert {match.item for match in matches} == {person.id for person in shown}


def test_what_stands_beside_the_text_counts():
    """A page that a script draws is known by its description and title; such fields have no place in the text."""
    fields = PEOPLE[5].fields
    beside = f"{fields['counts']['followers']} Followers, {fields['counts']['posts']} Posts - {fields['bio']}"
    title = f"{fields['name']} (@{fields['handle']})"
    (match,) = find("Loading", title=title, beside=beside)
    assert match.item == PEOPLE[5].id
    assert {field.target for field in match.fields} == {(0, 0)}
    assert find("Loading", title=title) == []


def test_a_listing_is_found_by_the_same_rules():
    """An offer with a title, a price and a number is traced though none of its fields is that of a profile."""
    chance = Random(7)
    offers = [
        ItemRecord(
            id=f"o{number}",
            kind="listing",
            fields={
                "title": " ".join(chance.choices(WORDS, k=8)),
                "price": {"amount": round(chance.uniform(5, 900), 2), "currency": "EUR"},
                "sku": f"SK-{chance.randint(10**6, 10**7)}",
                "seller": f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}",
            },
        )
        for number in range(200)
    ]
    told = {offer.id: offer for offer in offers}
    fields = offers[3].fields
    text = f"Shop\n{fields['title'].title()}\nArtikel {fields['sku']}\n{fields['price']['amount']:.2f} €\nIn den Korb"
    (match,) = find_records("x", Extract(text=text), index_records(offers), lambda ids: [told[item] for item in ids])
    assert match.item == "o3"
    assert {field.name for field in match.fields} == {"title", "sku", "price.amount"}


def test_an_index_on_the_disk_grows_and_forgets(tmp_path):
    """Records are added, changed and removed on the disk, and answers are those of an index in memory."""
    folder = tmp_path / "record"
    index = open_index(folder, RECORD)
    for start in range(0, 600, 200):
        added = [(person.id, "00" * 32, sketch_record(person)) for person in PEOPLE[start : start + 200]]
        index = update_index(folder, index, Change(added=added))
    page = Extract(text=show(PEOPLE[7].fields))
    assert find_records("x", page, index, load) == find_records("x", page, INDEX, load) != []
    index = update_index(folder, index, Change(gone={"p7"}))
    assert find_records("x", page, open_index(folder, RECORD), load) == []


@pytest.mark.parametrize("text", ["", " ", "\u200b" * 100, "١٢٣ " * 5_000, "mia suvor\n" * 20_000, "@" * 9, "\ud800"])
def test_odd_pages_show_nobody(text):
    """Pages without words, of numbers alone, or of one name without end show nobody and raise nothing."""
    assert find(text) == []


def test_an_empty_index_finds_nothing():
    """An index without records, in memory or on the disk, finds nothing."""
    assert find_records("x", Extract(text="Mia Suvor"), index_records([]), load) == []
    assert find_records("x", Extract(text="Mia Suvor"), open_index(Path("no such folder"), RECORD), load) == []


@pytest.mark.parametrize("dress", ["{}", "\u202b{}\u202c", "\u2067{}\u2069", "\u200f{}\u200e"])
def test_signs_of_direction_change_nothing(dress):
    """A profile in scripts that run from right to left, mixed with others, is found whatever turns the page has."""
    bio = "شاعرة من حيفا \u2067דנה\u2069 quokka velleity ostrakon \u200f zibeline وتحب القطط كثيرا جدا"
    mixed = ItemRecord(id="rtl", fields={"handle": "dana.levi", "name": "דנה לוי \u202eSuvor\u202c مريم", "bio": bio})
    index = index_records([mixed, *PEOPLE])
    text = f"{dress.format(mixed.fields['name'])}\n@dana.levi\n{dress.format(bio)}"
    (match,) = find_records("x", Extract(text=text), index, lambda ids: [BY_ID.get(item, mixed) for item in ids])
    assert (match.item, match.value) == ("rtl", 3)


def test_a_name_that_all_others_have_hides_nobody():
    """Beside 50,000 of the very same name the one whose profile a page shows is found, and is all that is loaded."""
    same, own = ItemRecord(id="same", fields={"name": "Mia Suvor"}), PEOPLE[3]
    shown = replace(own, fields={**own.fields, "name": "Mia Suvor"}, versions=())
    sketch = sketch_record(same)
    index = build_index(
        [*((f"s{number}", sketch) for number in range(50_000)), (own.id, sketch_record(shown))], kind=RECORD
    )
    asked = []

    def load_asked(ids):
        asked.extend(ids)
        return [shown if item == own.id else replace(same, id=item) for item in ids]

    (match,) = find_records("x", Extract(text=show(shown.fields)), index, load_asked)
    assert match.item == own.id
    assert asked == [own.id]


def test_a_profile_with_very_many_posts():
    """A profile with 100,000 posts is indexed and found in bounded time, as any other is."""
    chance = Random(3)
    posts = [{"id": f"{chance.getrandbits(60):x}", "caption": f"post {number}"} for number in range(100_000)]
    record = ItemRecord(id="big", fields={**PEOPLE[0].fields, "posts": posts})
    index = index_records([record, *PEOPLE[1:]])
    told = {**BY_ID, "big": record}
    text = f"@{record.fields['handle']}\n{record.fields['bio']}\n" + "\n".join(post["id"] for post in posts[:20])
    (match,) = find_records("x", Extract(text=text), index, lambda ids: [told[item] for item in ids])
    assert (match.item, match.version) == ("big", None)
