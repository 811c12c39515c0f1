"""The bench of captures counts what it says it counts."""

import argparse
import hashlib
import sys

import capture
import pytest

from tests.adversary import stand_in
from tests.adversary.cloaks import list_cloaks
from tests.adversary.hostile import Hostile
from tests.adversary.names import Names
from tests.adversary.server import Request, Sent, Server
from tests.adversary.wire import encode, make_png

HOST = "a.test:80"


def make_sent(target="/", body=b"quiet", *, coding="", complete=True, status=200):
    """What the server says it sent."""
    wire = encode(body, coding)
    request = Request("GET", target, (("Host", HOST),))
    digest = hashlib.sha256(body).hexdigest()
    return Sent(0, request, status, (), wire, len(wire), body, len(body), digest, complete)


def read_back(tmp_path, *bodies, **rest):
    """The same, written and read."""
    stand_in.write_wacz(tmp_path / "capture.wacz", bodies, **rest)
    return capture.read_captures([tmp_path / "capture.wacz"])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_body_counts_in_its_coding_or_without(coding, tmp_path):
    """A body is there whether it was kept as it came or decoded."""
    sent = [make_sent(coding=coding)]
    headers = [("Content-Type", "text/plain"), ("Content-Encoding", coding)]
    for body in (encode(b"quiet", coding), b"quiet"):
        kept = read_back(tmp_path, (f"http://{HOST}/", 200, headers, body))
        assert capture.compare_bodies(sent, kept) == {"missing": [], "cut": [], "foreign": []}


def test_bodies_count_one_for_one(tmp_path):
    """Two answers need two records; another address, status or body is not the one; what nobody sent is told."""
    one = (f"http://{HOST}/", 200, [], b"quiet")
    kept = read_back(tmp_path, one)
    assert len(capture.compare_bodies([make_sent(), make_sent()], kept)["missing"]) == 1
    assert capture.compare_bodies([make_sent()] * 2, read_back(tmp_path, one, one))["missing"] == []
    assert capture.compare_bodies([make_sent("/other")], kept)["missing"] == [f"200 GET http://{HOST}/other (5 bytes)"]
    assert len(capture.compare_bodies([make_sent(status=404)], kept)["missing"]) == 1
    found = capture.compare_bodies([make_sent(body=b"loud")], kept)
    assert (len(found["missing"]), found["foreign"]) == (1, [f"200 http://{HOST}/ (5 bytes)"])


def test_cut_bodies_need_a_start(tmp_path):
    """Of a body that was cut a start must be kept, which is not taken for one that nobody sent."""
    sent = [make_sent(complete=False)]
    assert capture.compare_bodies(sent, read_back(tmp_path, (f"http://{HOST}/", 200, [], b"qui"))) == {
        "missing": [],
        "cut": [],
        "foreign": [],
    }
    assert len(capture.compare_bodies(sent, read_back(tmp_path))["cut"]) == 1
    assert len(capture.compare_bodies(sent, read_back(tmp_path, (f"http://{HOST}/", 200, [], b"")))["cut"]) == 1


def test_cloak_is_held_by_text_or_patch(tmp_path):
    """The marker must be in the text, not in a body alone; of a canvas the patch must be in a screenshot."""
    plain, canvas = (next(it for it in list_cloaks() if it.way == way) for way in ("plain", "canvas"))
    in_body = (f"http://{HOST}/", 200, [], plain.text.encode())
    assert not capture.is_held(plain, read_back(tmp_path, in_body))
    assert capture.is_held(plain, read_back(tmp_path, text=plain.text))
    assert not capture.is_held(canvas, read_back(tmp_path, text=canvas.text, pictures=[make_png(300, 300)]))
    assert capture.is_held(canvas, read_back(tmp_path, pictures=[make_png(300, 300, canvas.colour)]))


def test_curl_is_run_without_a_shell(tmp_path):
    """A curl command asks the server with its headers; what would write files or is no curl is not run."""
    cloak = next(it for it in list_cloaks() if it.name == "mobile-search")
    site = cloak.make_site()
    with Server([site]) as server:
        url = server.url(site)
        host = url.partition("://")[2].partition(":")[0]
        agent = "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36"
        good = f"curl -A '{agent}' -e https://www.google.com/ '{url}'"
        folder = tmp_path / "curl"
        assert cloak.marker in capture.run_curl(good, host, server.port, folder)
        assert cloak.decoy in capture.run_curl(f"curl '{url}'", host, server.port, folder)
        for bad in (f"{good} -o kept", f"sh -c '{good}'", f"{good} --output=kept", ""):
            assert capture.run_curl(bad, host, server.port, folder) == ""
        assert list(folder.iterdir()) == []


