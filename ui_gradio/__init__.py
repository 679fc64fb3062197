"""The Gradio UI: widgets and their events. What they show comes from ``backend.present``."""
