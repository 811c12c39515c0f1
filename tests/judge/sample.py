# ruff: noqa: E501  the prose of the sample is not wrapped
"""A made-up report with every kind of trouble: to look at, and for the tests of the report."""

import re
from dataclasses import replace
from difflib import SequenceMatcher
from random import Random

from PIL import Image

from cloneward.judge.pictures import make_pair
from cloneward.judge.report import Exhibit
from cloneward.model.case import Reason, SealState, Verdict
from cloneward.model.content import Item, ItemRecord, ItemVersion, Problem
from cloneward.model.finding import FieldMatch, FrameMatch, Match, Span, Transform
from cloneward.model.ids import digest_text
from cloneward.sim.text import NOUNS
from tests.hostile_images import encode, make_picture

HARBOUR = """How the tide gauge at Vessel Point works
Every six minutes a float in a well of concrete is read by two sensors that know nothing of each other. When they agree to within a centimetre, the mean is published; when they do not, neither is, and a person is called.
The well has a narrow mouth below the lowest tide. Waves pass over it, while the slow rise and fall of the sea passes through, so that what the float sees is the tide and little else.
Why two sensors
A single sensor fails quietly. In 2009 a mussel settled on the cable and for eleven weeks the harbour was four centimetres deeper on paper than in the water, which nobody noticed until a ferry touched the sill at low water.
Since then each reading carries its own doubt: the difference between the sensors, the age of their last calibration and the number of readings that were thrown away within the hour.
What we do not measure
We do not measure waves, wind or the temperature of the water. Those are published by the coastguard, whose buoy lies two miles out and whose figures should be used for anything that floats."""

RECIPE = """Grandmother's bread for people without time
Mix four cups of flour with two of water, a spoon of salt and as much yeast as covers a thumbnail. Leave it overnight where nobody moves it.
In the morning it will look like a mistake. Fold it twice, leave it for an hour, and bake it in a pot with its lid on until the kitchen smells of bread, then without the lid until it sounds hollow."""

ARABIC = """كيف يعمل مقياس المد في الميناء
كل ست دقائق يقرأ جهازان لا يعرف أحدهما شيئا عن الآخر ارتفاع العوامة في بئر من الخرسانة. وعندما يتفقان ينشر المتوسط، وعندما يختلفان لا ينشر شيء ويستدعى موظف."""


def find_words(text):
    """Each word of the text with its offsets."""
    return [(found[0].lower(), found.start(), found.end()) for found in re.finditer(r"\w+", text)]


def find_spans(target, item, least=4):
    """Runs of at least so many words that stand in both texts, as the matcher would report them."""
    left, right = find_words(target), find_words(item)
    blocks = SequenceMatcher(None, [w[0] for w in left], [w[0] for w in right], autojunk=False).get_matching_blocks()
    return tuple(
        Span(
            target=(left[block.a][1], left[block.a + block.size - 1][2]),
            item=(right[block.b][1], right[block.b + block.size - 1][2]),
            words=block.size,
            group=number // 3,
        )
        for number, block in enumerate(blocks)
        if block.size >= least
    )


def make_item(name, text, **facts):
    """An item as `protect` would register it."""
    facts = {
        "title": text.split("\n")[0],
        "url": f"https://vesselpoint.example/{name}",
        "language": "en",
    } | facts
    return Item(
        id="i" + digest_text(name)[:24],
        digest=digest_text(text),
        text_digest=digest_text(text),
        words=len(text.split()),
        published_at="2024-03-11T08:00:00Z",
        **({"kind": "article"} | facts),
    )


def make_match(item, page, target_text, item_text, **facts):
    """A match with its spans found."""
    spans = find_spans(target_text, item_text)
    value = sum(span.words for span in spans) / max(len(item_text.split()), 1)
    return Match(item=item.id, page=page, value=min(value, 1.0), spans=spans, **facts)


