"""Pages as viewer sites make them of someone's profile, and pages that show nobody of the owner's.

Written from imagination, before the matcher and without reading it. Around the profile stand other people's handles and
names (`related`, `comments`): those are furniture, and to name them as what the page shows is wrong.
"""

# ruff: noqa: E501 - a line of HTML is read as one
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from random import Random
from typing import Any

from people_records import read_time
from people_words import Words, cut_text

from cloneward.sim.text import NOUNS, make_name, make_paragraph, make_title

SIGNS = ("…", "...", " …", "… more")
ORDERS = ("newest", "oldest", "mixed")
VARYING = ("handle", "name", "bio", "followers", "following", "posts")  # and which posts: what all of WHOLE show


@dataclass(frozen=True)
class Habit:
    """What a site shows of a profile and what it cuts, the same for every profile."""

    has_at: bool
    bio_max: int
    caption_max: int
    posts_max: int
    order: str
    sign: str
    has_other_name: bool
    name_form: str

    @classmethod
    def choose(cls, rng: Random) -> "Habit":
        return cls(
            rng.random() < 0.5,
            rng.choice((60, 90, 120, 1000, 1000)),
            rng.choice((25, 40, 70, 1000)),
            rng.choice((2, 3, 6, 12)),
            rng.choice(ORDERS),
            rng.choice(SIGNS),
            rng.random() < 0.15,
            rng.choice(("{}", "{}", "{}", "{} ✔", "• {} •", "{} Profile")),
        )


@dataclass(frozen=True)
class View:
    """The profile as text on a page: counts rounded, times told, texts cut."""

    handle: str
    name: str
    bio: str
    link: str
    location: str
    followers: str
    following: str
    posts: str
    latest: tuple[tuple[str, str, str], ...]  # id, time, caption

    def count_changes(self, other: "View") -> int:
        """How many of the things shown differ."""
        pairs = [(getattr(self, key), getattr(other, key)) for key in VARYING]
        pairs.append((str({post[0] for post in self.latest}), str({post[0] for post in other.latest})))
        return sum(left != right for left, right in pairs)


@dataclass(frozen=True)
class Other:
    """Someone else on the page."""

    handle: str
    name: str
    says: str = ""


@dataclass(frozen=True)
class Scene:
    """What surrounds the profile: the site's language, its name and other people."""

    words: Words
    site: str
    rng: Random
    related: Sequence[Other] = ()
    comments: Sequence[Other] = ()

    def label(self, key: str) -> str:
        return escape(self.words.label(key, self.rng))


def take_view(fields: Mapping[str, Any], words: Words, habit: Habit, now: datetime, seed: str) -> View:
    """What a page of that site shows of these fields at that time."""
    posts = list(fields["posts"][: habit.posts_max])
    if habit.order == "oldest":
        posts.reverse()
    elif habit.order == "mixed":
        Random(seed).shuffle(posts)
    name = str(fields.get("other_name") or fields["name"]) if habit.has_other_name else str(fields["name"])
    counts = fields["counts"]
    return View(
        handle=f"@{fields['handle']}" if habit.has_at else str(fields["handle"]),
        name=habit.name_form.replace("{}", name),
        bio=cut_text(str(fields.get("bio", "")), habit.bio_max, habit.sign),
        link=str(fields.get("link", "")),
        location=str(fields.get("location", "")),
        followers=words.count(counts["followers"]),
        following=words.count(counts["following"]),
        posts=words.count(counts["posts"]),
        latest=tuple(
            (
                post["id"],
                words.tell_time(read_time(post["time"]), now),
                cut_text(post["caption"], habit.caption_max, habit.sign),
            )
            for post in posts
        ),
    )


def _open_page(title: str, scene: Scene, head: str = "") -> str:
    known = scene.words.known
    return (
        f'<!DOCTYPE html><html lang="{scene.words.language}" dir="{known["direction"]}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head><body>"
        f'<header class="top"><a href="/">{scene.site}</a><form action="/search"><input name="q"></form></header>'
        f'<div class="ad" data-slot="{scene.rng.getrandbits(24):06x}">{scene.label("viewed")}</div>'
    )


def _close_page(scene: Scene) -> str:
    year = scene.rng.randint(2021, 2026)
    return (
        f"{_list_related(scene)}<footer><p>© {year} {scene.site}. Not affiliated with any platform.</p>"
        f'<a href="/privacy">Privacy</a> <a href="/dmca">DMCA</a></footer>'
        f"<script>window.dataLayer=[{{'v':{scene.rng.randint(1, 99)}}}];</script></body></html>\n"
    )


