"""Tests of cloneward.cli.evidence."""

import io
import json
import zipfile

import pytest

from cloneward.clock import SystemClock, format_utc
from cloneward.govern.audit import find_gaps
from cloneward.model.evidence import Attachment, Capture, Exchange, Visit
from cloneward.model.ids import digest_bytes
from cloneward.seal.sealing import tell_state
from cloneward.store.workspace import Workspace
from cloneward.workflows.evidence import keep_capture, open_evidence

CLOCK = SystemClock()
PAGE = b"<title>Copy</title><p>by Hannah Moore, @hannah_94, and this stays here: kettle"
ROLES = """
[roles]
analyst = ["ann"]
counsel = ["cay"]
privacy = ["pia"]
admin = ["adi"]
"""


class Place:
    """A workspace on the command line, with two captures."""

    def __init__(self, run, folder, servers=(), more=""):
        self.run, self.folder = run, folder
        run("init", folder, "--site", "https://own.test/")
        lines = [f"[fetch]\nallow = {[one.url[7:-1] for one in servers]}\nper_host_s = 0"]
        lines += [f'[[authorities]]\nname = "{one.name}"\nurl = "{one.url}"\nroots = "{one.roots}"' for one in servers]
        self.say("\n".join([*lines, more]))
        self.ids = [self.capture(number) for number in range(2)]

    def say(self, lines):
        """Add lines to the settings."""
        file = self.folder / "cloneward.toml"
        file.write_text(file.read_text("utf-8") + lines + "\n", "utf-8")

    def capture(self, number):
        """Keep a capture of one page; its id."""
        at, url = format_utc(CLOCK.now()), f"https://copy.test/{number}"
        told = Capture(
            id=f"c{number}",
            url=url,
            vantage="plain",
            mode="fetch",
            bodies="wire",
            started_at=at,
            ended_at=at,
            operator="ann",
            purpose="evidence",
            visits=(Visit(url=url, at=at, title="Copy"),),
        )
        answer = (("Content-Type", "text/html"),)
        page = Exchange(url=url, requested_at=at, status=200, response_headers=answer, body=PAGE)
        view = Attachment(url=url, kind="view", media_type="image/png", made_at=at, content=b"PNG")
        keep_capture(open_evidence(Workspace.open(self.folder, {}), CLOCK), told, [page], [view], CLOCK)
        return told.id

    def call(self, *arguments):
        """Run a command of the group."""
        return self.run("evidence", *arguments, "--workspace", self.folder)

    def list(self):
        """The states of all captures."""
        return {one["id"]: one["state"] for one in self.call("list", "--json").records}

    def archive(self, name="c0"):
        """The path of an archive."""
        return self.folder / "evidence" / name / "capture.wacz"

    def read_ledger(self):
        """The lines of the ledger."""
        return (self.folder / "custody" / "ledger.jsonl").read_bytes().splitlines(keepends=True)

    def list_whats(self):
        """What was entered."""
        return [json.loads(line)["entry"]["what"] for line in self.read_ledger()]


@pytest.fixture
def place(run, tmp_path):
    """A workspace of one owner, without authorities."""
    return Place(run, tmp_path / "site", more='[quarantine]\nrule = "preserve"')


@pytest.fixture
def shared(run, tmp_path):
    """A workspace with people in roles."""
    return Place(run, tmp_path / "site", more=ROLES)


@pytest.fixture
def stamped(run, tmp_path, stamp_servers):
    """A workspace with two authorities."""
    return Place(run, tmp_path / "site", stamp_servers)


def test_list_and_show(place):
    """Each capture is listed with how it stands; one is shown with what is told of it and who did what."""
    first, second = place.call("list", "--json").records
    assert (first["id"], first["state"], first["url"], first["marks"]) == ("c0", "pending", "https://copy.test/0", 0)
    assert first["size_bytes"] > place.archive().stat().st_size
    assert second["id"] == "c1"
    assert "pending  c0" in place.call("list").out
    (shown,) = place.call("show", "c0", "--json").records
    assert [entry["what"] for entry in shown["custody"]] == ["capture.taken", "capture.sealed"]
    assert shown["told"]["purpose"] == "evidence"
    assert "capture.sealed" in place.call("show", "c0").out
    assert place.call("show", "c9").code == 2


def test_reading_leaves_no_line(place):
    """Who may look changes nothing: the ledger is as it was."""
    before = place.read_ledger()
    place.call("list")
    place.call("show", "c0")
    assert place.read_ledger() == before


@pytest.mark.parametrize("name", ["capture.wacz", "seal.json"])
def test_what_is_broken(place, name):
    """A capture with a changed byte is listed as broken, the others as they are, and the exit code is 4."""
    file = place.folder / "evidence" / "c0" / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    done = place.call("list", "--json")
    assert (done.code, {one["id"]: one["state"] for one in done.records}) == (4, {"c0": "broken", "c1": "pending"})
    assert place.call("show", "c0").code == 4
    assert place.call("show", "c1").code == 0


