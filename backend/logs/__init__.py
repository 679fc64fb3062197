"""What the backend and both UIs write for their operator: lines with the run they are about, and without what people
asked, what agents answered, and secrets."""
