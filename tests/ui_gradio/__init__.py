"""Parts of the Gradio UI that need neither Gradio nor a browser."""
