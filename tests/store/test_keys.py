"""Tests of the key of a site."""

import stat
import subprocess
import sys

import pytest

from cloneward.errors import InputError
from cloneward.store.keys import KEY_BYTES, draw_seed, find_keys, find_seal_keys, load_key

SITE = "https://example.org/"


def rights(path):
    """Give who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_made_once(tmp_path):
    """A key is made when it is first asked for, is the same ever after, and lies where its owner alone can read it."""
    folder = tmp_path / "cloneward" / "keys"
    key = load_key(folder, SITE)
    assert len(key) == KEY_BYTES
    assert load_key(folder, "HTTPS://Example.org:443") == key
    (file,) = folder.iterdir()
    assert (rights(folder), rights(file)) == (0o700, 0o600)
    assert SITE not in file.name


def test_each_site_has_its_own(tmp_path):
    """Two sites, and one site in two folders of keys, have different keys."""
    keys = {load_key(tmp_path / "a", SITE), load_key(tmp_path / "a", "https://b.test/"), load_key(tmp_path / "b", SITE)}
    assert len(keys) == 3


def test_two_at_once(tmp_path):
    """Many who ask at once for a key that is not there all get the same, and nothing is left half-made."""
    code = "import sys; from pathlib import Path; from cloneward.store.keys import load_key; "
    code += "print(load_key(Path(sys.argv[1]), sys.argv[2]).hex())"
    command = [sys.executable, "-c", code, str(tmp_path / "keys"), SITE]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(6)]
    keys = {child.communicate()[0] for child in children}
    assert [child.returncode for child in children] == [0] * 6
    assert len(keys) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 1


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33, "é" * 64])
def test_damage_is_told(tmp_path, content):
    """A key that is cut or changed is refused, not replaced: what was published would no longer hold."""
    load_key(tmp_path / "keys", SITE)
    (file,) = (tmp_path / "keys").iterdir()
    file.write_text(content, "utf-8")
    with pytest.raises(InputError, match="is damaged") as caught:
        load_key(tmp_path / "keys", SITE)
    assert "restore it" in caught.value.hint


def test_others_may_not_read_it(tmp_path):
    """A key or a folder that others may read or write is refused, with the command that mends it."""
    load_key(tmp_path / "keys", SITE)
    (file,) = (tmp_path / "keys").iterdir()
    for path, loose, right in ((file, 0o640, "600"), (tmp_path / "keys", 0o755, "700")):
        path.chmod(loose)
        with pytest.raises(InputError, match="others may read or replace") as caught:
            load_key(tmp_path / "keys", SITE)
        assert caught.value.hint == f"chmod {right} {path}"
        path.chmod(int(right, 8))
    assert load_key(tmp_path / "keys", SITE)


def test_no_place_for_a_key(tmp_path):
    """Where no folder can be made, the caller is told which setting names another."""
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot use the key") as caught:
        load_key(tmp_path / "file" / "keys", SITE)
    assert "`keys`" in caught.value.hint


def test_where_keys_lie(tmp_path, monkeypatch):
    """Keys lie where the setting says, from the workspace on, else in the user's configuration folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    workspace = tmp_path / "w"
    usual = tmp_path / ".config" / "cloneward" / "keys"
    assert find_keys("", workspace, {}) == usual
    assert find_keys("", workspace, {"XDG_CONFIG_HOME": "relative"}) == usual
    assert find_keys("", workspace, {"XDG_CONFIG_HOME": str(tmp_path / "x")}) == tmp_path / "x" / "cloneward" / "keys"
    assert find_keys("../secret", workspace, {}) == tmp_path / "secret"
    assert find_keys("~/secret", workspace, {}) == tmp_path / "secret"


def test_never_inside_the_workspace(tmp_path):
    """A folder of keys inside the workspace is refused, also by a detour or a link: copies would hold the key."""
    workspace = tmp_path / "w"
    workspace.mkdir()
    (tmp_path / "link").symlink_to(workspace)
    for setting in (".", "keys", "../w/keys", str(workspace / "deep" / "keys"), str(tmp_path / "link" / "keys")):
        with pytest.raises(InputError, match="inside the workspace") as caught:
            find_keys(setting, workspace, {})
        assert "`keys`" in caught.value.hint
    with pytest.raises(InputError, match="inside the workspace"):
        find_keys("", workspace, {"XDG_CONFIG_HOME": str(workspace)})


@pytest.mark.parametrize("setting", ["~nobody-of-that-name/keys", "a\0b"])
def test_folder_that_cannot_be(tmp_path, setting):
    """A folder that no machine has is the caller's to mend."""
    with pytest.raises(InputError, match="no folder for keys"):
        find_keys(setting, tmp_path, {})


def test_keys_that_seal(tmp_path):
    """The keys that seal have a folder for each site, apart from the others, and each is drawn anew."""
    assert find_seal_keys(tmp_path, SITE) == find_seal_keys(tmp_path, "HTTPS://Example.org:443")
    assert find_seal_keys(tmp_path, SITE) != find_seal_keys(tmp_path, "https://example.net/")
    assert find_seal_keys(tmp_path, SITE).is_relative_to(tmp_path)
    seeds = {draw_seed() for _ in range(10)}
    assert {len(seed) for seed in seeds} == {KEY_BYTES}
    assert len(seeds) == 10
