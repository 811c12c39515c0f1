"""The bench of photos counts what it says it counts."""

from random import Random

import photos
import pytest
from photos import Answer, Photo, Query
from photos_scenes import name_scene, read_scenes
from PIL import Image

from tests.hostile_images import make_picture

WHOLE = {"mirror": False, "degrees": 0.0, "scale": 1.0, "crop": [0, 0, 1, 1]}


def make_photos(folder, names):
    """Photos of so many scenes: what stands before the dash names the scene."""
    return [Photo(name, folder / f"{name}.jpg", "test", name.partition("-")[0]) for name in names]


def test_part_follows_scene(tmp_path):
    """Photos of one scene are in one part, whatever their own names are, and each part gets its share."""
    left, right = make_photos(tmp_path, ["hill-1", "hill-2"])
    parts = [photos.name_part(f"scene {number}") for number in range(2000)]
    assert left.part == right.part
    assert 900 < parts.count("tuning") < 1100


def test_recall_asks_for_own_item():
    """A photo is found by its own item alone; another's match does not count."""
    queries = [Query(f"{number}.html", f"photo-{number}", "crop") for number in range(4)]
    answers = {
        "0.html": [Answer("photo-9", WHOLE), Answer("photo-0", WHOLE)],
        "1.html": [Answer("photo-0", WHOLE)],
        "2.html": [],
    }
    row = photos.score_recall(queries, answers)
    assert (row["found"], row["of"], row["missed"]) == (1, 4, ["photo-1", "photo-2", "photo-3"])
    assert row["low"] < 0.25 < row["high"]


def test_false_pairs_by_kind(tmp_path):
    """A match of another photo is false, unless both show one scene or the other was made; a pair counts once."""
    known = {photo.name: photo for photo in make_photos(tmp_path, ["a-1", "a-2", "b-1"])}
    queries = [Query("0.html", "a-1", "none"), Query("1.html", "b-1", "none")]
    answers = {
        "0.html": [Answer(name, None) for name in ("a-1", "a-2", "b-1", "made-00001")],
        "1.html": [Answer("a-1", None)],
    }
    assert photos.list_false(queries, answers, known) == {
        "scene": {("a-1", "a-2")},
        "false": {("a-1", "b-1")},
        "made": {("a-1", "made-00001")},
    }


def test_places_are_no_pairs(tmp_path):
    """Two photos of a source that shows few places over and over are neither a pair of the gate nor a false match."""
    many = [Photo(f"clothing-{number}", tmp_path, "clothing", f"clothing-{number}") for number in range(5)]
    (other,) = make_photos(tmp_path, ["hill-1"])
    assert photos.count_pairs([*many, other], [*many, other]) == 5
    assert photos.name_kind(many[0], many[1]) == "place"
    assert photos.name_kind(many[0], other) == "false"


def test_pairs_are_counted(tmp_path):
    """Pairs of one scene and pairs that nobody asked about are no pairs of the gate."""
    known = make_photos(tmp_path, ["a-1", "a-2", "b-1", "c-1", "d-1"])
    assert photos.count_pairs(known, known) == 9
    assert photos.count_pairs(known, known[:1]) == 3
    assert photos.count_pairs(known, []) == 0


@pytest.mark.parametrize(
    ("done", "transform", "is_right"),
    [
        ({"edit": "mirror"}, {**WHOLE, "mirror": True}, True),
        ({"edit": "mirror"}, WHOLE, False),
        ({"edit": "rotation", "degrees": -2.5}, {**WHOLE, "degrees": 2.1}, True),
        ({"edit": "rotation", "degrees": -2.5}, {**WHOLE, "degrees": 0.1}, False),
        ({"edit": "crop", "box": [0.1, 0.1, 0.9, 0.9]}, {**WHOLE, "crop": [0.11, 0.1, 0.9, 0.88]}, True),
        ({"edit": "crop", "box": [0.1, 0.1, 0.9, 0.9]}, WHOLE, False),
        ({"edit": "crop", "box": [0.1, 0.1, 0.9, 0.9]}, None, False),
        ({"edit": "q30"}, None, None),
    ],
)
def test_transform(done, transform, is_right):
    """A transform is right if it tells what was done to the photo."""
    assert photos.check_transform(done, transform) is is_right


