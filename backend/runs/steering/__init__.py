"""People in a run: what agents ask, what is answered, pauses, messages. ``machine`` decides, ``run_steering`` acts."""
