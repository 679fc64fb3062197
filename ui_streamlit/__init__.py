"""The Streamlit UI: widgets and the page's script. What they show comes from ``backend.present``."""
