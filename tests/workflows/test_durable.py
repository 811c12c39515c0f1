"""Bodies whose steps are not done again after a crash, on SQLite and on a real PostgreSQL."""

import os
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import make_url

from cloneward.errors import InputError, Unavailable
from cloneward.model.codec import decode
from cloneward.model.watch import Revisit, Sight
from cloneward.workflows.durable import open_engine

SIGHT = Sight(
    revisit=Revisit(state="live", cause="content", evidence="ä\n\u2028\x7f", containment=0.5), captures=("c1",)
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def database(request, tmp_path):
    """The address of an empty database."""
    if request.param == "sqlite":
        return make_url(f"sqlite:///{tmp_path}/workflows.db")
    return make_url(request.getfixturevalue("postgres"))


class Work:
    """Two steps and what they did; a step can be made to fail."""

    def __init__(self):
        self.done = []
        self.error = None

    def see(self, number: int) -> Sight:
        """Note that it ran, and give a noun."""
        self.done.append(number)
        return SIGHT

    def keep(self, sight: Sight) -> None:
        """Fail, or note what it was given."""
        if self.error:
            raise self.error
        self.done.append(sight)

    def body(self, steps, line):
        """See, then keep."""
        steps.step("keep", self.keep, steps.step("see", self.see, decode(line, int)))


def test_steps_run_once_and_nouns_survive(database):
    """Each step runs once, and what one gave reaches the next as it was."""
    work = Work()
    with open_engine(database, work.body) as run:
        run("leg/1", 1)
        run("leg/2", 2)
    assert work.done == [1, SIGHT, 2, SIGHT]


@pytest.mark.parametrize("error", [InputError("no", hint="mend it"), ZeroDivisionError("a bug")])
def test_what_fails_begins_again(database, error):
    """An error reaches the caller as it was, and the same name begins again when its reason is gone."""
    work = Work()
    work.error = error
    with open_engine(database, work.body) as run:
        with pytest.raises(type(error), match=str(error)):
            run("leg/1", 1)
        work.error = None
        run("leg/1", 1)
    assert work.done == [1, 1, SIGHT]


def test_nothing_is_pickled_or_left(tmp_path):
    """What is kept is JSON, and what has ended leaves no row behind."""
    kept = []
    file = tmp_path / "workflows.db"

    def look(steps, line):
        steps.step("see", Work().see, 1)
        with sqlite3.connect(file) as connection:
            kept.extend(connection.iterdump())

    with open_engine(make_url(f"sqlite:///{file}"), look) as run:
        run("leg/1", 1)
        with sqlite3.connect(file) as connection:
            assert connection.execute("SELECT count(*) FROM workflow_status").fetchone() == (0,)
            assert connection.execute("SELECT count(*) FROM operation_outputs").fetchone() == (0,)
    told = "".join(kept)
    assert "containment" in told
    assert "leg/1" in told
    assert "pickle" not in told
    assert "gAS" not in told  # how a pickle begins in base64


def test_no_database():
    """A database that does not answer is told as such."""
    database = make_url("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match="durable workflows"), open_engine(database, Work().body):
        pass


CRASH = """
import os, sys
from pathlib import Path
from sqlalchemy import make_url
from cloneward.workflows.durable import open_engine

database, log, at = sys.argv[1:]

def call(what: str) -> str:
    if at == f"before {what}":
        os.kill(os.getpid(), 9)
    with open(log, "a") as file:
        file.write(what + chr(10))
    if at == f"after {what}":
        os.kill(os.getpid(), 9)
    return what

def body(steps, line):
    for what in ("one", "two", "three"):
        steps.step(what, call, what)

with open_engine(make_url(database), body) as run:
    run("leg/1", 1)
"""


@pytest.mark.server  # two processes each, and seconds to begin
@pytest.mark.parametrize("at", [f"{when} {what}" for what in ("one", "two", "three") for when in ("before", "after")])
def test_killed_and_taken_up_again(database, tmp_path, at):
    """Killed before or after any step, a second run goes on there: a step that ended is not done again."""
    log = tmp_path / "log"
    address = database.render_as_string(hide_password=False)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CLONEWARD_")}
    codes = [
        subprocess.run([sys.executable, "-c", CRASH, address, log, one], env=environment, check=False).returncode
        for one in (at, "never")
    ]
    assert codes == [-9, 0]
    when, what = at.split()
    whole = ["one", "two", "three"]
    again = [what] if when == "after" else []  # its end was not kept yet
    here = whole.index(what)
    assert log.read_text().split() == whole[: here + 1] + again + whole[here + 1 :]
