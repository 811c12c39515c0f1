"""Tests of cloneward.settings."""

import dataclasses
import math
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cloneward.errors import InputError, RefusedError
from cloneward.settings import Authority, Brand, Fetch, Partner, Settings, load, parse

SITE = {"site": "https://example.org/"}
NAMES = [item.name for item in dataclasses.fields(Settings)]
LEAVES = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(), st.dates(), st.datetimes())
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "domain", "until", "may_show", "nam"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture
def file(tmp_path):
    """Write a settings file."""

    def write(text):
        path = tmp_path / "cloneward.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refuse(*arguments, **options):
    """What `parse` says when it refuses: the message and the hint in one."""
    with pytest.raises(InputError) as refused:
        parse(*arguments, **options)
    return f"{refused.value} {refused.value.hint}"


def test_reads_a_whole_file(file):
    """Every setting is read from the file, tables as frozen values."""
    text = """
        site = "https://example.org/"
        domains = ["example.net"]
        database = "sqlite:///other.db"
        keys = "../keys"
        [fetch]
        allow = ["127.0.0.1:8080"]
        resolve = {"*.test" = "127.0.0.1:8080"}
        per_host_s = 5
        max_bytes = 1000
        timeout_s = 2.5
        [[authorities]]
        name = "one"
        url = "http://tsa.test/"
        roots = "roots.pem"
        [[brands]]
        name = "Exemplar"
        [[partners]]
        domain = "partner.test"
        may_show = ["https://example.org/news/*"]
        until = "2026-12-31"
        [[partners]]
        domain = "other.test"
        until = 2027-01-31
    """
    assert load(file(text), {}) == Settings(
        site="https://example.org/",
        domains=("example.net",),
        database="sqlite:///other.db",
        keys="../keys",
        fetch=Fetch(
            allow=("127.0.0.1:8080",),
            resolve={"*.test": "127.0.0.1:8080"},
            per_host_s=5.0,
            max_bytes=1000,
            timeout_s=2.5,
        ),
        authorities=(Authority(name="one", url="http://tsa.test/", roots="roots.pem"),),
        brands=(Brand(name="Exemplar"),),
        partners=(
            Partner(domain="partner.test", may_show=("https://example.org/news/*",), until=date(2026, 12, 31)),
            Partner(domain="other.test", until=date(2027, 1, 31)),
        ),
    )


def test_only_the_site_is_required():
    """All settings but `site` have a default, and a missing `site` is named."""
    assert parse(SITE, {}, source="x") == Settings(site=SITE["site"])
    assert "`site`" in refuse({}, {}, source="the file")


@pytest.mark.parametrize("day", ["31.12.2026", "2026-13-01", "soon", 2026, ""])
def test_licence_needs_a_real_last_day(day):
    """A last day that is no date is refused, instead of a licence that never ends."""
    values = SITE | {"partners": [{"domain": "partner.test", "until": day}]}
    assert "until" in refuse(values, {}, source="the file")


@pytest.mark.parametrize("site", ["", "example.org", "ftp://example.org/", "https://"])
def test_site_must_be_an_address(site):
    """A site that is no web address is refused, and the setting and its source are named."""
    assert "the file: site: " in refuse({"site": site}, {}, source="the file")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"brand": []}, ["'brand'", "did you mean 'brands'?"]),
        ({"zzzz": 1}, ["'zzzz'", "lists every setting"]),
        ({"brands": [{"nam": "x"}]}, ["[[brands]]", "'nam'", "did you mean 'name'?"]),
        ({"partners": [{"domain": "a.test"}, {"domain": "b.test", "untill": "x"}]}, ["[[partners]]", "'until'?"]),
        ({"domains": "example.net"}, ["domains", "array"]),
        ({"brands": {"name": "x"}}, ["brands", "array"]),
        ({"database": 7}, ["database", "str"]),
        ({"fetch": {"per_hosts": 1}}, ["[fetch]", "'per_hosts'", "did you mean 'per_host_s'?"]),
        ({"per_host_s": 1}, ["'per_host_s'", "did you mean 'fetch.per_host_s'?"]),
        ({"fetch": ["allow"]}, ["fetch", "object"]),
        ({"fetch": {"per_host_s": -1}}, ["fetch.per_host_s", ">= 0"]),
        ({"fetch": {"per_host_s": math.nan}}, ["fetch.per_host_s", ">= 0"]),
        ({"fetch": {"timeout_s": math.inf}}, ["fetch.timeout_s", "<= 3600"]),
        ({"fetch": {"max_bytes": 0}}, ["fetch.max_bytes", ">= 1"]),
        ({"fetch": {"resolve": {"*.test": 8080}}}, ["fetch.resolve", "str"]),
    ],
)
def test_names_what_is_wrong(values, words):
    """An unknown key comes with a suggestion, a wrong type with its path, both with their source."""
    said = refuse(SITE | values, {}, source="the file")
    assert all(word in said for word in ["the file", *words]), said