@pytest.mark.server
def test_stamp(stamped):
    """What waits is completed, the head of the ledger is stamped once a day, and a second run finds nothing to do."""
    done = stamped.call("stamp", "--json")
    (told,) = done.records
    assert (done.code, told["completed"], told["pending"], told["broken"]) == (0, ["c0", "c1"], [], [])
    assert (stamped.folder / "custody" / "tst" / f"{told['head']}-one.tsr").is_file()
    assert stamped.list() == {"c0": "sealed", "c1": "sealed"}
    before = stamped.read_ledger()
    assert "no new stamp of its head" in stamped.call("stamp").out
    assert stamped.read_ledger() == before
    for path in ("evidence/c0", "custody/ledger.jsonl"):
        assert stamped.run("verify", stamped.folder / path, "--workspace", stamped.folder).code == 0


@pytest.mark.server
def test_stamp_beside_what_is_broken(stamped, stamp_servers):
    """One broken seal stops no other from being stamped; an authority that is down leaves the rest waiting, exit 75."""
    file = stamped.folder / "evidence" / "c0" / "seal.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    (told,) = stamped.call("stamp", "--json").records
    assert (told["completed"], told["broken"]) == (["c1"], ["c0"])
    file.write_bytes(whole)
    stamp_servers[1].is_up = False
    try:
        done = stamped.call("stamp")
    finally:
        stamp_servers[1].is_up = True
    assert (done.code, "pending   c0" in done.out) == (75, True)
    assert stamped.call("list", "--json").records[0]["waits_for"] == ["two"]


@pytest.mark.server
def test_export(stamped, tmp_path):
    """A package holds by itself, after who handed over what and why was entered; what still waits is not exported."""
    out = tmp_path / "package.zip"
    command = ("export", "c0", "-o", out, "--to", "abuse desk")
    assert stamped.call(*command, "--reason", "request 1").code == 2
    stamped.call("stamp")
    assert stamped.call(*command).code == 5
    assert not out.exists()
    done = stamped.call(*command, "--reason", "request 1")
    assert (done.code, done.out[:6]) == (0, "sealed")
    assert stamped.run("verify", out, "--workspace", stamped.folder).code == 0
    assert stamped.list_whats()[-2:] == ["original.unsealed", "package.exported"]
    assert list(find_gaps(stamped.read_ledger())) == []
    assert [path.name for path in tmp_path.glob(".package*")] == []


def test_export_redacted(place, tmp_path):
    """A redacted copy needs no reason, shows no name, and is a ZIP of the same bytes each time."""
    contents = []
    for name in ("a.zip", "b.zip"):
        assert place.call("export", "c0", "-o", tmp_path / name, "--redacted", "--case", "c7").code == 0
        contents.append((tmp_path / name).read_bytes())
    assert contents[0] == contents[1]
    with zipfile.ZipFile(io.BytesIO(contents[0])) as package:
        texts = b"".join(package.read(name) for name in package.namelist())
    assert b"kettle" in texts
    assert b"annah" not in texts
    assert place.call("export", "c0", "-o", tmp_path / "none" / "a.zip", "--redacted").code == 2


def test_stop_and_release(place, tmp_path):
    """What was stopped is seized, with its working copy, and its bodies are marked; released, all is as it was."""
    place.call("export", "c0", "-o", tmp_path / "a.zip", "--redacted")
    whole, body = place.archive().read_bytes(), digest_bytes(PAGE)
    assert place.call("stop", "c0").code == 5
    assert place.call("stop", "c0", "--body", "0" * 64, "--reason", "request 2").code == 2
    assert place.archive().exists()
    done = place.call("stop", "c0", "--body", body, "--reason", "request 2")
    assert (done.code, "preserved" in done.out) == (0, True)
    assert not place.archive().exists()
    assert not (place.folder / "working" / "c0").exists()
    assert place.list() == {"c0": "seized", "c1": "pending"}
    assert place.call("list", "--json").records[0]["marks"] == 1
    assert place.call("export", "c0", "-o", tmp_path / "b.zip", "--redacted").code == 2
    assert place.call("release", "c0", "--reason", "request 3").code == 0
    assert place.archive().read_bytes() == whole
    assert place.list()["c0"] == "pending"
    assert place.call("release", "c0", "--reason", "request 3").code == 2
    assert list(find_gaps(place.read_ledger())) == []


def test_a_lost_archive_is_broken(place):
    """An archive that nobody seized and that is not there is broken, not seized."""
    place.archive().unlink()
    assert place.list()["c0"] == "broken"


def test_hold_wins(place, tmp_path):
    """What a hold keeps is not deleted; lifted, it goes when its period is over, as the dry run says before."""
    place.say("[retention]\nworking_days = 0")
    place.call("export", "c0", "-o", tmp_path / "a.zip", "--redacted")
    hold = place.call("hold", "c0", "--reason", "request 4").out.strip()
    assert place.call("list", "--json").records[0]["held"]
    assert place.call("retain", "--dry-run").out == ""
    assert place.call("retain").out == "deleted  0\n"
    assert place.call("unhold", hold).code == 5
    assert place.call("unhold", hold, "--reason", "request 5").code == 0
    assert place.call("retain", "--dry-run").out == "working    c0\n"
    assert (place.folder / "working" / "c0").exists()
    assert place.call("retain").out == "deleted  1\n"
    assert not (place.folder / "working" / "c0").exists()
    assert place.archive().exists()
    assert place.call("hold", "c0", "--scope", "country", "--reason", "request 6").code == 2


