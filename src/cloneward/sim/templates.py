"""Ten and more page templates that have nothing in common but the text put into them.

Each has its own navigation, footer, scripts, class names and way to mark up a block.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from cloneward.sim.text import make_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from cloneward.sim.page import Block

BLOCKS_PER_ADVERT: Final = 5  # of the news portal


def render(template: str, title: str, blocks: Sequence[Block], rng: Random) -> str:
    """The HTML of a page in one of the `TEMPLATES`.

    Raises:
        KeyError: there is no template of that name.
    """
    return TEMPLATES[template](title, blocks, rng)


def _mark_up(blocks: Sequence[Block], text: str, heading: str, quote: str = "") -> str:
    """The blocks as HTML; `text`, `heading` and `quote` are patterns with `{}`.

    A quotation names its author and links to its source whatever the template does.
    """
    quote = quote or "<blockquote>{}</blockquote>"
    lines = []
    for block in blocks:
        content = escape(block.text, quote=False)
        if block.kind == "quote":
            credit = f'<cite>Quoted from <a href="{escape(block.link)}">{escape(block.author)}</a></cite>'
            lines.append(quote.format(f"<p>“{content}”</p>{credit}"))
        elif block.kind == "heading":
            lines.append(heading.format(content))
        else:
            lines.append(text.format(content))
    return "\n".join(lines)


def _render_viewer(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A viewer site: nested boxes, hashed class names, scripts, calls to sign up."""
    site = make_name(rng)
    mark = f"{rng.getrandbits(32):08x}"
    body = _mark_up(
        blocks,
        f'<div class="x{mark}"><div><div class="c-{mark[:4]}"><span>{{}}</span></div></div></div>',
        f'<div class="h{mark}"><div><b>{{}}</b></div></div>',
    )
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<title>{escape(title)} - view anonymously | {site}Viewer</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script>window.__q=[];window.__v="{mark}";</script>
<style>.x{mark}{{padding:4px}}</style></head>
<body class="app"><div id="root"><div class="top"><div class="logo">{site}Viewer</div>
<div class="btns"><div>Trending now</div><div>Download stories</div>
<div>Watch without account</div><div>Install our app</div></div></div>
<div class="hero"><div class="big">{escape(title)}</div></div>
<div class="feed">{body}</div>
<div class="bot"><div>{site}Viewer is not affiliated with anyone whose posts it shows.
</div><div>Remove my profile</div><div>Terms</div><div>Privacy</div></div></div>
<script>(function(){{var s=document.createElement('script');s.async=1;}})();</script>
</body></html>
"""


def _render_blog(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A weblog: article, tag cloud, archive by month, comment form."""
    name = make_name(rng)
    number = rng.randint(100, 9999)
    body = _mark_up(
        blocks,
        '<p class="has-text-align-left">{}</p>',
        '<h2 class="wp-block-heading">{}</h2>',
        '<blockquote class="wp-block-quote">{}</blockquote>',
    )
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="UTF-8"><title>{escape(title)} | {name}'s
notebook</title><link rel="stylesheet" href="/wp-content/themes/quill/style.css?ver=6">
<link rel="alternate" type="application/rss+xml" href="/feed/"></head>
<body class="post-template-default single single-post postid-{number}">
<a class="skip-link" href="#primary">Skip to content</a>
<header class="site-header"><p class="site-title"><a href="/">{name}'s notebook</a></p>
<p class="site-description">Slow thoughts on a small life</p>
<nav id="site-navigation"><ul class="menu"><li><a href="/about">About</a></li>
<li><a href="/archive">Archive</a></li><li><a href="/now">Now</a></li></ul></nav>
</header><main id="primary" class="site-main"><article id="post-{number}" class="post">
<header class="entry-header"><h1 class="entry-title">{escape(title)}</h1>
<div class="entry-meta">Posted by {name} in <a href="/c/misc">Miscellany</a></div>
</header><div class="entry-content">
{body}
</div></article>
<div class="comments-area"><h3>Leave a reply</h3><form><label>Your email address will
not be published. Required fields are marked</label><textarea></textarea></form></div>
</main><aside class="widget-area"><h3>Tags</h3><p>books bread gardens letters maps
</p></aside><footer class="site-footer">Proudly powered by a kettle and {name}</footer>
</body></html>
"""


def _render_forum(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A forum thread: three blocks to a post, signatures, counters."""
    posts = []
    for start in range(0, len(blocks), 3):
        user = make_name(rng)
        text = _mark_up(
            blocks[start : start + 3],
            "{}<br><br>",
            "<strong>{}</strong><br>",
            '<div class="quote"><div class="quote-by">said:</div>{}</div>',
        )
        posts.append(
            f'<li class="post" id="p{start + 1}"><dl class="poster"><dt>{user}</dt>'
            f"<dd>Posts: {rng.randint(1, 9000)}</dd><dd>Joined: long ago</dd></dl>"
            f'<div class="postbody">{text}</div><div class="sig">-- {user}</div></li>'
        )
    return f"""<!doctype html><html><head><meta charset=utf-8>
<title>{escape(title)} - Page 1 - Open Talk Forums</title></head><body id=phpbb>
<div id=wrap><div class=headerbar><h1>Open Talk Forums</h1><p>A place to talk</p></div>
<ul class=linklist><li>Board index<li>General<li>Off topic</ul>
<h2 class=topic-title>{escape(title)}</h2>
<p class=pagination>{len(posts)} posts, page 1 of 1</p>
<ol class=posts>{"".join(posts)}</ol>
<div class=stat-block>Users browsing this forum: no registered users and 3 guests. You
cannot post new topics in this forum. You cannot reply to topics in this forum.</div>
<div class=copyright>Powered by forum software, all times are UTC</div></div></body>
"""