def make_verdict(site, **facts):
    """A verdict with nothing found, but for what is given."""
    facts = {
        "target": f"https://{site}/",
        "captured_at": "2026-11-20T06:12:44.120Z",
        "verdict": "unrelated",
        "likeness": "none",
        "standing": "none_known",
        "direction": "unknown",
        "share_of_target": 0.0,
        "share_of_item_max": 0.0,
        "words": 0,
        "pages": 1,
        "items_matched": 0,
        "policy": "default/1",
        "tool": "cloneward 0.1.0",
        "took_s": 1.25,
    } | facts
    return Verdict(site=site, **facts)


def make_prose(seed, paragraphs, words=70):
    """Long prose without sense."""
    random = Random(seed)
    return "\n".join(" ".join(random.choices(NOUNS, k=words)).capitalize() + "." for _ in range(paragraphs))


def make_copy():
    """A site that took two short articles and one long one."""
    long_item = "The long history of the harbour\n" + make_prose(1, 60)
    blocks = long_item.split("\n")
    long_copy = "\n".join(
        [
            "Harbour history, complete",
            *blocks[1:4],
            make_prose(2, 12),
            *blocks[20:58],
            make_prose(3, 9),
            blocks[59],
        ]
    )
    tide_copy = (
        HARBOUR.replace("Vessel Point", "our port")
        .replace("a person is called", "an alarm is raised")
        .replace("mussel settled on the cable and", "shellfish got in, so that")
    )
    bread_copy = "Home\nBread\n" + RECIPE.replace("Grandmother's", "Our famous") + "\nShare this page with your friends"
    items = {
        item.id: (item, text)
        for item, text in (
            (make_item("tide-gauge", HARBOUR), HARBOUR),
            (make_item("bread", RECIPE), RECIPE),
            (make_item("history", long_item), long_item),
        )
    }
    tide, bread, history = (item for item, _ in items.values())
    pages = {
        "https://tidal-facts.example/how-it-works?id=7&ref=top": tide_copy,
        "https://tidal-facts.example/bread": bread_copy,
        "https://tidal-facts.example/history": long_copy,
    }
    one, two, three = pages
    matches = (
        make_match(tide, one, tide_copy, HARBOUR),
        make_match(bread, two, bread_copy, RECIPE),
        make_match(history, three, long_copy, long_item),
    )
    verdict = make_verdict(
        "tidal-facts.example",
        verdict="copy", likeness="whole", direction="ours_first", host="dedicated", harms=("brand",),
        share_of_target=0.6471, share_of_item_max=0.9412, words=4951, pages=4, items_matched=3, persons_affected=2,
        matches=matches,
        reasons=(
            Reason(code="share_of_target", text="64.7 % of the words of the target that count stand in copied spans; the policy's bound for a copy is 50 %.", weight=4.1, pro=True, evidence=(0, 1, 2)),
            Reason(code="long_group", text="A group of spans with more than 500 words keeps its order in both texts.", weight=3.2, pro=True, evidence=(2,)),
            Reason(code="ours_first", text="All three items were published before the target's pages were first seen.", weight=0.0, pro=True, evidence=(one, two, three)),
            Reason(code="own_words", text="About a third of the text does not stand in any protected item.", weight=-1.1, pro=False, evidence=("https://tidal-facts.example/about",)),
        ),
        not_compared=("no_text",),
        problems=(Problem(code="no_text", page="https://tidal-facts.example/gallery", text="The page has images only.", hint="Compare the images once the tool can do it."),),
        seal=SealState(id="c4f1d2aa09b7", path="evidence/c4f1d2aa09b7", state="pending"),
    )  # fmt: skip
    return Exhibit(verdict=verdict, pages=pages, items=items)


