"""Real mail servers on loopback: aiosmtpd takes letters into a Maildir, Dovecot shows it by IMAP."""

import mailbox
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

USER, PASSWORD = "ann", "quiet"
NOBODY = 65_534
CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
default_internal_user = {owner}
default_internal_group = {group}
default_login_user = {owner}
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
  chroot =
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def find_port() -> int:
    """A port on loopback that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Post:
    """What the mail server does, and what it was given. `refuses`: addresses that it never takes.

    `says`: by command, what it answers instead. `hangs_up`: whether it closes the connection after it took a mail.
    """

    folder: Path
    smtp_port: int = 0
    imap_port: int = 0
    refuses: set[str] = field(default_factory=set)
    says: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    taken: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)

    @property
    def box(self) -> mailbox.Maildir:
        """The mailbox that Dovecot shows."""
        return mailbox.Maildir(self.folder / "mail", create=True)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  aiosmtpd's
        """Take a recipient, or not."""
        if address in self.refuses:
            return "550 no such user"
        if "RCPT" in self.says:
            return self.says["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  aiosmtpd's
        """Take a mail: what is for Ann lies in her mailbox at once."""
        if "DATA" in self.says:
            return self.says["DATA"]
        self.taken.append((tuple(envelope.rcpt_tos), envelope.content))
        if "ann@example.org" in envelope.rcpt_tos:
            self.deliver(envelope.content)
        if self.hangs_up:
            server.transport.abort()
        return "250 taken"

    def deliver(self, content: bytes) -> None:
        """Put a mail into the mailbox, as if it came."""
        self.box.add(content)
        self.give_away()

    def give_away(self) -> None:
        """Make all of it the mailbox user's: Dovecot shows no mail as root."""
        if os.geteuid() == 0:
            for path in (self.folder / "mail", *(self.folder / "mail").rglob("*")):
                os.chown(path, NOBODY, NOBODY)


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server of its own for the test."""
    # Not pytest's tmp_path: nobody could not walk to it.
    with tempfile.TemporaryDirectory(prefix="post-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        made = Post(folder)
        made.box.flush()
        made.give_away()
        controller = Controller(made, hostname="127.0.0.1", port=find_port())
        controller.start()
        made.smtp_port = controller.port
        yield made
        controller.stop()


@pytest.fixture
def mailbox_server(post: Post) -> Iterator[Post]:
    """The mail server, with Dovecot in front of its mailbox."""
    dovecot = shutil.which("dovecot") or "/usr/sbin/dovecot"
    is_root = os.geteuid() == 0
    me = pwd.getpwuid(NOBODY if is_root else os.geteuid())
    owner = "dovecot" if is_root else me.pw_name
    post.imap_port = find_port()
    values = {"owner": owner, "group": owner, "uid": me.pw_uid, "gid": me.pw_gid, "password": PASSWORD}
    config = post.folder / "dovecot.conf"
    config.write_text(CONFIG.format(folder=post.folder, port=post.imap_port, **values))
    errors = post.folder / "dovecot.err"
    with errors.open("wb") as file:
        process = subprocess.Popen([dovecot, "-F", "-c", str(config)], stderr=file)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", post.imap_port)) == 0:
                break
        if process.poll() is not None:
            pytest.fail(f"Dovecot did not start: {errors.read_text()}")
        time.sleep(0.05)
    yield post
    process.terminate()
    process.wait(10)
