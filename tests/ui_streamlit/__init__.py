"""The Streamlit UI as its socket shows it, without a browser."""
