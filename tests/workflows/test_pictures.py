"""What pages show of our pictures is found wherever the pictures lie, and what was not compared is told."""

import base64
import json
from collections import Counter

import pytest
from PIL import Image, ImageOps

from cloneward.archive.folder import RawPage
from cloneward.fetch.http import Fetcher
from cloneward.settings import Fetch
from cloneward.workflows.check import Check
from cloneward.workflows.gather import Gatherer
from cloneward.workflows.library import open_folders
from cloneward.workflows.pictures import MAX_FETCHED, Pictures
from cloneward.workflows.visit import Reader
from tests.archive.crawl import http, pack, record
from tests.drawings import draw, write
from tests.fetch.hosts import Host, answer, path_of
from tests.hostile_videos import encode_video, make_clip, mirror
from tests.store.entries import JumpingClock

OURS = write(draw(1))
THEIRS = write(ImageOps.mirror(draw(1)).resize((240, 180)))
FOREIGN = write(draw(7))


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A library of one profile with a picture, a login-only one with another, and no text."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "p.jpg").write_bytes(OURS)
    (folder / "q.jpg").write_bytes(write(draw(2)))
    items = [
        {"id": "ann", "kind": "photo", "person": "ann", "images": ["p.jpg"]},
        {"id": "bob", "kind": "photo", "person": "bob", "images": ["q.jpg"], "visibility": "login", "minor": True},
    ]
    (folder / "items.jsonl").write_text("\n".join(map(json.dumps, items)))
    library, problems = open_folders([folder / "items.jsonl"])
    assert problems == []
    return library


def judge(library, target, **options):
    """The verdict on a target, and the pictures that were kept."""
    checks = list(Check(library=library, clock=JumpingClock(), **options).run(target))
    assert len(checks) == 1
    return checks[0].verdict, checks[0].pictures


def save(folder, html, **files):
    """A folder with a page and files beside it."""
    folder.mkdir()
    (folder / "index.html").write_text(html)
    for name, content in files.items():
        (folder / f"{name}.jpg").write_bytes(content)
    return folder


def test_a_picture_of_ours_makes_a_partial_copy(library, tmp_path):
    """A page without a word of ours that shows our picture, mirrored and smaller, is a partial copy, with its harms."""
    html = '<p>some words of their own<img src="a.jpg"><img src="b.jpg"><img src="b.jpg?v=2">'
    verdict, kept = judge(library, save(tmp_path / "x", html, a=FOREIGN, b=THEIRS), keeps_pictures=True)
    assert verdict.verdict == "partial_copy"
    (match,) = verdict.matches
    assert (match.item, match.page, match.kind, match.image) == ("ann", "index.html", "image", "b.jpg")
    assert match.transform.mirror
    assert match.transform.scale == pytest.approx(0.5, abs=0.03)
    assert verdict.persons_affected == 1
    assert verdict.harms == ("personal_data",)
    assert [(one.item, content) for one, content, _ in kept] == [("ann", THEIRS)]
    assert library.gallery.read(kept[0][2]) == OURS
    assert verdict.problems == ()


@pytest.mark.parametrize(
    ("item", "stage", "words"),
    [
        ("ann", "judged", "1 of kind image"),
        ("bob", "retrieved", "none of the 1 pictures and videos of the target that were compared shows one of the 1"),
    ],
)
def test_why_a_picture_did_not_match(library, tmp_path, item, stage, words):
    """Of an item of pictures alone it is told whether it is among the matches, or that no picture shows it."""
    folder = save(tmp_path / "x", '<p>words<img src="b.jpg">', b=THEIRS)
    why_not = judge(library, folder, why_not=item)[0].why_not
    assert (why_not.stage, words in why_not.text) == (stage, True)


def test_login_only_pictures_of_minors_are_harms(library, tmp_path):
    """What is shown of someone who is a minor, to the logged in alone, is told as both."""
    html = f'<img src="data:image/jpeg;base64,{base64.b64encode(write(draw(2), quality=35)).decode()}">'
    verdict, kept = judge(library, save(tmp_path / "x", html))
    assert set(verdict.harms) == {"personal_data", "login_only", "minors"}
    assert verdict.login_only_items == 1
    assert verdict.matches[0].image == "data:image/jpeg;base64"
    assert list(kept) == []


def test_pictures_of_others_are_none(library, tmp_path):
    """A page whose pictures are foreign is unrelated, and was read though it has no words."""
    verdict, _ = judge(library, save(tmp_path / "x", '<img src="a.jpg">', a=FOREIGN))
    assert (verdict.verdict, verdict.matches) == ("unrelated", ())


