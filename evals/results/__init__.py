"""The measured results as models: how runs are grouped, how limits are judged, and the verdict."""