def _list_related(scene: Scene) -> str:
    if not scene.related:
        return ""
    rows = "".join(
        f'<li><a href="/u/{escape(other.handle)}"><img src="/t/{scene.rng.getrandbits(32):08x}.jpg" alt="">'
        f"<b>{escape(other.name)}</b> <i>@{escape(other.handle)}</i></a></li>"
        for other in scene.related
    )
    return f'<aside class="related"><h3>{scene.label("related")}</h3><ul>{rows}</ul></aside>'


def _break_lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def draw_cards(view: View, scene: Scene) -> str:
    """A viewer: header with numbers, then a grid of pictures with captions."""
    stats = "".join(
        f'<li><strong>{escape(value)}</strong> <span class="l">{scene.label(key)}</span></li>'
        for key, value in (("posts", view.posts), ("followers", view.followers), ("following", view.following))
    )
    posts = "".join(
        f'<figure><a href="/p/{number}"><img src="/i/{number}.jpg" alt="{escape(caption)}"></a>'
        f"<figcaption>{_break_lines(caption)}<time>{escape(time)}</time></figcaption></figure>"
        for number, time, caption in view.latest
    )
    return (
        _open_page(f"{view.name} ({view.handle}) | {scene.site}", scene)
        + f'<main class="pf"><img class="av" src="/a/1.jpg" alt=""><h1>{escape(view.name)}</h1><h2>{escape(view.handle)}</h2>'
        f'<ul class="st">{stats}</ul><div class="bio">{_break_lines(view.bio)}</div>'
        f'<a rel="nofollow" class="ext">{escape(view.link)}</a>'
        f'<h3>{scene.label("recent")}</h3><div class="grid">{posts}</div></main>' + _close_page(scene)
    )


def draw_stories(view: View, scene: Scene) -> str:
    """A story saver: who it is, in one line, and buttons."""
    stories = "".join(
        f'<div class="story"><video poster="/s/{number}.jpg"></video><button>Download</button><small>{escape(time)}</small></div>'
        for number, time, _ in view.latest
    )
    return (
        _open_page(f"Stories of {view.handle}", scene)
        + f'<div id="app"><div class="who"><img src="/a.jpg" alt="{escape(view.handle)}"><p class="u">{escape(view.handle)}</p>'
        f'<p class="n">{escape(view.name)}</p><p class="c">{escape(view.posts)} {scene.label("posts")} · '
        f"{escape(view.followers)} {scene.label('followers')} · {escape(view.following)} {scene.label('following')}</p>"
        f'<p class="b">{_break_lines(view.bio)}</p></div><div class="row">{stories}</div>'
        f"<ol><li>Enter a name</li><li>Press the button</li><li>Save the story</li></ol></div>" + _close_page(scene)
    )


def draw_report(view: View, scene: Scene) -> str:
    """An analytics page: cards with rates that the site made up, and a table of posts."""
    rng = scene.rng
    cards = "".join(
        f'<div class="card"><div class="t">{label}</div><div class="v">{escape(value)}</div><div class="d">{rng.uniform(-3, 3):+.2f}%</div></div>'
        for label, value in (
            (scene.label("followers"), view.followers),
            (scene.label("following"), view.following),
            (scene.label("posts"), view.posts),
            ("Engagement", f"{rng.uniform(0.3, 9):.2f}%"),
            ("Score", str(rng.randint(10, 99))),
        )
    )
    rows = "".join(
        f"<tr><td>{number}</td><td>{escape(time)}</td><td>{rng.randint(1, 9999)}</td><td>{rng.randint(0, 400)}</td>"
        f"<td>{_break_lines(caption)}</td></tr>"
        for number, time, caption in view.latest
    )
    return (
        _open_page(f"{view.handle} statistics, analytics and history", scene)
        + f'<section><h1>{escape(view.handle)}</h1><p class="lead">{escape(view.name)}</p><div class="cards">{cards}</div>'
        f"<blockquote>{_break_lines(view.bio)}</blockquote><table><thead><tr><th>ID</th><th>{scene.label('date')}</th>"
        f"<th>♥</th><th>💬</th><th>{scene.label('caption')}</th></tr></thead><tbody>{rows}</tbody></table></section>"
        + _close_page(scene)
    )


def draw_table(view: View, scene: Scene) -> str:
    """Everything in one table, a label beside each value."""
    rows = [
        ("handle", view.handle),
        ("name", view.name),
        ("bio", view.bio),
        ("location", view.location),
        ("link", view.link),
        ("followers", view.followers),
        ("following", view.following),
        ("posts", view.posts),
    ]
    if scene.rng.random() < 0.5:
        scene.rng.shuffle(rows)
    cells = "".join(
        f"<tr><th>{scene.label(key)}</th><td>{_break_lines(value)}</td></tr>" for key, value in rows if value
    )
    posts = "".join(
        f"<tr><th>{escape(time)}</th><td>{_break_lines(caption)} <small>{number}</small></td></tr>"
        for number, time, caption in view.latest
    )
    return (
        _open_page(f"{view.name} - {scene.site}", scene)
        + f'<center><table border="1" cellpadding="4">{cells}</table><h4>{scene.label("recent")}</h4>'
        f"<table>{posts}</table></center>" + _close_page(scene)
    )


