"""The Gradio UI: widgets and their events. ``backend.present`` and ``backend.desk`` provide their contents."""
