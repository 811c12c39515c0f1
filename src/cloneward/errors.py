"""Every error we raise, in four families by who must act, and the problem that is reported in place of one.

A family fixes the exit code; a subclass exists only where somebody catches it. "No match", "page gone" and
"nothing could be read" are results, not errors, and hostile input never raises: a parser returns what it could
read, and the problems.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

Failure = Literal["dns", "host", "tls"]
"""Where it failed to reach a site: its name, its host, or the certificate that the host showed."""


class Error(Exception):
    """What went wrong, with the value, and a hint what to do next."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep the message and the hint apart, so that a face can set them on lines of their own."""
        super().__init__(message)
        self.hint = hint


class InputError(Error):
    """The caller can mend it: a wrong argument, an unreadable file, an unknown setting."""

    code = "input"
    exit_code = 2


class NoWorkspace(InputError):
    """A command that needs a workspace found none."""

    code = "no_workspace"


class VersionMismatch(InputError):
    """Two fingerprints or indexes of different kind or version were about to be compared."""

    code = "version_mismatch"


class Unavailable(Error):
    """Try later: a server, a lock or a quota of time stands in the way."""

    code = "unavailable"
    exit_code = 75

    def __init__(
        self, message: str, *, hint: str = "", retry_after_s: float | None = None, cause: Failure = "host"
    ) -> None:
        """Add when it makes sense to try again, in seconds, where that is known, and what of a site failed."""
        super().__init__(message, hint=hint)
        self.retry_after_s = retry_after_s
        self.cause = cause


class Unsure(Unavailable):
    """The connection was lost after a mail was handed over: whether it went must be found out before it goes again."""

    code = "unsure"


class EvidenceError(Error):
    """A seal, digest or chain does not hold. Stop; a person looks."""

    code = "evidence"
    exit_code = 4


class RefusedError(Error):
    """Policy, approval or quota says no. Recorded on the case."""

    code = "refused"
    exit_code = 5


class AddressRefused(RefusedError):
    """A site leads to where nobody may be sent: this machine, a private network, a port that is not the web's."""

    code = "address_refused"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that could not be read or done, reported in place of an exception; the rest went on."""

    code: str
    page: str | None
    text: str
    hint: str = ""