def draw_linked(view: View, scene: Scene) -> str:
    """JSON-LD that says it all for search engines, and a short page."""
    data = {
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "mainEntity": {
            "@type": "Person",
            "name": view.name,
            "alternateName": view.handle,
            "description": view.bio,
            "interactionStatistic": [
                {
                    "@type": "InteractionCounter",
                    "interactionType": "FollowAction",
                    "userInteractionCount": view.followers,
                },
                {"@type": "InteractionCounter", "interactionType": "WriteAction", "userInteractionCount": view.posts},
            ],
        },
        "hasPart": [
            {"@type": "SocialMediaPosting", "identifier": number, "datePublished": time, "articleBody": caption}
            for number, time, caption in view.latest
        ],
    }
    script = json.dumps(data, ensure_ascii=scene.rng.random() < 0.5).replace("<", "\\u003c")
    return (
        _open_page(f"{view.name} ({view.handle})", scene, f'<script type="application/ld+json">{script}</script>')
        + f"<main><h1>{escape(view.name)}</h1><p>{escape(view.handle)} · {escape(view.followers)} {scene.label('followers')}</p>"
        f"<p>{_break_lines(view.bio)}</p><button>{scene.label('viewed')}</button></main>" + _close_page(scene)
    )


def draw_meta(view: View, scene: Scene) -> str:
    """Meta tags alone: the page itself is to be filled by a script."""
    told = (
        f"{view.followers} {scene.label('followers')}, {view.following} {scene.label('following')}, "
        f"{view.posts} {scene.label('posts')} - {view.name} ({view.handle}): {view.bio}"
    )
    head = (
        f'<meta name="description" content="{escape(told)}"><meta property="og:title" content="{escape(view.name)} '
        f'({escape(view.handle)})"><meta property="og:description" content="{escape(told)}">'
        f'<meta property="profile:username" content="{escape(view.handle.lstrip("@"))}">'
    )
    return _open_page(f"{view.name} ({view.handle})", scene, head) + '<div id="root"></div>' + _close_page(scene)