def test_what_was_not_compared_is_told(library, tmp_path):
    """Pictures that are missing or damaged are counted by reason, each once a target; icons are none."""
    html = "".join(f'<img src="{name}.jpg">' for name in ("gone", "away", "cut", "icon"))
    folder = save(tmp_path / "x", f"<p>words</p>{html}", cut=OURS[:900], icon=write(draw(3, 32, 32)))
    verdict, _ = judge(library, folder)
    told = {problem.code: problem.text for problem in verdict.problems}
    assert set(told) == {"pictures_missing", "pictures_unread"}
    assert told["pictures_missing"].startswith("2 pictures and videos")
    assert "1 image_damaged" in told["pictures_unread"]


@pytest.mark.parametrize("order", [1, -1])
def test_pictures_of_an_archive_are_found(library, tmp_path, order):
    """In a WARC the picture may stand before or behind the page that shows it."""
    page = record("https://copy.test/u/1", http(b'<p>words<img src="/img/b.jpg?x=1">'))
    picture = record("https://copy.test/img/b.jpg?x=1", http(THEIRS, "image/jpeg"))
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(pack(*[page, picture][::order]))
    verdict, _ = judge(library, path)
    assert [(match.item, match.page) for match in verdict.matches] == [("ann", "https://copy.test/u/1")]
    assert (verdict.site, verdict.verdict) == ("copy.test", "partial_copy")


def test_pictures_of_the_web_are_fetched_once(library):
    """On the web each picture is asked for once, and no more than so many; one that is gone is told."""
    asked = Counter()
    html = '<p>words</p><img src="/b.jpg"><img src="/b.jpg#x"><img src="/gone.jpg">'
    html += "".join(f'<img src="/{at}.jpg">' for at in range(MAX_FETCHED))

    def behave(link, head):
        path = path_of(head)
        asked[path] += 1
        if path == "/":
            link.sendall(answer(html.encode(), "Content-Type: text/html\r\n"))
        elif path == "/gone.jpg":
            link.sendall(answer(b"no", status="404 Not Found"))
        else:
            link.sendall(answer(THEIRS if path == "/b.jpg" else FOREIGN, "Content-Type: image/jpeg\r\n"))

    host = Host(behave)
    try:
        rules = Fetch(allow=(host.endpoint,), resolve={"*.test": host.endpoint}, per_host_s=0)
        clock = JumpingClock()
        gatherer = Gatherer(Reader(Fetcher(rules, clock), clock, "check"))
        verdict, _ = judge(library, "http://copy.test/", gatherer=gatherer)
    finally:
        host.stop()
    assert [match.item for match in verdict.matches] == ["ann"]
    assert set(asked.values()) == {1}
    assert sum(asked.values()) == 1 + MAX_FETCHED
    assert {"pictures_missing", "pictures_unread"} <= {problem.code for problem in verdict.problems}


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """A library of one story that is a video, and the bytes of it shown mirrored, of a foreign one, and of a still."""
    folder = tmp_path_factory.mktemp("story")
    clip = make_clip([draw(number, 640, 480) for number in range(20, 25)])
    (folder / "s.mp4").write_bytes(encode_video(clip))
    item = {"id": "story-1", "kind": "story", "person": "ann", "videos": ["s.mp4"]}
    (folder / "items.jsonl").write_text(json.dumps(item))
    library, problems = open_folders([folder / "items.jsonl"])
    assert problems == []
    foreign = make_clip([draw(number, 640, 480) for number in range(40, 45)])
    still = write(Image.fromarray(clip.frames[0][..., :3]))
    return library, encode_video(mirror(clip)), encode_video(foreign), still


def test_a_video_of_ours_is_found_by_its_frames(story, tmp_path):
    """A page that shows our video, mirrored, has frames of it in order; a foreign one has none."""
    library, ours, foreign, _ = story
    folder = save(tmp_path / "x", '<p>words</p><video src="a.mp4"></video><video><source src="b.mp4"></video>')
    (folder / "a.mp4").write_bytes(foreign)
    (folder / "b.mp4").write_bytes(ours)
    verdict, _ = judge(library, folder)
    (match,) = verdict.matches
    assert (match.item, match.kind, match.image, match.measure) == ("story-1", "video", "b.mp4", "hamming")
    assert len(match.frames) >= 3
    assert [frame.item_s for frame in match.frames] == sorted(frame.item_s for frame in match.frames)
    assert (verdict.verdict, verdict.persons_affected) == ("partial_copy", 1)
    assert not any("picture" in reason.code for reason in verdict.reasons)


def test_a_page_of_a_video_alone_is_read(story, tmp_path):
    """A page without a word whose foreign video was compared is unrelated, and what was compared is told."""
    folder = save(tmp_path / "x", '<video src="a.mp4"></video>')
    (folder / "a.mp4").write_bytes(story[2])
    verdict, _ = judge(story[0], folder)
    assert verdict.verdict == "unrelated"
    assert "pictures compared: 0, videos: 1" in next(one.text for one in verdict.reasons if one.code == "no_words")


