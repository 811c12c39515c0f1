"""The key of a site: made once, by chance, and kept outside the workspace where nobody else can read it."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cloneward.errors import InputError
from cloneward.model.ids import digest_text
from cloneward.url import canonical

# As many as SHA-256 gives: a shorter key would be the weakest part, a longer one adds nothing (RFC 2104, 3).
KEY_BYTES = 32
_OTHERS = 0o077  # what group and others may do


def find_keys(setting: str, workspace: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Give the folder of the keys: as the setting says, from the workspace on, or in the user's configuration.

    Raises:
        InputError: it lies inside the workspace, whose copies must hold no key, or the user has no home.
    """
    try:
        if setting:
            folder = workspace / Path(setting).expanduser()
        else:
            given = environment.get("XDG_CONFIG_HOME", "")
            # By the specification a relative path there is to be ignored.
            config = Path(given) if given.startswith("/") else Path.home() / ".config"
            folder = config / "cloneward" / "keys"
        folder = folder.resolve()
    except (RuntimeError, ValueError, OSError) as error:
        raise InputError(f"no folder for keys: {error}", hint="name one in the setting `keys`") from error
    if folder.is_relative_to(workspace.resolve()):
        hint = "name another folder in the setting `keys`: backups of the workspace must not hold the key"
        raise InputError(f"the folder of keys {folder} lies inside the workspace", hint=hint)
    return folder


def load_key(folder: Path, site: str) -> bytes:
    """Give the key of a site, which is made when it is first asked for; two who ask at once get the same.

    Raises:
        InputError: the folder or file cannot be used, is damaged, or may be read by others.
    """
    file = folder / f"{digest_text(canonical(site))}.key"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _expect_private(folder, "700")
        if not file.exists():
            _make_key(file)
        _expect_private(file, "600")
        key = bytes.fromhex(file.read_text("ascii"))
    except OSError as error:
        hint = "mend its rights, or name another folder in the setting `keys`"
        raise InputError(f"cannot use the key {file}: {error.strerror}", hint=hint) from error
    except ValueError as error:
        raise _damaged(file) from error
    if len(key) != KEY_BYTES:
        raise _damaged(file)
    return key


def find_seal_keys(folder: Path, site: str) -> Path:
    """Give the folder of the keys that seal what a site's owner captures; `seal.keys` makes and reads them."""
    return folder / "seal" / digest_text(canonical(site))


def draw_seed() -> bytes:
    """Give what a new key is made of: as many bytes as a key has, by the system's chance."""
    return os.urandom(KEY_BYTES)


def _make_key(file: Path) -> None:
    """Write a new key beside its place and link it there, which fails where another was quicker; never half a key."""
    partial = file.with_suffix(f".{os.getpid()}.partial")
    partial.unlink(missing_ok=True)  # of a killed process that had our number
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as stream:  # noqa: PTH123  a descriptor has no path
            stream.write(os.urandom(KEY_BYTES).hex() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            file.hardlink_to(partial)
    finally:
        partial.unlink()


def _expect_private(path: Path, rights: str) -> None:
    if path.stat().st_mode & _OTHERS:
        raise InputError(f"others may read or replace {path}", hint=f"chmod {rights} {path}")


def _damaged(file: Path) -> InputError:
    hint = "restore it, or remove it and publish what a new key asks for"
    return InputError(f"the key {file} is damaged", hint=hint)
