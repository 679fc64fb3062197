"""The Streamlit UI: follow a run, fold it, draw the view."""