def _render_scam(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A scam landing page: countdown, prizes, a form that asks for a card."""
    prize = rng.randint(100, 5000)
    body = _mark_up(
        blocks,
        '<center><font size="4" color="#333333">{}</font></center>',
        '<center><font size="6" color="red"><blink>{}</blink></font></center>',
    )
    return f"""<html><head><title>!!! {escape(title)} !!! CLAIM NOW</title>
<meta http-equiv="refresh" content="900"><script>var left=299;setInterval(function(){{
left--;document.getElementById('t').innerText=left;}},1000);</script></head>
<body bgcolor="#ffffcc" onload="start()">
<center><h1>CONGRATULATIONS, YOU ARE VISITOR NUMBER {rng.randint(10**5, 10**6)}</h1>
<h2>{escape(title)}</h2><p>Only <span id="t">299</span> seconds left to claim
<b>${prize}</b>! Offer ends today, act now, limited places.</p></center>
{body}
<center><form action="/pay.php" method="post">Full name <input name="n"> Card number
<input name="c"> Expiry <input name="e"> <input type="submit" value="GET MY REWARD">
</form><p><small>Results not typical. No purchase necessary. Unsubscribe by post.
</small></p></center></body></html>
"""


def _render_tables(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A home page of 1999: table layout, spacer images, guest book, counter."""
    body = _mark_up(
        blocks,
        '<TR><TD COLSPAN=2><FONT FACE="Verdana,Arial" SIZE=2>{}</FONT></TD></TR>',
        "<TR><TD BGCOLOR=#000080 COLSPAN=2><FONT COLOR=WHITE><B>{}</B></FONT></TD></TR>",
    )
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=utf-8">
<TITLE>{escape(title)}</TITLE></HEAD>
<BODY BGCOLOR=#C0C0C0 TEXT=#000000 LINK=#0000FF>
<TABLE WIDTH=760 BORDER=0 CELLPADDING=6 ALIGN=CENTER><TR><TD VALIGN=TOP WIDTH=140>
<TABLE><TR><TD><A HREF=index.htm>Home</A></TD></TR><TR><TD><A HREF=guest.htm>Sign my
guest book</A></TD></TR><TR><TD><A HREF=links.htm>Cool links</A></TD></TR><TR><TD>
<IMG SRC=new.gif WIDTH=31 HEIGHT=12></TD></TR></TABLE></TD>
<TD VALIGN=TOP><TABLE WIDTH=600><TR><TD><H1>{escape(title)}</H1></TD>
<TD><IMG SRC=spacer.gif WIDTH=1></TD></TR>
{body}
</TABLE></TD></TR><TR><TD COLSPAN=2 ALIGN=CENTER><FONT SIZE=1>Best viewed at 800 by 600.
You are visitor <B>{rng.randint(1000, 99999):06d}</B>. Member of the {make_name(rng)}
web ring: previous, random, next.</FONT></TD></TR></TABLE></BODY></HTML>
"""


def _render_news(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A news portal: cookie notice, most read, newsletter, advertisements between."""
    name = make_name(rng)
    parts = []
    for number, block in enumerate(blocks):
        parts.append(
            _mark_up(
                (block,),
                '<p class="article-body__text" data-component="text-block">{}</p>',
                '<h3 class="article-body__crosshead">{}</h3>',
                '<figure class="pull-quote">{}</figure>',
            )
        )
        if number % BLOCKS_PER_ADVERT == BLOCKS_PER_ADVERT - 1:
            parts.append('<div class="ad-slot" data-ad="mpu">Advertisement</div>')
    body = "\n".join(parts)
    return f"""<!DOCTYPE html><html lang="en" class="no-js"><head><meta charset="utf-8">
<title>{escape(title)} | The {name} Courier</title>
<meta property="og:type" content="article"><script type="application/ld+json">
{{"@context":"https://schema.org","@type":"NewsArticle"}}</script></head><body>
<div class="cookie-consent" role="dialog"><p>We and our partners store and access
information on your device to personalise content and advertisements, to measure them
and to learn about our audience. You may change your mind at any time.</p>
<button>Accept all</button><button>Manage options</button></div>
<div class="masthead"><a href="/">The {name} Courier</a><ul><li>World</li><li>Business
</li><li>Sport</li><li>Culture</li><li>Travel</li><li>Weather</li></ul></div>
<div class="article-page"><h1 class="headline">{escape(title)}</h1>
<div class="byline">By {make_name(rng)} {make_name(rng)}, correspondent</div>
<div class="share-tools">Share this story</div><section class="article-body">
{body}
</section><section class="most-read"><h4>Most read</h4><ol><li>Storm closes the
{make_name(rng)} bridge for a third day</li><li>What {make_name(rng)} told the inquiry
</li><li>Ten recipes for a cold weekend</li></ol></section>
<section class="newsletter"><h4>The morning in five minutes</h4><p>Sign up for our daily
letter and never miss a headline.</p></section></div>
<div class="colophon">Registered office of the {name} Courier. Complaints and
corrections. Terms of use. Jobs. Syndication.</div></body></html>
"""


def _render_mobile(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A light page for telephones: custom elements, inline style, related cards."""
    body = _mark_up(
        blocks,
        '<p class="i-p">{}</p>',
        '<h2 class="i-h">{}</h2>',
        '<blockquote class="i-q">{}</blockquote>',
    )
    cards = "".join(
        f'<a class="card" href="/m/{rng.randint(1, 999)}"><amp-img width="90"></amp-img>'
        f"<span>{make_name(rng)} today</span></a>"
        for _ in range(4)
    )
    return f"""<!doctype html><html ⚡ lang="en"><head><meta charset="utf-8">
<link rel="canonical" href="https://m.{make_name(rng).lower()}.test/">
<title>{escape(title)}</title><style amp-boilerplate>body{{animation:none}}</style>
<style amp-custom>.i-p{{font:18px/1.6 serif}}.card{{display:flex}}</style></head>
<body><amp-sidebar id="sb" layout="nodisplay"><ul><li>Top</li><li>Saved</li></ul>
</amp-sidebar><article class="i-wrap"><h1>{escape(title)}</h1>
<amp-social-share type="system"></amp-social-share>
{body}
</article><section class="i-more"><h4>More for you</h4>{cards}</section>
<amp-analytics type="plain"></amp-analytics></body></html>
"""


def _render_wiki(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """An encyclopaedia: tabs, contents box, edit links, categories."""
    heads = [block.text for block in blocks if block.kind == "heading"]
    contents = "".join(
        f'<li class="toclevel-1"><a href="#s{number}">{escape(text)}</a></li>' for number, text in enumerate(heads)
    )
    body = _mark_up(
        blocks,
        "<p>{}\n</p>",
        '<h2><span class="mw-headline">{}</span><span class="mw-editsection">[<a>edit</a>]</span></h2>',
    )
    return f"""<!DOCTYPE html>
<html class="client-nojs" lang="en" dir="ltr"><head><meta charset="UTF-8"/>
<title>{escape(title)} - Knowledge Base</title></head>
<body class="mediawiki ltr sitedir-ltr ns-0 ns-subject skin-vector">
<div id="mw-page-base" class="noprint"></div>
<div id="content" class="mw-body" role="main"><h1 id="firstHeading">{escape(title)}</h1>
<div id="siteSub" class="noprint">From the knowledge base that anyone may mend</div>
<div id="mw-content-text"><div class="mw-parser-output">
<div id="toc" class="toc"><h2>Contents</h2><ul>{contents}</ul></div>
{body}
</div></div><div id="catlinks" class="catlinks">Categories: <a>All stubs</a>
<a>Articles of {make_name(rng)}</a></div></div>
<div id="mw-navigation"><h2>Navigation menu</h2><ul><li>Read</li><li>View source</li>
<li>View history</li></ul><ul><li>Main page</li><li>Random page</li><li>Help</li>
<li>What links here</li></ul></div><div id="footer"><ul><li>This page was last edited
by {make_name(rng)}.</li><li>Text is available under the terms stated on each page.</li>
</ul></div></body></html>
"""


def _render_print(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A print view: one column, rule lines, page address at the foot."""
    body = _mark_up(blocks, "<p>{}</p>", "<h3>{}</h3>")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{escape(title)} (printable)
</title><style type="text/css" media="print">a {{ color: black }}</style></head>
<body onload="window.print()"><h1>{escape(title)}</h1><hr />
{body}
<hr /><p class="printfoot">Printed from http://www.{make_name(rng).lower()}.test/print?id=
{rng.randint(1, 99999)}</p></body></html>
"""


def _render_plain(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """Hardly a page: preformatted text with a line of equal signs."""
    body = _mark_up(blocks, "{}\n", "\n== {} ==\n", "{}\n")
    return (
        f"<title>{escape(title)}</title>\n<pre>\n{escape(title)}\n{'=' * 40}\n\n"
        f"{body}\n\n-- \nmirror no. {rng.randint(1, 99)}\n</pre>\n"
    )


def _render_shop(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A product page: definition lists, price, basket, delivery terms."""
    body = _mark_up(
        blocks,
        '<dd class="prod-desc__item">{}</dd>',
        '<dt class="prod-desc__name">{}</dt>',
        '<dd class="prod-desc__review">{}</dd>',
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>Buy {escape(title)} - free delivery</title></head><body data-page="product">
<div class="usp-bar">Free delivery over 40. Thirty days to return. Pay later.</div>
<div class="mega-nav"><span>Home</span><span>Garden</span><span>Electronics</span>
<span>Clearance</span><span>Basket (0)</span></div>
<div class="pdp"><h1 class="pdp__title">{escape(title)}</h1>
<div class="pdp__price">£{rng.randint(3, 400)}.99</div><div class="pdp__stock">Only
{rng.randint(1, 9)} left in stock</div><button class="pdp__add">Add to basket</button>
<dl class="prod-desc">
{body}
</dl><div class="pdp__rating">4.7 out of 5 by {rng.randint(10, 5000)} customers</div>
</div><div class="foot-links"><span>Help</span><span>Delivery</span><span>Returns</span>
<span>Gift cards</span><span>Sell with us</span></div></body></html>
"""


def _render_lessons(title: str, blocks: Sequence[Block], rng: Random) -> str:
    """A course site: numbered steps in list items, progress, quiz."""
    body = _mark_up(
        blocks,
        '<li class="step"><div class="step-body">{}</div></li>',
        '<li class="step step--head"><em>{}</em></li>',
        '<li class="step step--quote">{}</li>',
    )
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>Lesson
{rng.randint(1, 60)}: {escape(title)}</title><link rel="manifest" href="/app.json">
</head><body><div class="app-shell"><div class="app-bar">Learn with {make_name(rng)}
<span class="progress">{rng.randint(1, 99)} % done</span></div>
<div class="drawer"><span>My courses</span><span>Certificates</span><span>Upgrade</span>
</div><div class="lesson"><h1>{escape(title)}</h1><ol class="steps">
{body}
</ol><div class="quiz">Ready to test what you learned? Start the quiz.</div></div>
</div><script src="/app.{rng.getrandbits(24):06x}.js"></script></body></html>
"""


TEMPLATES: Final[Mapping[str, Callable[[str, Sequence[Block], Random], str]]] = {
    "viewer": _render_viewer,
    "blog": _render_blog,
    "forum": _render_forum,
    "scam": _render_scam,
    "tables": _render_tables,
    "news": _render_news,
    "mobile": _render_mobile,
    "wiki": _render_wiki,
    "print": _render_print,
    "plain": _render_plain,
    "shop": _render_shop,
    "lessons": _render_lessons,
}