def make_hostile():
    """A site that attacks its reader: markup, scripts, hidden signs, a right-to-left text, overlapping spans."""
    page = "https://раураl.example/\u202egpj.exe?<script>alert(1)</script>"
    text = (
        "<script>alert('x')</script> \U0001f980\U0001f980 a \u202edetrevni\u202c b\u200b\x07 \"quoted\" & <b onclick=alert(2)>bold</b>\n"
        + ARABIC
        + "\nEvery six minutes a float in a well of concrete is read, and read again."
    )
    item_text = (
        "\U0001f980 Protected crab.\n"
        + ARABIC
        + "\nEvery six minutes a float in a well of concrete is read by two sensors."
    )
    item = make_item(
        "crab",
        item_text,
        title="</title><img src=x onerror=alert(3)> \u2066crab",
        url="javascript:alert(4)",
        language="ar",
    )
    spans = find_spans(text, item_text)
    last = spans[-1]
    overlap = Span(target=(last.target[0] + 6, last.target[1] + 5), item=last.item, words=9, group=last.group)
    match = Match(item=item.id, page=page, value=0.8, spans=(*spans, overlap))
    verdict = make_verdict(
        "раураl.example", target="https://раураl.example/\u202e", verdict="partial_copy", likeness="partial",
        harms=("credential_form", "login_only"), host="compromised", share_of_target=0.4999, share_of_item_max=0.8,
        words=45, items_matched=1, login_only_items=1, matches=(match,), score=0.93, base_rate=0.01,
        reasons=(Reason(code="long_group", text="At least 40 words <i>in one group</i>.", weight=3.4, pro=True, evidence=(0, page)),),
        problems=(Problem(code="markup", page=page, text="Broken markup: <style>*{display:none}</style>"),),
    )  # fmt: skip
    return Exhibit(verdict=verdict, pages={page: text}, items={item.id: (item, item_text)})


def make_licensed():
    """A partner who may show one article: his whole page is the article."""
    item = make_item("tide-gauge", HARBOUR)
    page = "https://coastal-partner.example/tides"
    match = make_match(item, page, HARBOUR, HARBOUR)
    verdict = make_verdict(
        "coastal-partner.example", verdict="authorised", likeness="whole", standing="licensed", direction="ours_first",
        share_of_target=1.0, share_of_item_max=1.0, words=match.spans[0].words, items_matched=1, matches=(match,),
        reasons=(
            Reason(code="share_of_target", text="All of its words stand in a protected item.", weight=6.0, pro=True, evidence=(0,)),
            Reason(code="licensed", text="The settings name coastal-partner.example as a partner that may show articles.", weight=0.0, pro=False),
        ),
    )  # fmt: skip
    return Exhibit(verdict=verdict, pages={page: HARBOUR}, items={item.id: (item, HARBOUR)})


def make_unknown():
    """A site that could not be read."""
    problems = (
        Problem(code="unreachable", page="https://gone.example/", text="The server did not answer within 20 seconds.", hint="Try again later, or from another network."),
        Problem(code="login_wall", page="https://gone.example/members", text="The page asks for a name and password."),
    )  # fmt: skip
    verdict = make_verdict(
        "gone.example",
        verdict="unknown",
        captured_at=None,
        pages=0,
        not_compared=("login_wall", "no_text"),
        problems=problems,
    )
    return Exhibit(verdict=verdict, pages={}, items={})


def make_unrelated():
    """A site that has nothing of ours."""
    return Exhibit(verdict=make_verdict("bakery.example", pages=12, words=3412), pages={}, items={})


VIEWER = "Nora Vessel\n@nora.vessel\n12.4K followers\nKeeper of the tide gauge at the old harbour\nLow water at six"
FIELDS = {
    "name": "Nora Vessel",
    "handle": "nora.vessel",
    "counts": {"followers": 12_431, "posts": 318},
    "bio": "Keeper of the tide gauge at the old harbour. Swimmer.",
    "posts": [{"caption": "Low water at six, and nobody there"}],
}


