"""Our events as foreign clients read them: one encoder per dialect. Pure, like the decoders beside it."""
