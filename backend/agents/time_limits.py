"""The time limits of one run, out of what the caller, the agent and the operator want."""

from dataclasses import dataclass

from backend.protocol.options import RunOptions
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """When the supervisor ends a run, in seconds: after its start, and after its agent's last sign of work.

    ``longest_silence_s`` is the operator's bound for the silence limit of any run.
    """

    timeout_s: float
    silence_s: float
    longest_silence_s: float = 3600.0

    @classmethod
    def of(cls, options: RunOptions, own: RunOptions, settings: Settings) -> "TimeLimits":
        """The limits that the options name, else the agent's ``own``, else the server's; never above the operator's.

        A run whose silence limit was chosen and whose timeout was not may take twice that silence at least: the silence
        would otherwise be ended by the timeout. An agent that names both limits keeps both.
        """
        chosen_s = options.silence_s or own.silence_s
        silence_s = min(chosen_s or settings.silence_timeout_s, settings.max_silence_s)
        timeout_s = options.timeout_s
        if timeout_s is None:
            has_room = options.silence_s or (chosen_s and own.timeout_s is None)
            timeout_s = max(own.timeout_s or settings.default_timeout_s, 2 * silence_s if has_room else 0.0)
        return cls(timeout_s, silence_s, settings.max_silence_s)
