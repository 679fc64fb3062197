"""What must not stand in a line: keys and tokens, wherever a provider or a library repeats them."""

import os
import re
from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "[hidden]"

_SHORTEST = 8
"""A shorter value of a variable is more likely a word than a secret."""

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH", re.IGNORECASE)
_SHAPES = re.compile(
    r"""
    (?P<before>
        \b(?:Bearer|Basic)\s+                                      # what follows the scheme of an Authorization header
      | ://[^\s/:@]*:(?=[^\s/@]+@)                                 # the password in an address
      | (?:api[-_ ]?key|access[-_ ]?token|token|secret|password|passwd|authorization|cookie)
        ["']?\s*[:=]\s*["']?(?:(?:Bearer|Basic)\s+)?               # a field or parameter of that name
    )
    (?P<value>[^\s"'&,;})\]@]{4,})
  | \b(?:
        (?:sk|rk|pk|xai|gsk|hf|ghp|gho|github_pat|glpat|xox[abp]|pht|phc)[-_][A-Za-z0-9_-]{12,}
      | AIza[A-Za-z0-9_-]{20,}
      | AKIA[A-Z0-9]{12,}
      | eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?
      | share_[A-Za-z0-9_-]{8,}                                    # it lets anyone read the run
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)


class Redaction:
    """Takes secrets out of texts: the values of variables with such names, and everything that looks like one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        """``environment`` stands in for the process's own."""
        self._environment = os.environ if environment is None else environment

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets():
            text = text.replace(secret, HIDDEN)
        return _SHAPES.sub(lambda found: f"{found['before'] or ''}{HIDDEN}", text)

    def _secrets(self) -> list[str]:
        values = {
            value.strip()
            for name, value in self._environment.items()
            if _SECRET_NAME.search(name) and len(value.strip()) >= _SHORTEST and "/" not in value[:1]
        }
        # The longest first: one may be the beginning of another.
        return sorted(values, key=len, reverse=True)