def make_viewer(shows_people=False):
    """A site that shows people's profiles: a record, two pictures of which one is cut, and a video."""
    profile = make_item("nora", VIEWER, kind="profile", title="Nora Vessel", person="p1", visibility="login")
    photo = make_item("photo", "", kind="photo", title="", person="p1", subjects=("p2",), minor=True)
    clip = make_item("clip", "", kind="video", title="", person="p3")
    page = "https://peek.example/u/nora?<b>"
    told = [
        ("name", "Nora Vessel", "exact"),
        ("handle", "nora.vessel", "exact"),
        ("counts.followers", "12.4K", "rounded"),
        ("bio", "Keeper of the tide gauge at the old harbour", "truncated"),
        ("posts.0.caption", "Low water at six", "truncated"),
    ]
    places = [(name, VIEWER.index(words), len(words), agreement) for name, words, agreement in told]
    fields = tuple(
        FieldMatch(name=name, target=(at, at + length), agreement=agreement) for name, at, length, agreement in places
    )
    crop = Transform(mirror=True, degrees=2.0, scale=0.4, crop=(0.0, 0.0, 0.78, 1.0))
    whole = Transform(mirror=False, degrees=0.0, scale=0.5, crop=(0.0, 0.0, 1.0, 1.0))
    frames = tuple(FrameMatch(target_s=3.0 * n, item_s=12.5 + 3.0 * n, distance=4 + 2 * n) for n in range(3))
    matches = (
        Match(item=profile.id, version="2026-03-01T00:00:00Z", page=page, kind="record", measure="fields", value=5, fields=fields),
        Match(item=photo.id, page=page, kind="image", measure="inliers", value=148, image="https://peek.example/1.jpg", transform=crop),
        Match(item=photo.id, page="https://peek.example/", kind="image", measure="hamming", value=6, image="https://peek.example/s/1.jpg", transform=whole),
        Match(item=clip.id, page=page, kind="video", measure="hamming", value=8, image="https://peek.example/2.mp4", frames=frames),
    )  # fmt: skip
    picture = make_picture(seed=11, size=(900, 600))
    cut = picture.crop((0, 0, 702, 600)).transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(-2, fillcolor="white")
    stills = [encode(make_picture(seed=seed, size=(640, 360))) for seed in (21, 22, 23)]
    ours = encode(picture)
    verdict = make_verdict(
        "peek.example", verdict="partial_copy", likeness="partial", words=412, pages=2, items_matched=3,
        persons_affected=3, login_only_items=1, harms=("personal_data", "login_only", "minors"), matches=matches,
        reasons=(
            Reason(code="same_record", text="records of ours whose fields stand together on a page: 1; most fields of one: 5", weight=5.0, pro=True, evidence=(0,)),
            Reason(code="same_video", text="videos of the target with key frames of ours in the same order: 1; most frames of one: 3", weight=5.0, pro=True, evidence=(3,)),
            Reason(code="same_picture", text="pictures of the target that are ours, by what they show: 2 of 9 that were compared", weight=4.0, pro=True, evidence=(1, 2)),
            Reason(code="personal_data", text="matched items that are profiles, or of people: 3, of 3 people on record", weight=0.0, pro=True, evidence=(0, 1, 2, 3)),
            Reason(code="minors", text="matched items that their owner records as of a minor: 1", weight=0.0, pro=True, evidence=(1, 2)),
            Reason(code="direction_unknown", text="nothing proves who published the pictures, videos or records first", weight=-0.5, pro=False),
        ),
    )  # fmt: skip
    version = ItemVersion(since="2026-03-01T00:00:00Z", fields=FIELDS)
    return Exhibit(
        verdict=verdict,
        pages={page: VIEWER},
        items={item.id: (item, "") for item in (profile, photo, clip)},
        pictures={
            1: (make_pair(ours, encode(cut), crop, shows_people=shows_people),),
            2: (make_pair(ours, encode(picture.resize((450, 300))), whole, shows_people=shows_people),),
            3: tuple(make_pair(still, still, shows_people=shows_people) for still in stills[:2]),
        },
        records={profile.id: ItemRecord(id=profile.id, kind="profile", versions=(version,))},
    )


def make_sample():
    """All of them, the gravest first."""
    return [make_copy(), make_hostile(), make_licensed(), make_unknown(), make_unrelated(), make_viewer()]


def make_crowd(matches):
    """One target with so many matches, most of them alike."""
    base = make_copy()
    tide = base.verdict.matches[0]
    many = tuple(replace(tide, page=f"https://tidal-facts.example/{number}") for number in range(matches))
    return replace(
        base, verdict=replace(base.verdict, matches=many), pages={m.page: base.pages[tide.page] for m in many}
    )
