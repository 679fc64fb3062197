"""Models whose name says that they think before they answer: until a run has shown it, their texts are expected to
begin with thinking whose start is not marked, as the templates of many of them have it.

Where this is wrong, the first run shows its text only at its end; a run that marks its thinking in any way is not held.
"""

import re

_NAME = re.compile(
    r"(?:^|[^a-z0-9])(?:r1|qwq|qvq|reasoner|reasoning|thinker|thinking|magistral|marco-o1|exaone-deep|glm-z1|skywork-o1)"
    r"(?:$|[^a-z])",
    re.IGNORECASE,
)


def thinks_by_name(model: str) -> bool:
    """Whether the name of the model says so, such as ``deepseek-r1:8b`` or ``Qwen3-30B-A3B-Thinking-2507``."""
    return _NAME.search(model) is not None
