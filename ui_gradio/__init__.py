"""The Gradio UI: widgets and their events. ``backend.present`` and ``backend.desk`` provide their contents."""

from ui_gradio.stub_files import skip_stub_files

# Before any module of this package imports Gradio.
skip_stub_files()
