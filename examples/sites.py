"""Brings real documentation sites to this machine, without root.

    python examples/sites.py                    # what there is
    python examples/sites.py python django      # bring two, print their folders
    python examples/sites.py --all

Debian's documentation packages are real sites by real authors: they are downloaded by `apt-get download` into
a private folder and unpacked by `dpkg-deb -x`; nothing is installed. Where apt is missing, one site comes out
of a pinned Python wheel. Only the HTML is kept, plain: `.html.gz` is unpacked, `.html.en` loses its language,
and links that lead out of the package are dropped.
"""

import argparse
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NO_APT = "no apt on this machine"


@dataclass(frozen=True)
class Site:
    """A package, the folders of HTML in it, and what is known of them.

    `family` names the generator whose template the site shares with others. Sites with one `kin` share text
    (translations, one project).
    """

    package: str
    folders: tuple[str, ...]
    licence: str
    family: str
    language: str = "en"
    kin: str = ""
    without: tuple[str, ...] = ()


DOC = "usr/share/doc"
SITES = {
    "python": Site("python3.11-doc", (f"{DOC}/python3.11/html",), "PSF-2.0", "sphinx"),
    "postgresql": Site("postgresql-doc-15", (f"{DOC}/postgresql-doc-15/html",), "PostgreSQL", "docbook"),
    "apache": Site("apache2-doc", (f"{DOC}/apache2-doc/manual/en",), "Apache-2.0", "apache", kin="apache"),
    "handbook": Site(
        "debian-handbook",
        (f"{DOC}/debian-handbook/html/en-US",),
        "GPL-2+ or CC-BY-SA-3.0",
        "publican",
        kin="handbook",
    ),
    "gimp": Site("gimp-help-en", ("usr/share/gimp/2.0/help/en",), "GFDL-1.2+", "docbook"),
    "flask": Site("python-flask-doc", (f"{DOC}/python-flask-doc/html",), "BSD-3-Clause", "sphinx"),
    "werkzeug": Site("python-werkzeug-doc", (f"{DOC}/python-werkzeug-doc/html",), "BSD-3-Clause", "sphinx"),
    "django": Site("python-django-doc", (f"{DOC}/python-django-doc/html",), "BSD-3-Clause", "sphinx"),
    "sqlalchemy": Site("python-sqlalchemy-doc", (f"{DOC}/python-sqlalchemy-doc/html",), "MIT", "sphinx"),
    "sphinx": Site("sphinx-doc", (f"{DOC}/sphinx-doc/html",), "BSD-2-Clause", "sphinx"),
    "cmake": Site("cmake-doc", (f"{DOC}/cmake-data/html",), "BSD-3-Clause", "sphinx"),
    "varnish": Site("varnish-doc", (f"{DOC}/varnish/html",), "BSD-2-Clause", "sphinx"),
    "git": Site("git-doc", (f"{DOC}/git-doc",), "GPL-2", "asciidoc"),
    "sqlite": Site("sqlite3-doc", (f"{DOC}/sqlite3",), "public domain", "sqlite"),
    "ant": Site("ant-doc", (f"{DOC}/ant/manual",), "Apache-2.0", "ant"),
    "ant-api": Site("ant-doc", (f"{DOC}/ant/api",), "Apache-2.0", "javadoc", kin="ant"),
    "junit": Site("junit4-doc", (f"{DOC}/junit4/api",), "EPL-1.0", "javadoc", without=("src-html",)),
    "openjdk": Site(
        "openjdk-17-doc",
        (f"{DOC}/openjdk-17-jre-headless/api/java.base",),
        "GPL-2 with Classpath exception",
        "javadoc",
        without=("class-use",),
    ),
    "eigen": Site("libeigen3-doc", (f"{DOC}/libeigen3-dev/html",), "MPL-2.0", "doxygen"),
    "octave": Site("octave-doc", (f"{DOC}/octave/octave.html",), "GPL-3+", "texinfo"),
    "zsh": Site("zsh-doc", (f"{DOC}/zsh-common/html",), "MIT-like", "texinfo"),
    "erlang": Site("erlang-doc", (f"{DOC}/erlang-doc",), "Apache-2.0", "erlang"),
    "libreoffice": Site("libreoffice-help-en-us", ("usr/share/libreoffice/help/en-US",), "MPL-2.0", "libreoffice"),
    "gtk": Site("libgtk-3-doc", ("usr/share/gtk-doc/html/gtk3",), "LGPL-2+", "gtk-doc"),
    "boost": Site("libboost1.74-doc", (f"{DOC}/libboost1.74-doc",), "BSL-1.0", "boost"),
    "postfix": Site("postfix-doc", (f"{DOC}/postfix/html",), "IPL-1.0 or EPL-2.0", "postfix"),
    "installer": Site("installation-guide-amd64", (f"{DOC}/installation-guide-amd64/en",), "GPL-2", "docbook"),
    "pascal": Site("fp-docs-3.2.2", (f"{DOC}/fp-docs/3.2.2/rtl/sysutils",), "GPL-2+", "fpdoc"),
    "policy": Site("debian-policy", (f"{DOC}/debian-policy/policy.html",), "GPL-2+", "sphinx"),
    "apache-fr": Site("apache2-doc", (f"{DOC}/apache2-doc/manual/fr",), "Apache-2.0", "apache", "fr", "apache"),
    "apache-ja": Site("apache2-doc", (f"{DOC}/apache2-doc/manual/ja",), "Apache-2.0", "apache", "ja", "apache"),
    "handbook-de": Site(
        "debian-handbook",
        (f"{DOC}/debian-handbook/html/de-DE",),
        "GPL-2+ or CC-BY-SA-3.0",
        "publican",
        "de",
        "handbook",
    ),
    "handbook-es": Site(
        "debian-handbook",
        (f"{DOC}/debian-handbook/html/es-ES",),
        "GPL-2+ or CC-BY-SA-3.0",
        "publican",
        "es",
        "handbook",
    ),
}