def draw_directory(view: View, scene: Scene) -> str:
    """A page of a directory: the one person among breadcrumbs, letters and many others."""
    letters = " ".join(f'<a href="/l/{letter}">{letter}</a>' for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    posts = "".join(
        f"<li>{_break_lines(caption)} <span>({escape(time)})</span></li>" for _, time, caption in view.latest
    )
    return (
        _open_page(f"Who is {view.name}?", scene)
        + f'<nav class="az">{letters}</nav>{_list_related(scene)}<div itemscope><h1>{escape(view.name)}</h1>'
        f"<dl><dt>{scene.label('handle')}</dt><dd>{escape(view.handle)}</dd><dt>{scene.label('location')}</dt><dd>{escape(view.location)}</dd>"
        f"<dt>{scene.label('followers')}</dt><dd>{escape(view.followers)}</dd><dt>{scene.label('posts')}</dt><dd>{escape(view.posts)}</dd></dl>"
        f"<p>{_break_lines(view.bio)}</p><ul>{posts}</ul></div>" + _close_page(scene)
    )


def draw_feed(view: View, scene: Scene) -> str:
    """Posts first, each with other people's comments; who wrote them stands in a column."""
    comments = list(scene.comments)
    posts = []
    for number, time, caption in view.latest:
        said = "".join(
            f'<li><a href="/u/{escape(other.handle)}">{escape(other.handle)}</a> {escape(other.says)}</li>'
            for other in comments[:2]
        )
        comments = comments[2:] + comments[:2]
        posts.append(
            f'<article data-id="{number}"><a class="by" href="/u/{escape(view.handle.lstrip("@"))}">{escape(view.handle)}</a>'
            f'<img src="/m/{number}.webp" alt=""><p>{_break_lines(caption)}</p><span class="when">{escape(time)}</span>'
            f'<h5>{scene.label("comments")}</h5><ul class="said">{said}</ul></article>'
        )
    return (
        _open_page(f"{view.handle} feed", scene)
        + f'<div class="cols"><div class="feed">{"".join(posts)}</div><div class="side"><h2>{escape(view.name)}</h2>'
        f"<p>{escape(view.handle)}</p><p>{_break_lines(view.bio)}</p><p>{scene.label('posts')}: {escape(view.posts)}<br>"
        f"{scene.label('followers')}: {escape(view.followers)}<br>{scene.label('following')}: {escape(view.following)}</p>"
        f"</div></div>" + _close_page(scene)
    )


def draw_state(view: View, scene: Scene) -> str:
    """A page of a framework: the state as JSON for its script, and the same as it was drawn on the server."""
    state = {
        "props": {
            "pageProps": {
                "user": {
                    "username": view.handle.lstrip("@"),
                    "full_name": view.name,
                    "biography": view.bio,
                    "edge_followed_by": {"label": view.followers},
                    "edge_follow": {"label": view.following},
                    "external_url": view.link,
                },
                "media": [
                    {"shortcode": number, "taken_at": time, "caption": {"text": caption}}
                    for number, time, caption in view.latest
                ],
            }
        },
        "buildId": f"{scene.rng.getrandbits(40):010x}",
    }
    script = json.dumps(state, ensure_ascii=False).replace("<", "\\u003c")
    return (
        _open_page(f"{scene.site}: {view.handle}", scene)
        + f'<div id="__next"><div class="x1a2"><span>{escape(view.handle)}</span><div>{escape(view.name)}</div>'
        f"<div>{_break_lines(view.bio)}</div><span>{escape(view.posts)}</span><span>{escape(view.followers)}</span>"
        f'<span>{escape(view.following)}</span></div></div><script id="__NEXT_DATA__" type="application/json">{script}</script>'
        + _close_page(scene)
    )


def draw_plain(view: View, scene: Scene) -> str:
    """A light page for telephones: lines without labels, posts as a list."""
    lines = [view.name, view.handle, f"{view.followers} / {view.following} / {view.posts}", view.bio, view.link]
    if scene.rng.random() < 0.5:
        lines[0], lines[1] = lines[1], lines[0]
    shown = "".join(f"<p>{_break_lines(line)}</p>" for line in lines if line)
    posts = "".join(f"<li>{escape(time)} — {_break_lines(caption)}</li>" for _, time, caption in view.latest)
    return _open_page(view.handle, scene) + f"{shown}<ul>{posts}</ul>" + _close_page(scene)


TEMPLATES: Mapping[str, Callable[[View, Scene], str]] = {
    "cards": draw_cards,
    "stories": draw_stories,
    "report": draw_report,
    "table": draw_table,
    "linked": draw_linked,
    "meta": draw_meta,
    "directory": draw_directory,
    "feed": draw_feed,
    "state": draw_state,
    "plain": draw_plain,
}
WHOLE = ("cards", "report", "table", "feed", "state")  # show name, bio, all or most counts and posts


def draw_bio(bio: str, others: Sequence[str], scene: Scene) -> str:
    """A foreign page with one bio of ours on it, and bios of strangers: an article, a list or a comment."""
    rng = scene.rng
    bios = [*others, bio]
    rng.shuffle(bios)
    before, after = make_paragraph(rng), make_paragraph(rng)
    form = rng.choice(("quote", "list", "author"))
    if form == "quote":
        shown = f"<blockquote>{_break_lines(bio)}</blockquote>"
    elif form == "list":
        shown = "<ol>" + "".join(f"<li>{_break_lines(each)}</li>" for each in bios) + "</ol>"
    else:
        shown = f'<div class="author"><h4>{make_name(rng)}</h4><p>{_break_lines(bio)}</p></div>'
    title = make_title(rng)
    return (
        _open_page(title, scene) + f"<h1>{escape(title)}</h1><p>{before}</p>{shown}<p>{after}</p>" + _close_page(scene)
    )


def draw_search(people: Sequence[tuple[str, str]], scene: Scene) -> str:
    """A people search: names, ages, cities and hidden numbers."""
    rng = scene.rng
    rows = "".join(
        f"<div class='hit'><h3>{escape(name)}</h3><p>Age {rng.randint(19, 88)} · Lives in {escape(city or make_name(rng))}</p>"
        f"<p>Phone (•••) •••-{rng.randint(1000, 9999)} · May know {make_name(rng)} {make_name(rng)}</p><a>Full report</a></div>"
        for name, city in people
    )
    return _open_page(f"{len(people)} people found", scene) + f"<main>{rows}</main>" + _close_page(scene)


def draw_handles(handles: Sequence[str], scene: Scene) -> str:
    """Nothing but handles with ranks: a leaderboard, or a list of accounts for sale."""
    rng = scene.rng
    rows = "".join(
        f"<tr><td>{rank}</td><td>@{escape(handle)}</td><td>{rng.randint(1, 100)}</td></tr>"
        for rank, handle in enumerate(handles, 1)
    )
    title = f"Top {len(handles)} accounts in {rng.choice(NOUNS)}"
    return _open_page(title, scene) + f"<h1>{title}</h1><table>{rows}</table>" + _close_page(scene)
