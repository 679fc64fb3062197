"""The answer as safe blocks of HTML and as safe Markdown."""
