"""What an agent reports of its own consumption: kept as it came, if it is a JSON object."""

import logging

from pydantic import JsonValue, TypeAdapter, ValidationError

from backend.agents.agent import Usage

logger = logging.getLogger(__name__)

_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


class ReportedUsage:
    """The last usage that the agent of a run has reported."""

    def __init__(self, run_id: str) -> None:
        self.value: Usage | None = None
        """None until there is one."""
        self._run_id = run_id

    def take(self, usage: Usage) -> None:
        """Keep it instead of the one before. Anything but a JSON object is logged and left out."""
        try:
            self.value = _OBJECT.validate_python(dict(usage))
        except (ValidationError, TypeError, ValueError):
            logger.warning("The agent of run %s reported a usage that is not a JSON object.", self._run_id)
