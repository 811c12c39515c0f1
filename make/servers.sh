#!/bin/sh
# Installs what the tests talk to, by apt; what is there already is left alone.
# To come with the features that need it: redis-server.
set -eu
packages="chromium chromium-sandbox fonts-dejavu-core fonts-liberation openssl dovecot-imapd postgresql"

missing=
for package in $packages; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    as_root=sudo
    # No terminal, no question: without one a password cannot be typed.
    [ -t 0 ] || as_root="sudo -n"
fi
if ! command -v apt-get >/dev/null || { [ -n "$as_root" ] && ! command -v sudo >/dev/null; }; then
    echo "servers: the tests need$missing, and this user cannot install them (no apt-get, or neither root nor sudo)." >&2
    echo "hint: install them by hand, then run make test again." >&2
    exit 1
fi
echo "servers: installing$missing" >&2
$as_root apt-get -qq -o DPkg::Lock::Timeout=300 update
# shellcheck disable=SC2086 # words on purpose
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 install -y \
    --no-install-recommends $missing >/dev/null