# The way without apt: a wheel that ships the built HTML of its documentation. Nothing in it is run.
WHEEL = "pygame==2.6.1"
WHEEL_SHA256 = "ce8cc108b92de9b149b344ad2e25eedbe773af0dc41dfb24d1f07f679b558c60"
WHEEL_PLATFORM = ("--platform", "manylinux2014_x86_64", "--python-version", "3.11")
WHEEL_FOLDER = "pygame/docs/generated"


def find_cache() -> Path:
    """The private folder where the sites are kept: XDG's, else the user's."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cloneward" / "sites"


def fetch_site(name: str, cache: Path) -> Path:
    """The folder with the HTML of a site of the table, brought here if it is not here yet.

    Raises LookupError, with the reason, if the site cannot be had on this machine.
    """
    site = SITES[name]
    folder = cache / name
    if not (folder / "site.json").is_file():
        package, version = fetch_package(site.package, cache)
        sources = [package / part for part in site.folders]
        _keep_pages(sources, folder, site.without, {"package": site.package, "version": version})
        kin = [other for other, known in SITES.items() if known.package == site.package]
        if all((cache / other / "site.json").is_file() for other in kin):
            shutil.rmtree(package)  # most of a package is pictures
    return folder / "html"


def fetch_wheel(cache: Path) -> Path:
    """The folder with the HTML of the one site that needs no apt."""
    folder = cache / "wheel"
    if not (folder / "site.json").is_file():
        wheel = _download_wheel(cache)
        with tempfile.TemporaryDirectory(dir=cache) as unpacked, zipfile.ZipFile(wheel) as archive:
            archive.extractall(unpacked)
            about = {"package": WHEEL.partition("==")[0], "version": WHEEL.partition("==")[2]}
            _keep_pages([Path(unpacked) / WHEEL_FOLDER], folder, (), about)
    return folder / "html"


def list_pages(folder: Path) -> Iterator[Path]:
    """The pages of a site brought here, in the order of their paths."""
    yield from sorted(path for path in folder.rglob("*.html") if path.is_file())


def read_version(name: str, cache: Path) -> str:
    """The package and version that a site was taken from."""
    about = json.loads((cache / name / "site.json").read_text(encoding="utf-8"))
    return f"{about['package']} {about['version']}"


def fetch_package(package: str, cache: Path) -> tuple[Path, str]:
    """A package unpacked, and its version; several sites may lie in one."""
    unpacked = cache / "packages" / package
    if not (unpacked / "version").is_file():
        shutil.rmtree(unpacked, ignore_errors=True)
        unpacked.mkdir(parents=True)
        debs = cache / "debs"
        debs.mkdir(parents=True, exist_ok=True)
        deb = _download_deb(package, debs, cache / "apt")
        _run("dpkg-deb", "-x", str(deb), str(unpacked))
        version = _run("dpkg-deb", "-f", str(deb), "Version").strip()
        (unpacked / "version").write_text(version, encoding="utf-8")
        deb.unlink()
    return unpacked, (unpacked / "version").read_text(encoding="utf-8")


def _download_deb(package: str, debs: Path, state: Path) -> Path:
    if not all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb")):
        raise LookupError(NO_APT)
    for part in ("lists/partial", "archives/partial"):
        (state / part).mkdir(parents=True, exist_ok=True)
    (state / "status").touch()
    options = {
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state,
        "Dir::Cache::archives": state / "archives",
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "true",
        "Acquire::Languages": "none",
    }
    apt = ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in options.items())]
    for attempt in ("known", "updated"):
        if attempt == "updated":  # a source that fails does not matter if the others have the package
            subprocess.run([*apt, "update"], check=False, capture_output=True)
        done = subprocess.run([*apt, "download", package], cwd=debs, check=False, capture_output=True, text=True)
        found = sorted(debs.glob(f"{package}_*.deb"))
        if done.returncode == 0 and found:
            return found[-1]
    raise LookupError(f"apt does not have {package}: {done.stderr.strip()}")


def _download_wheel(cache: Path) -> Path:
    """The pinned wheel, by pip in an environment of its own; it is never installed."""
    wheels = cache / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    if not list(wheels.glob("*.whl")):
        environment = cache / "pip"
        pip = [str(environment / "bin" / "python"), "-m", "pip", "download", "--quiet", "--no-deps"]
        try:
            venv.create(environment, with_pip=True)
            _run(*pip, "--only-binary=:all:", *WHEEL_PLATFORM, "--dest", str(wheels), WHEEL)
        except subprocess.CalledProcessError as error:
            raise LookupError(f"no pip here, or it does not have {WHEEL}: {error.stderr or error}") from error
        shutil.rmtree(environment)
    (wheel,) = wheels.glob("*.whl")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        wheel.unlink()
        raise LookupError(f"{wheel.name} has the digest {digest}, not {WHEEL_SHA256}")
    return wheel


def _keep_pages(sources: list[Path], folder: Path, without: tuple[str, ...], about: dict[str, str]) -> None:
    """Writes the pages below `sources` to `folder`/html, plain, each once, and then what they are."""
    html = folder / "html"
    shutil.rmtree(folder, ignore_errors=True)
    count = 0
    for source in sources:
        root = source.resolve()
        for path in sorted(source.rglob("*")):
            relative = path.relative_to(source)
            name = _name_page(relative)
            is_inside = path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(root)
            if name is None or not is_inside or set(without) & set(relative.parts):
                continue
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
            target = html / name
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                count += 1
    if not count:
        raise LookupError(f"no pages below {', '.join(map(str, sources))}")
    text = json.dumps({**about, "pages": count}, indent=2) + "\n"
    (folder / "site.json").write_text(text, encoding="utf-8")


def _name_page(path: Path) -> Path | None:
    """The path of a page as plain `.html`, None if it is no English or nameless variant of a page."""
    name = path.name.removesuffix(".gz")
    stem, dot, language = name.rpartition(".")
    if dot and language in {"en", "utf8", "utf-8"} and ".htm" in stem:
        name = stem.removesuffix(".en")
    for ending in (".html", ".htm", ".xhtml"):
        if name.endswith(ending):
            return path.with_name(name.removesuffix(ending) + ".html")
    return None


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="sites of the table; without any, the table is shown")
    parser.add_argument("--all", action="store_true", help="every site of the table")
    parser.add_argument("--wheel", action="store_true", help="the site that needs no apt")
    parser.add_argument("--cache", type=Path, default=find_cache(), help="where they are kept")
    options = parser.parse_args()
    unknown = set(options.names) - set(SITES)
    if unknown:
        parser.error(f"no such site: {', '.join(sorted(unknown))}")
    names = list(SITES) if options.all else options.names
    failed = False
    for name in names:
        try:
            folder = fetch_site(name, options.cache)
        except LookupError as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = True
        else:
            print(f"{name}\t{read_version(name, options.cache)}\t{sum(1 for _ in list_pages(folder))}\t{folder}")
    if options.wheel:
        print(fetch_wheel(options.cache))
    if not names and not options.wheel:
        for name, site in SITES.items():
            print(f"{name:12} {site.package:24} {site.family:12} {site.language:3} {site.licence}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