def test_a_poster_alone_is_partial(story, tmp_path):
    """A frame of our video that a page shows as a picture is a match of a picture; a video that is gone is told."""
    library, _, _, still = story
    folder = save(tmp_path / "x", '<p>words</p><video poster="p.jpg" src="gone.mp4"></video>', p=still)
    verdict, _ = judge(library, folder)
    assert [(match.item, match.kind, match.image) for match in verdict.matches] == [("story-1", "image", "p.jpg")]
    assert verdict.verdict == "partial_copy"
    assert [problem.code for problem in verdict.problems] == ["pictures_missing"]


def test_broken_videos_are_told(story, tmp_path):
    """A video that cannot be read is counted with its reason, and the page is judged all the same."""
    library, ours, _, _ = story
    folder = save(tmp_path / "x", '<p>words</p><video src="b.mp4"></video>')
    (folder / "b.mp4").write_bytes(ours[:300])
    verdict, _ = judge(library, folder)
    assert verdict.verdict == "unrelated"
    assert [problem.code for problem in verdict.problems] == ["pictures_unread"]


def test_too_many_videos_are_counted(story, tmp_path, monkeypatch):
    """Of a target only so many different videos are looked at, and the others are told."""
    monkeypatch.setattr("cloneward.workflows.pictures.MAX_WATCHED", 1)
    library, ours, foreign, _ = story
    folder = save(tmp_path / "x", '<p>words</p><video src="a.mp4"></video><video src="b.mp4"></video>')
    (folder / "a.mp4").write_bytes(foreign)
    (folder / "b.mp4").write_bytes(ours)
    verdict, _ = judge(library, folder)
    assert verdict.matches == ()
    (problem,) = verdict.problems
    assert (problem.code, problem.text[:2]) == ("pictures_left_out", "1 ")


def test_videos_are_not_read_where_none_is_protected(library, tmp_path):
    """A page's video is neither read nor missed where all that is protected are pictures."""
    folder = save(tmp_path / "x", '<p>words</p><img src="b.jpg"><video src="gone.mp4"></video>', b=THEIRS)
    verdict, _ = judge(library, folder)
    assert [match.item for match in verdict.matches] == ["ann"]
    assert verdict.problems == ()


def test_pictures_without_a_page_are_compared(library, story, tmp_path):
    """A picture or video that is given, and a folder of nothing else, are compared as pages that show them alone."""
    folder = tmp_path / "loose"
    (folder / "in it").mkdir(parents=True)
    (folder / "in it" / "b #1.jpg").write_bytes(THEIRS)
    (folder / "a.jpg").write_bytes(FOREIGN)
    verdict, kept = judge(library, folder, keeps_pictures=True)
    assert [(match.item, match.page) for match in verdict.matches] == [("ann", "in it/b #1.jpg")]
    assert (verdict.verdict, verdict.pages, len(kept)) == ("partial_copy", 2, 1)
    assert judge(library, folder / "in it" / "b #1.jpg", each=True)[0].verdict == "partial_copy"
    assert judge(library, folder / "a.jpg")[0].verdict == "unrelated"
    (tmp_path / "s.mp4").write_bytes(story[1])
    assert [match.kind for match in judge(story[0], tmp_path / "s.mp4")[0].matches] == ["video"]


def test_pictures_beside_pages_are_those_of_the_pages(library, tmp_path):
    """Where a folder has pages, what none of them shows is no part of the target."""
    assert judge(library, save(tmp_path / "x", "<p>words", b=THEIRS))[0].verdict == "unrelated"


def test_what_is_only_named_like_a_picture_is_read_as_what_it_is(library, tmp_path):
    """Lines of JSON under the name of a picture are records, and a file that is no picture says so."""
    (tmp_path / "x.jpg").write_text('{"id": "a", "text": "words of somebody"}\n')
    assert judge(library, tmp_path / "x.jpg")[0].words == 3
    (tmp_path / "y.jpg").write_text("words")
    verdict, _ = judge(library, tmp_path / "y.jpg")
    assert verdict.verdict == "unknown"
    assert "image_unknown" in [problem.code for problem in verdict.problems]


def test_too_many_pictures_are_counted(library):
    """Of a page with more pictures than are read, the rest is told."""
    pictures = Pictures(library.gallery, lambda _: None)
    html = "".join(f'<img src="{at}.jpg">' for at in range(305)).encode()
    assert list(pictures.compare(RawPage("x.html", html, is_html=True))) == []
    assert [problem.code for problem in pictures.tell()] == ["pictures_missing", "pictures_left_out"]


def test_nothing_is_looked_at_where_no_picture_is_protected():
    """Without protected pictures no page is read for its own."""
    empty, _ = open_folders([])
    pictures = Pictures(empty.gallery, lambda _: pytest.fail("looked at a picture"))
    assert list(pictures.compare(RawPage("x.html", b'<img src="a.jpg">', is_html=True))) == []
    assert list(pictures.tell()) == []
