"""What people can do with a run of a model."""

from backend.agents.person import Steerable

MODEL_STEERING = Steerable(pause="step", messages=True)
"""A request to the model, or a tool, that is under way is finished; then the run stands still. Messages are read before
each request."""
