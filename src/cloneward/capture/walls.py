"""Where a visit ends: at a log-in, and at what asks whether we are human. Neither is ever gone through."""

import re
from typing import Final

from cloneward.errors import Problem

# Names and words of the common challenges: reCAPTCHA, hCaptcha, Turnstile, DataDome, PerimeterX, Arkose.
_CHALLENGE: Final = re.compile(
    r"google\.com/recaptcha|recaptcha\.net|hcaptcha\.com|challenges\.cloudflare\.com|cf-chl-|captcha-delivery\.com"
    r"|px-captcha|arkoselabs\.com|class=[\"'][^\"']{0,200}(?:g-recaptcha|h-captcha|cf-turnstile)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|are you a robot|i(?:'|&#39;|\u2019)m not a robot",
    re.IGNORECASE,
)
_PASSWORD: Final = re.compile(r"<input\b[^>]{0,2000}\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
_LOOKED_AT: Final = 500_000  # characters


def find_walls(page: str, html: str) -> tuple[Problem, ...]:
    """Give what stands in the way of a page, as problems that say we stop there."""
    seen = html[:_LOOKED_AT]
    problems = []
    if _PASSWORD.search(seen):
        problems.append(Problem(code="login_wall", page=page, text="it asks for a password; none is ever typed"))
    if _CHALLENGE.search(seen):
        text = "it asks whether we are human; challenges are never solved"
        problems.append(Problem(code="challenge", page=page, text=text))
    return tuple(problems)
