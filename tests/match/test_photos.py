"""Photos found through what viewer sites do to them, and an index of them that changes."""

import dataclasses
import json

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from cloneward.errors import EvidenceError, VersionMismatch
from cloneward.fingerprint.image import read_image
from cloneward.fingerprint.local import MOST_ASKED, MOST_KEPT
from cloneward.fingerprint.photo import PicturePrint, fingerprint_picture
from cloneward.match import photos
from cloneward.match.photos import build_photos, find_photos, open_photos, update_photos
from cloneward.model.finding import Transform
from tests.hostile_images import encode, make_hostile

COUNT = 12
SIZE = (640, 480)


def draw_photo(seed):
    """Draw shapes of all sizes on soft ground, others for each seed."""
    chance = np.random.default_rng(seed)
    ground = Image.fromarray(chance.integers(0, 256, (4, 5, 3), np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(ground)
    for size in np.geomspace(200, 12, 60):
        x, y = chance.uniform(-20, SIZE[0]), chance.uniform(-20, SIZE[1])
        box = (x, y, x + size * chance.uniform(0.5, 2), y + size)
        colour = tuple(chance.integers(0, 256, 3).tolist())
        (draw.ellipse if chance.random() < 0.5 else draw.rectangle)(box, fill=colour)
    grain = chance.normal(0, 4, (SIZE[1], SIZE[0], 1))
    soft = np.asarray(ground.filter(ImageFilter.GaussianBlur(1)), np.float32) + grain
    return Image.fromarray(soft.clip(0, 255).astype(np.uint8))


def ask(image, quality=80):
    """Give the fingerprint of a picture as a page shows it."""
    return fingerprint_picture(read_image(encode(image, quality=quality))[0], MOST_ASKED)


def keep(image):
    """Give the fingerprint of a picture as its owner keeps it."""
    return fingerprint_picture(read_image(encode(image))[0], MOST_KEPT)


@pytest.fixture(scope="module")
def prints():
    """The fingerprints of some photos, by name."""
    return [(f"photo{seed}", keep(draw_photo(seed))) for seed in range(COUNT)]


@pytest.fixture(scope="module")
def index(prints):
    """An index of them in memory."""
    return build_photos(prints)


def cut(image, left=0.1, top=0.2, share=0.75):
    """Give three quarters of each side."""
    width, height = image.size
    x, y = left * width, top * height
    return image.crop((round(x), round(y), round(x + share * width), round(y + share * height)))


def write_on(image):
    """Write across the whole of a picture."""
    drawn = image.copy()
    draw = ImageDraw.Draw(drawn)
    for row in range(4):
        draw.text((20, 30 + 120 * row), "viewer.example", fill="white", font_size=40)
    return drawn


def cover(image):
    """Cover the lower third."""
    drawn = image.copy()
    ImageDraw.Draw(drawn).rectangle((0, 340, *SIZE), fill="black")
    return drawn


EDITS = {
    "same": lambda image: image,
    "cut": cut,
    "square": lambda image: image.crop((80, 0, 560, 480)),
    "border": lambda image: ImageOps.expand(image, 64, "white"),
    "bars": lambda image: ImageOps.expand(image, (0, 72), "black"),
    "cover": cover,
    "turned": lambda image: image.rotate(3, Image.Resampling.BICUBIC, fillcolor="white"),
    "mirror": ImageOps.mirror,
    "words": write_on,
    "small": lambda image: image.resize((150, 112)),
    "mirror and cut": lambda image: ImageOps.mirror(cut(image)),
    "cut and border": lambda image: ImageOps.expand(cut(image), 40, "#224466"),
    "turned and small": lambda image: image.rotate(-3, Image.Resampling.BICUBIC).resize((150, 112)),
    "square and words": lambda image: write_on(image.crop((80, 0, 560, 480))),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_edits(index, edit):
    """Each photo is found through what was done to it, and no other one."""
    found = [[match.picture for match in find_photos(index, ask(edit(draw_photo(seed))))] for seed in range(4)]
    assert found == [[f"photo{seed}"] for seed in range(4)]


def disturb(asked):
    """Give a fingerprint whose points are left alone, but neither the bits of the whole nor brightness."""
    chance = np.random.default_rng(1).integers(0, 256, asked.local.buffer.shape, np.uint8)
    return PicturePrint((), dataclasses.replace(asked.local, buffer=chance))


def test_looks_closer_where_points_agree(index):
    """Where points of a picture agree and brightness does not, the second look decides."""
    asked = ask(draw_photo(3))
    assert find_photos(index, disturb(asked)) == []
    assert find_photos(index, disturb(asked), lambda: None) == []
    assert find_photos(index, disturb(asked), lambda: asked) == find_photos(index, asked)


@pytest.mark.parametrize("seed", [3, COUNT])
def test_looks_closer_nowhere_else(index, seed):
    """What is found at once, and a picture that is none of ours, are looked at once."""

    def fail():
        pytest.fail("looked closer")

    assert bool(find_photos(index, ask(draw_photo(seed)), fail)) == (seed < COUNT)


def test_compressed(index):
    """A photo that was compressed hard is found as a whole, by bits."""
    (match,) = find_photos(index, ask(draw_photo(3), quality=30))
    assert (match.picture, match.measure) == ("photo3", "hamming")
    assert match.value <= 31
    assert match.transform.crop == pytest.approx((0, 0, 1, 1), abs=0.02)


def test_contradicted(prints):
    """A picture whose bits are near by chance is not told where its points, of which there are enough, do not agree."""
    bits, other = prints[0][1], prints[1][1]
    chance = build_photos([("chance", PicturePrint(bits.photos, other.local))])
    assert find_photos(chance, bits) == []


def test_few_points(prints):
    """A picture with too few points is told by its bits alone, as shown whole."""
    whole = prints[0][1]
    local = dataclasses.replace(whole.local, codes=whole.local.codes[:20], spots=whole.local.spots[:20])
    few = build_photos([("few", PicturePrint(whole.photos, local))])
    (match,) = find_photos(few, PicturePrint(whole.photos, prints[1][1].local))
    assert (match.picture, match.measure, match.value) == ("few", "hamming", 0)
    assert match.transform == Transform(mirror=False, degrees=0.0, scale=1.0, crop=(0.0, 0.0, 1.0, 1.0))


def test_transform(index):
    """Of a part that is mirrored and half as wide, mirror, scale and part are told."""
    image = ImageOps.mirror(cut(draw_photo(5)))
    (match,) = find_photos(index, ask(image.resize((image.width // 2, image.height // 2))))
    assert match.measure == "inliers"
    assert match.transform.mirror
    assert match.transform.scale == pytest.approx(0.5, abs=0.02)
    assert match.transform.degrees == pytest.approx(0, abs=0.5)
    assert match.transform.crop == pytest.approx((0.1, 0.2, 0.85, 0.95), abs=0.02)


def test_turned(index):
    """A turn is told in degrees clockwise: Pillow turns the other way."""
    (match,) = find_photos(index, ask(draw_photo(5).rotate(3, Image.Resampling.BICUBIC)))
    assert match.transform.degrees == pytest.approx(-3, abs=0.5)


def test_collage(index):
    """Of a page's picture made of four photos, all four are told, each with its place."""
    sheet = Image.new("RGB", (SIZE[0] * 2, SIZE[1] * 2))
    for at in range(4):
        sheet.paste(draw_photo(at), (at % 2 * SIZE[0], at // 2 * SIZE[1]))
    found = find_photos(index, ask(sheet))
    assert sorted(match.picture for match in found) == ["photo0", "photo1", "photo2", "photo3"]
    assert all(match.transform.scale == pytest.approx(1, abs=0.05) for match in found)


def test_strangers(index):
    """Photos that nobody protects show none of those that somebody does."""
    assert not [seed for seed in range(100, 110) if find_photos(index, ask(draw_photo(seed)))]


def test_plain(index):
    """Pictures of one colour and of a soft shade show nothing, and are found by nothing."""
    pictures = [Image.new("RGB", SIZE, "white"), Image.linear_gradient("L").resize(SIZE), Image.new("RGB", (1, 1))]
    plain = build_photos((f"plain{at}", keep(picture)) for at, picture in enumerate(pictures))
    for picture in pictures:
        assert find_photos(index, ask(picture)) == find_photos(plain, ask(picture)) == []


def test_hostile(index):
    """Whatever file is read as a picture is looked up and kept, and shows none of ours."""
    read = [read_image(hostile.content)[0] for hostile in make_hostile().values()]
    prints = [fingerprint_picture(picture, MOST_ASKED) for picture in read if picture]
    assert len(prints) > 10
    assert not [one for one in prints if find_photos(index, one)]
    assert len(build_photos((str(at), one) for at, one in enumerate(prints))) == len(prints)


def test_empty(tmp_path):
    """Where there is no index yet, nothing is found."""
    asked = ask(draw_photo(1))
    assert find_photos(open_photos(tmp_path), asked) == find_photos(build_photos([]), asked) == []
    assert len(open_photos(tmp_path)) == 0


def test_disk(tmp_path, prints, index):
    """On disk, in one part or in several, the same is found as in memory, with the same words."""
    asked = [ask(cut(draw_photo(seed))) for seed in range(6)]
    written = open_photos(tmp_path)
    for at in range(0, COUNT, 5):
        written = update_photos(tmp_path, written, prints[at : at + 5], mark="some")
    assert len(written.parts) > 1
    assert written.mark == "some"
    assert sorted(open_photos(tmp_path).names()) == sorted(index.names())
    for one in asked:
        assert find_photos(written, one) == find_photos(index, one)
        assert find_photos(written, one)


def test_removed(tmp_path, prints):
    """What was removed is found no more, in parts that it shared with others too."""
    index = update_photos(tmp_path, open_photos(tmp_path), prints)
    index = update_photos(tmp_path, index, gone={"photo1", "photo2", "unknown"})
    assert len(index) == COUNT - 2
    assert "photo1" not in set(index.names())
    for seed, found in ((1, []), (3, ["photo3"])):
        for image in (draw_photo(seed), cut(draw_photo(seed))):
            assert [match.picture for match in find_photos(index, ask(image))] == found


def test_added_again(tmp_path, prints):
    """What is added again replaces what was there, and stands in the index once."""
    index = update_photos(tmp_path, open_photos(tmp_path), prints)
    index = update_photos(tmp_path, index, [("photo1", prints[2][1]), ("photo1", keep(draw_photo(99)))])
    assert len(index) == COUNT
    assert [match.picture for match in find_photos(index, ask(draw_photo(99)))] == ["photo1"]
    assert find_photos(index, ask(draw_photo(1))) == []


def test_all_removed(tmp_path, prints):
    """An index from which everything was removed finds nothing and keeps no file but the manifest."""
    index = update_photos(tmp_path, open_photos(tmp_path), prints[:3])
    index = update_photos(tmp_path, index, gone=set(index.names()))
    assert find_photos(index, ask(draw_photo(1))) == []
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]


def test_merged(tmp_path, prints):
    """Many small parts become few, and what was removed leaves the disk with them."""
    index = open_photos(tmp_path)
    for entry in prints:
        index = update_photos(tmp_path, index, [entry], gone={"photo2"} if entry[0] == "photo5" else set())
    assert len(index.parts) < 8
    assert len(index) == COUNT - 1
    assert len(list(tmp_path.iterdir())) == 2 * len(index.parts) + 1
    assert [match.picture for match in find_photos(index, ask(cut(draw_photo(7))))] == ["photo7"]


def test_bounded(tmp_path, prints, monkeypatch):
    """Added pictures are written part by part, and never read further than the part at hand."""
    monkeypatch.setattr(photos, "SEGMENT_SIZE", 5)
    seen = []

    def give():
        for at, entry in enumerate(prints[:12]):
            seen.append((at, len(list(tmp_path.glob("*.points")))))
            yield entry

    index = update_photos(tmp_path, open_photos(tmp_path), give())
    assert [at // 5 for at, _ in seen] == [written for _, written in seen]
    assert len(index) == 12


def test_a_run_that_was_ended_is_taken_up(tmp_path, prints, monkeypatch):
    """What was added before a run was ended is in the index, under the mark of before, so that the rest can follow."""
    monkeypatch.setattr(photos, "SEGMENT_SIZE", 2)
    index = update_photos(tmp_path, open_photos(tmp_path), prints[:1], mark="before")

    def give():
        yield from prints[1:6]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update_photos(tmp_path, index, give(), gone={"photo0"}, mark="after")
    index = open_photos(tmp_path)
    assert sorted(index.names()) == [name for name, _ in prints[1:5]]
    assert index.mark == "before"
    index = update_photos(tmp_path, index, prints[5:6], mark="after")
    assert (sorted(index.names()), index.mark) == ([name for name, _ in prints[1:6]], "after")


def test_what_is_on_the_disk_is_not_written_again(tmp_path, prints):
    """A change writes what is new, and leaves the files of the other parts as they are."""
    index = update_photos(tmp_path, open_photos(tmp_path), prints[:4])
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("*.points")}
    update_photos(tmp_path, index, prints[4:6], gone={"photo1"})
    after = {file.name: file.stat().st_mtime_ns for file in tmp_path.glob("*.points")}
    assert len(after) == 2
    assert before.items() <= after.items()


def test_old_reader(tmp_path, prints):
    """A reader keeps what it opened, whatever is written after that."""
    index = update_photos(tmp_path, open_photos(tmp_path), prints[:4])
    update_photos(tmp_path, index, prints[4:], gone={"photo1"})
    assert [match.picture for match in find_photos(index, ask(cut(draw_photo(1))))] == ["photo1"]


def test_crash(tmp_path, prints, monkeypatch):
    """A writer that is stopped before the manifest is replaced leaves the old index valid."""
    index = update_photos(tmp_path, open_photos(tmp_path), prints[:4])
    monkeypatch.setattr(photos, "json", None)  # with which the manifest is written, once all segments are
    with pytest.raises(AttributeError):
        update_photos(tmp_path, index, prints[4:8])
    monkeypatch.undo()
    assert len(list(tmp_path.glob("*.points"))) == 2
    assert sorted(open_photos(tmp_path).names()) == [name for name, _ in prints[:4]]
    assert len(update_photos(tmp_path, open_photos(tmp_path), prints[4:8])) == 8


def test_damaged(tmp_path, prints):
    """A manifest that is no manifest, or of another version, is refused with what to do."""
    update_photos(tmp_path, open_photos(tmp_path), prints[:2])
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"version": 2}))
    with pytest.raises(VersionMismatch, match="local/2"):
        open_photos(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(EvidenceError) as raised:
        open_photos(tmp_path)
    assert "protect add" in raised.value.hint
