#!/bin/sh
# Makes .tools (the pinned uv) and .venv (what uv.lock says). Needs Python 3.11 or newer and the package
# registry, nothing else: no compiler, no uv, no pip of the system's, no environment variables.
set -eu
cd "$(dirname "$0")/.."

pin=$(sed -n 's/^required-version = "==\([0-9.]*\)".*/\1/p' pyproject.toml)
uv=.tools/bin/uv

say() { printf '%s\n' "$*" >&2; }

# Prints every Python 3.11 or newer on PATH, best first; a virtual environment gives the Python it was made from.
pythons() {
    for name in ${PYTHON:-} python3.11 python3 python3.12 python3.13 python3.14 python; do
        case $name in
            */*) set -- "$name" ;;
            *) old_ifs=$IFS; IFS=:; set --
               for folder in $PATH; do set -- "$@" "$folder/$name"; done
               IFS=$old_ifs ;;
        esac
        for program in "$@"; do
            [ -x "$program" ] || continue
            "$program" -c '
import os, sys
if sys.version_info >= (3, 11):
    print(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))' 2>/dev/null || continue
        done
    done
}

# pip does not read the system's certificates unless it is told where they are.
trust_system() {
    [ -z "${PIP_CERT:-}" ] || return 0
    for bundle in "${SSL_CERT_FILE:-}" "${REQUESTS_CA_BUNDLE:-}" \
        /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt \
        /etc/ssl/ca-bundle.pem /etc/ssl/cert.pem; do
        if [ -n "$bundle" ] && [ -r "$bundle" ]; then
            export PIP_CERT="$bundle"
            return 0
        fi
    done
}

# Puts the pinned uv into .tools by the first Python that can: through venv, else through its own pip.
install_uv() {
    found=$1
    trust_system
    new=.tools.$$
    trap 'rm -rf "$new"' EXIT
    for python in $found; do
        if "$python" -c 'import ensurepip, venv' 2>/dev/null && "$python" -m venv "$new" >/dev/null 2>&1; then
            set -- "$new/bin/python" -m pip install
        elif "$python" -m pip --version >/dev/null 2>&1; then
            rm -rf "$new"  # half a venv
            set -- "$python" -m pip install --target "$new"
        else
            rm -rf "$new"
            continue
        fi
        say "setup: uv $pin by $python"
        PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
            "$@" --quiet --no-deps --only-binary :all: "uv==$pin" || {
            say "setup: pip could not install uv $pin; is the package registry reachable? (see pip's words above)"
            exit 1
        }
        rm -rf .tools
        mv "$new" .tools
        return 0
    done
    for python in $found; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        say "setup: $python has neither ensurepip nor pip."
        say "hint: on Debian or Ubuntu: apt-get install python$version-venv; elsewhere install pip for it."
    done
    exit 1
}

if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null || ! [ -x $uv ] ||
    [ "$($uv --version | cut -d' ' -f2)" != "$pin" ]; then
    found=$(pythons | awk '!seen[$0]++')
    if [ -z "$found" ]; then
        say "setup: no Python 3.11 or newer on PATH ($PATH)."
        say "hint: on Debian or Ubuntu: apt-get install python3.11 python3.11-venv; or name one: make setup PYTHON=/path/to/python"
        exit 1
    fi
    [ -x $uv ] && [ "$($uv --version | cut -d' ' -f2)" = "$pin" ] || install_uv "$found"
fi

# A Python that already made a working .venv stays; uv itself never downloads one.
unset VIRTUAL_ENV
if [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null; then
    set --
else
    say "setup: .venv from uv.lock"
    set -- --python "$(printf '%s\n' "$found" | head -n 1)"
fi
UV_SYSTEM_CERTS=1 UV_PYTHON_DOWNLOADS=never $uv sync --frozen --quiet "$@"
