"""The pictures and videos of a page are found where pages put them, and hostile pages are bounded."""

import time

import pytest

from cloneward.fingerprint.media import MAX_PICTURES, MAX_VIDEOS, Shown, choose_largest, list_media


@pytest.mark.parametrize(
    ("html", "pictures"),
    [
        ('<img src="a.jpg">', ["a.jpg"]),
        ('<img src="dot.gif" data-src=" b.jpg ">', ["dot.gif", "b.jpg"]),
        ('<img src="s.jpg" srcset="m.jpg 300w, l.jpg 900w, s.jpg 100w">', ["s.jpg", "l.jpg"]),
        ('<picture><source srcset="a.avif 2x, b.avif"><img src="a.jpg"></picture>', ["a.avif", "a.jpg"]),
        ('<video poster="still.jpg"></video>', ["still.jpg"]),
        ('<meta property="og:image" content="https://x.test/o.jpg">', ["https://x.test/o.jpg"]),
        ('<meta name="twitter:image" content="t.jpg">', ["t.jpg"]),
        ('<link rel="image_src" href="i.jpg">', ["i.jpg"]),
        ("<p style=\"background: url('b g.jpg') no-repeat, url(c.png)\">", ["b g.jpg", "c.png"]),
        ('<a href="full.JPEG?dl=1">save</a><a href="next.html">next</a>', ["full.JPEG?dl=1"]),
        ('<svg><image href="v.png"/></svg>', ["v.png"]),
        ('<input type="image" src="send.png"><div data-bg="lazy.jpg">', ["send.png", "lazy.jpg"]),
        ('<img src="data:image/gif;base64,R0lGOD==">', ["data:image/gif;base64,R0lGOD=="]),
        ('<noscript><img src="plain.jpg"></noscript>', ["plain.jpg"]),
        ('<img src=""><img><img src="javascript:alert(1)"><img src="#x">', []),
        ('<img src="a.jpg"><img src="a.jpg">', ["a.jpg"]),
    ],
)
def test_pictures_are_found_where_pages_put_them(html, pictures):
    """Every way in which pages name a picture is read, each address once and in reading order."""
    assert list_media(html.encode()).pictures == tuple(pictures)


@pytest.mark.parametrize(
    ("html", "videos"),
    [
        ('<video src="a.mp4"></video>', ["a.mp4"]),
        ('<video><source src="a.webm"><source src="a.mp4"></video>', ["a.webm", "a.mp4"]),
        ('<meta property="og:video" content="o.mp4">', ["o.mp4"]),
        ('<a href="story.mp4?x=1">save</a>', ["story.mp4?x=1"]),
        ('<embed src="e.mov"><object data="o.m4v"></object>', ["e.mov", "o.m4v"]),
        ('<audio><source src="a.mp3"></audio>', []),
    ],
)
def test_videos_are_found_where_pages_put_them(html, videos):
    """Every way in which pages name a video is read, and sounds are none."""
    assert list_media(html.encode()).videos == tuple(videos)


@pytest.mark.parametrize(
    ("candidates", "largest"),
    [
        ("a.jpg", "a.jpg"),
        ("a.jpg 1x, b.jpg 2x", "b.jpg"),
        ("a,b.jpg 100w,c,d.jpg 50w", "a,b.jpg"),
        ("data:image/png;base64,AAAA 1x, b.png 3x", "b.png"),
        ("a.jpg 1.2.3x, b.jpg 1x", "a.jpg"),
        (" , , ", None),
        ("", None),
    ],
)
def test_largest_candidate_is_chosen(candidates, largest):
    """Of a srcset the widest or densest candidate counts, whatever commas its addresses hold."""
    assert choose_largest(candidates) == largest


def test_numbers_are_bounded_and_the_rest_is_counted():
    """A page with more pictures and videos than are read tells how many were left out."""
    html = "".join(f'<img src="{at}.jpg"><video src="{at}.mp4"></video>' for at in range(MAX_PICTURES + 5))
    shown = list_media(html.encode())
    assert len(shown.pictures) == MAX_PICTURES
    assert len(shown.videos) == MAX_VIDEOS
    assert shown.left_out == 5 + MAX_PICTURES + 5 - MAX_VIDEOS


@pytest.mark.parametrize(
    "html",
    [
        b'<img srcset="' + b"," * 500_000 + b'">',
        b'<img srcset="' + b"a " * 500_000 + b'">',
        b'<img srcset="a 1w' + b",b" * 500_000 + b'">',
        b'<p style="' + b"url(" * 200_000 + b'">',
        b"<img src=" + b"a" * 1_000_000,
        b"\xff\xfe\x00<img src=\x00",
        b"<svg>" * 100_000 + b"<image href=x.png>",
        b'<link rel="image_src" href=""><link rel="" href="x.png"><meta property="og:image" content="">',
    ],
)
def test_hostile_pages_take_no_time(html):
    """Endless candidates, styles and nesting are read in bounded time, and never raise."""
    began = time.process_time()
    assert isinstance(list_media(html), Shown)
    assert time.process_time() - began < 5
