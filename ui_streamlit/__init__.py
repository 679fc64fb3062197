"""The Streamlit UI: widgets and the page's script. ``backend.present`` and ``backend.desk`` provide their contents."""