def test_run_is_judged(tmp_path):
    """Not ending, breaking, memory, orphans, a lost page and silence are each a breach."""
    hostile = Hostile("calm", "challenge", {}, says="challenge")
    kept = capture.Kept(text=hostile.marker)
    good = capture.Run({"problems": [{"code": "capture-challenge"}]}, kept, 0, 1.0, 100.0, [], "")
    bad = capture.Run({}, capture.Kept(), None, 1.0, 99_999.0, [1], "")
    assert capture.judge_run(hostile, good) == []
    assert len(capture.judge_run(hostile, bad)) == 5
    assert capture.judge_run(hostile, capture.Run(good.line, kept, 1, 1.0, 1.0, [], "")) == ["it broke: exit 1"]


def test_family_is_watched_and_ended(tmp_path):
    """Children of the program are seen with their memory, those left behind are told, and one that hangs is killed."""
    inner = "import time; kept = bytearray(80_000_000); time.sleep(60)"
    outer = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {inner!r}]); time.sleep({{}})"
    with Server() as server, Names() as names:
        for seconds, ended in ((1.5, 0), (60, None)):
            made = capture.Capturer(tmp_path, server, names, (sys.executable, "-c", outer.format(seconds)))
            run = made.call(most_s=2.0 - capture.GRACE_S)
            assert run.exit == ended
            assert run.peak_mib > 80
            assert len(run.orphans) == 1


def test_bench_judges_a_stand_in(tmp_path):
    """A program that asks once and runs nothing has the plain page, lacks what follows, and beats no script."""
    bench = capture.Bench(tmp_path / "bench")
    bench.capturer.program = (sys.executable, stand_in.__file__)
    only = ["plain", "redirect-301", "status-404", "robots-unasked", "way-insert", "captcha", "private-landing"]
    options = argparse.Namespace(only=only, part="all", scripts=1)
    try:
        rows = {part: getattr(bench, f"measure_{part}")(options) for part in capture.PARTS}
    finally:
        bench.stop()
    sites = {row["name"]: row for row in rows["sites"]}
    assert all(row["missing"] == row["foreign"] == [] for row in sites.values())
    assert (sites["plain"]["text"], sites["redirect-301"]["text"]) == (True, False)
    assert {row["name"]: row["held"] for row in rows["cloaks"]} == {"robots-unasked": True, "way-insert": False}
    breaches = {row["name"]: row["breaches"] for row in rows["hostile"]}
    assert breaches == {"captcha": ["no problem says 'challenge'"], "private-landing": []}
    states = [(row["state"], row["said"]) for row in rows["watch"]]
    assert len(states) == 10
    assert {said for _, said in states} <= {"live", None}
    gates = {gate["name"]: gate for gate in capture.judge_gates(rows)}
    told = sum(true == said for true, said in states)
    assert gates["states told rightly"]["count"] == told < 10
    assert gates["bodies in the WARC"]["held"]
    assert not gates["sites"]["held"]
    assert not gates["limits that held"]["held"]


def test_report_tells_each_failure():
    """The report has each gate, and a line for what failed."""
    rows = {
        "cloaks": [
            {"name": "a", "part": "reporting", "victim": {}, "way": "plain", "held": False, "recipe": None}
            | {"reproduced": False, "wall_s": 1.0}
        ],
        "watch": [
            {
                "name": "0.1",
                "state": "back",
                "cause": "dns",
                "how": "",
                "said": "live",
                "said_cause": "none",
                "wall_s": 1.0,
            }
        ],
    }
    run = {"command": "c", "measured_at": "t", "seed": 1, "versions": {}}
    machine = {"cores": 2, "processor": "p", "memory_gib": 1, "load_1m": 0}
    lines = capture.write_report({**run, "machine": machine, "gates": capture.judge_gates(rows), "rows": rows})
    assert "- a (reporting; {}, plain): not beaten" in lines
    assert "- 0.1: back by dns (), said live by none" in lines
    assert any("cloaks beaten | 0 of 1" in line for line in lines)