def test_gates():
    """A gate is held by its own figure only."""
    row = {"found": 95, "of": 100}
    held = photos.judge_gates({"crop": row}, 20_000, 3_000_000, 0)
    failed = photos.judge_gates({"crop": {"found": 94, "of": 100}}, 19_999, 2_999_999, 1)
    assert all(gate["held"] for gate in held)
    assert not any(gate["held"] for gate in failed)


def test_twins(tmp_path):
    """Of one picture in two sizes the larger stays; other pictures stay."""
    files = []
    for name, picture in {
        "small": make_picture().resize((320, 240)),
        "large": make_picture(),
        "other": make_picture(8),
    }.items():
        files.append(tmp_path / f"{name}.jpg")
        picture.save(files[-1])
    assert photos.find_twins(files) == {files[0]}


def test_queries_are_pages(tmp_path):
    """Each query is a page with its picture beside it, and the same in every run."""
    photo = Photo("hill", tmp_path / "hill.jpg", "test", "hill")
    make_picture().save(photo.file)
    first = photos.write_query(tmp_path, "crop", "tuning", 0, photo)
    picture = (tmp_path / "00000.jpg").read_bytes()
    photos.write_query(tmp_path, "crop", "tuning", 0, photo)
    assert (tmp_path / "00000.jpg").read_bytes() == picture
    assert 'src="00000.jpg"' in (tmp_path / first.page).read_text()
    assert first.done[0]["edit"] == "crop"


def test_choice_is_mixed(tmp_path):
    """No source gives more than a third of the photos while others last."""
    many = [Photo(f"m-{number}", tmp_path, "many", f"m-{number}") for number in range(90)]
    few = [Photo(f"f-{number}", tmp_path, f"few-{number}", f"f-{number}") for number in range(30)]
    chosen = photos.choose_photos(many + few, 30, Random(1))
    assert len(chosen) == 30
    assert sum(photo.source == "many" for photo in chosen) == 10


def test_scenes():
    """A line names one scene, a series is one, and any other photo is a scene of its own."""
    scenes = read_scenes("a b # same\nb c # same again")
    assert {name_scene(name, scenes) for name in "abc"} == {"a"}
    assert name_scene("tabler-a-desk-2", {}) == name_scene("tabler-a-desk", {}) == "tabler-a-desk"
    assert name_scene("cimg-postcard1", {}) == "cimg-postcard1"


def test_report_names_every_gate():
    """The page tells each gate and each false pair."""
    row = {"found": 1, "of": 2, "low": 0.1, "high": 0.9, "missed": ["x"], "transform": {}, "by_source": {}}
    run = {"command": "c", "measured_at": "t", "seed": 1, "versions": {}}
    machine = {"cores": 1, "processor": "p", "memory_gib": 1, "load_1m": 0}
    result = {
        **run,
        "machine": machine,
        "part": "reporting",
        "photos": {"test": {"tuning": 1, "reporting": 2}},
        "left_out": {"small": 1},
        "made": 3,
        "pairs": 4,
        "pairs_within_part": 1,
        "false": {"false": [("a", "b")]},
        "recall": {"crop": row},
        "speed": [],
        "gates": photos.judge_gates({"crop": row}, 6, 4, 1),
    }
    text = "\n".join(photos.write_report(result))
    assert all(gate["name"] in text for gate in result["gates"])
    assert "`a` and `b`" in text


def test_pictures_open(tmp_path):
    """Packages' pictures are kept as a platform keeps them; what is small, cut out or of one colour is no photo."""
    make_picture(size=(2000, 1500)).save(tmp_path / "large.png")
    make_picture(size=(400, 280)).save(tmp_path / "small.png")
    Image.new("RGB", (400, 400), "white").save(tmp_path / "plain.png")
    Image.new("RGBA", (400, 400)).save(tmp_path / "clear.png")
    kept = {file.stem: photos.pictures.open_photo(file) for file in sorted(tmp_path.glob("*.png"))}
    assert [name for name, picture in kept.items() if picture is not None] == ["large"]
    assert kept["large"].size == (1080, 810)