def test_rotated_keys(place):
    """A new key is in use and named by the ledger; what was sealed before stands as it did."""
    assert place.call("rotate-key").code == 5
    key = place.call("rotate-key", "--reason", "yearly").out.strip()
    assert json.loads(place.read_ledger()[-1])["key"] == key
    assert place.list_whats()[-3:] == ["access.given", "key.added", "key.rotated"]
    assert place.list() == {"c0": "pending", "c1": "pending"}
    assert list(find_gaps(place.read_ledger())) == []
    done = place.run("verify", place.folder / "custody" / "ledger.jsonl", "--workspace", place.folder, "--json")
    (told,) = done.records
    assert not {"key_expired", "signature", "chain", "key_unknown"} & set(told["codes"])


@pytest.mark.parametrize(
    ("who", "command"),
    [
        ("adi", ("list",)),
        ("adi", ("show", "c0")),
        ("ann", ("stop", "c0", "--reason", "r")),
        ("ann", ("release", "c0", "--reason", "r", "--second", "cay")),
        ("ann", ("export", "c0", "--reason", "r", "--second", "cay", "-o", "x.zip")),
        ("cay", ("export", "c0", "--reason", "r", "--case", "c7", "-o", "x.zip")),
        ("adi", ("export", "c0", "--redacted", "--case", "c7", "-o", "x.zip")),
        ("pia", ("stamp",)),
        ("cay", ("rotate-key", "--reason", "r")),
        ("ann", ("hold", "c0", "--reason", "r")),
        ("cay", ("unhold", "h1", "--reason", "r", "--case", "c7")),
        ("ann", ("retain",)),
        ("ann", ("retain", "--dry-run")),
        ("eve", ("list",)),
    ],
)
def test_refused(shared, who, command):
    """Whoever lacks a role or the second person is told so with a hint, exit 5, and on the ledger; nothing is done."""
    before = shared.archive().read_bytes()
    done = shared.call(*command, "--operator", who)
    assert (done.code, "hint: [roles]" in done.err) == (5, True)
    assert shared.list_whats()[-1] == "access.refused"
    assert shared.archive().read_bytes() == before
    assert not list(shared.folder.rglob("x.zip"))


def test_capturing_needs_the_role(shared, tmp_path):
    """Who may not capture is refused before anything is asked of the site, and that is entered; who may is not."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "index.html").write_text(f"<title>Own</title><p>{'words of ours ' * 40}", "utf-8")
    shared.run("protect", "add", tmp_path / "own", "--base", "https://own.test/", "--workspace", shared.folder)
    for verb in (("capture", "--plain"), ("check",)):
        done = shared.run(*verb, "http://copy.test/x", "--workspace", shared.folder)
        assert "may not: capture.take" in done.err + done.out, verb
        assert shared.list_whats()[-1] == "access.refused"
    done = shared.run("capture", "--plain", "http://127.0.0.1/", "--operator", "ann", "--workspace", shared.folder)
    assert "capture.take" not in done.err


def test_who_acts(place):
    """Who captures by the settings acts here too, unless they say who they are."""
    place.say('[capture]\noperator = "zoe"')
    place.call("hold", "c0", "--reason", "r")
    place.call("hold", "c1", "--reason", "r", "--operator", "ann")
    who = [json.loads(line)["entry"]["who"] for line in place.read_ledger()]
    assert who[-4:] == ["zoe", "zoe", "ann", "ann"]


def test_two_people(shared):
    """A second person in another role makes it a yes; in an emergency one is enough, and it waits for review."""
    assert shared.call("stop", "c0", "--reason", "r", "--operator", "ann", "--second", "cay").code == 0
    assert shared.call("stop", "c1", "--reason", "r", "--operator", "ann", "--emergency").code == 0
    states = {one.name: tell_state(one).missing for one in (shared.folder / "evidence").glob("c*")}
    assert states == {"c0": ("capture.wacz",), "c1": ("capture.wacz",)}
    emergencies = [json.loads(line)["entry"]["detail"].get("emergency") for line in shared.read_ledger()]
    assert emergencies.count(True) == 1


def test_no_authority(place):
    """Where no authority is named there is nobody to ask, which is said."""
    done = place.call("stamp")
    assert (done.code, "authorities" in done.err) == (2, True)


def test_an_empty_workspace(run, tmp_path):
    """A workspace without evidence lists nothing, and makes no key for it."""
    run("init", tmp_path / "new", "--site", "https://own.test/")
    done = run("evidence", "list", "--workspace", tmp_path / "new")
    assert (done.code, done.out) == (0, "")
    assert not (tmp_path / "config").exists()