def test_environment_wins():
    """A variable wins over the file; one that reads as a TOML list is one; foreign variables are left alone."""
    environment = {
        "CLONEWARD_SITE": "https://example.com/",
        "CLONEWARD_DOMAINS": '["a.test", "b.test"]',
        "CLONEWARD_BRANDS": '[{name = "Exemplar"}]',
        "CLONEWARD_WORKSPACE": "elsewhere",
        "PATH": "[",
    }
    settings = parse(SITE | {"domains": ["c.test"]}, environment, source="x")
    assert settings.site == "https://example.com/"
    assert settings.domains == ("a.test", "b.test")
    assert settings.brands == (Brand(name="Exemplar"),)


def test_environment_reaches_into_tables():
    """A variable with two names sets one value of a table and leaves the others, whoever set them."""
    environment = {
        "CLONEWARD_FETCH": "{timeout_s = 3, max_bytes = 10}",
        "CLONEWARD_FETCH__MAX_BYTES": "1000",
        "CLONEWARD_FETCH__ALLOW": '["127.0.0.1:8080"]',
        "CLONEWARD_FETCH__RESOLVE": '{"*.test" = "127.0.0.1:8080"}',
    }
    fetch = parse(SITE | {"fetch": {"per_host_s": 7, "timeout_s": 9}}, environment, source="x").fetch
    assert (fetch.timeout_s, fetch.max_bytes, fetch.per_host_s) == (3.0, 1000, 2.0)  # the whole table was replaced
    del environment["CLONEWARD_FETCH"]
    fetch = parse(SITE | {"fetch": {"per_host_s": 7, "timeout_s": 9}}, environment, source="x").fetch
    assert (fetch.timeout_s, fetch.max_bytes, fetch.per_host_s) == (9.0, 1000, 7.0)
    assert (fetch.allow, fetch.resolve) == (("127.0.0.1:8080",), {"*.test": "127.0.0.1:8080"})


def test_names_the_wrong_variable():
    """A variable that cannot be read is named."""
    assert "CLONEWARD_DOMAINS" in refuse(SITE, {"CLONEWARD_DOMAINS": "[1"}, source="x")


@given(st.dictionaries(st.sampled_from([*NAMES, "brand"]), VALUES, max_size=4))
def test_any_value_is_read_or_refused(values):
    """Whatever stands in the file, the result is settings or our error."""
    with suppress(InputError):
        assert parse(SITE | values, {}, source="x").own_domains()


@given(
    st.dictionaries(st.sampled_from(NAMES), st.text(st.characters(), max_size=12) | st.text('[]{}=,"a\n ', max_size=8))
)
@example({"domains": "\udcff"})
def test_any_variable_is_read_or_refused(texts):
    """Whatever stands in the environment, the result is settings or our error."""
    environment = {f"CLONEWARD_{name.upper()}": text for name, text in texts.items()}
    with suppress(InputError):
        assert parse(SITE, environment, source="x").own_domains()


@pytest.mark.parametrize("text", ["site = ", b"site = '\xff'", "a = 1\na = 2", "\0"])
def test_broken_file(file, text):
    """A file that is no TOML is refused by name."""
    path = file(text)
    with pytest.raises(InputError, match="not valid TOML") as refused:
        load(path, {})
    assert str(path) in str(refused.value)


def test_unreadable_file(tmp_path):
    """A file that is missing, or a folder, is refused with the system's own words."""
    with pytest.raises(InputError, match="No such file"):
        load(tmp_path / "none.toml", {})
    with pytest.raises(InputError, match="directory"):
        load(tmp_path, {})


def test_own_domains():
    """Ours are the registered domains of the site and of the further domains, however they are written."""
    settings = parse(
        {"site": "https://www.example.co.uk:8080/a", "domains": ["Shop.Example.NET.", "https://bücher.example/x"]},
        {},
        source="x",
    )
    assert settings.own_domains() == {"example.co.uk", "example.net", "xn--bcher-kva.example"}


def read_source(**values):
    """The settings with one place to visit from."""
    source = {"name": "berlin", "address": "192.0.2.7", **values}
    return parse({"site": "https://own.test/", "capture": {"sources": [source]}}, {}, source="x")


def test_a_source_is_our_own_or_named():
    """A place to visit from has a name, an address, and where it is rented somebody who runs it."""
    (source,) = read_source(country="de").capture.sources
    assert (source.name, source.country, source.kind) == ("berlin", "de", "own")
    assert read_source(kind="contracted", operator="Example Hosting").capture.sources
    for wrong in (
        {"name": "No Name"},
        {"address": "berlin.example"},
        {"kind": "borrowed"},
        {"kind": "contracted"},
    ):
        with pytest.raises(InputError, match=r"capture\.sources"):
            read_source(**wrong)


@pytest.mark.parametrize(
    "values",
    [{"kind": "residential"}, {"kind": "contracted", "operator": "IPRoyal"}, {"operator": "gate.SmartProxy.com"}],
)
def test_residential_networks_are_refused(values):
    """The line of somebody's home is no place to visit from, whatever the network calls itself."""
    with pytest.raises(RefusedError, match="residential"):
        read_source(**values)
