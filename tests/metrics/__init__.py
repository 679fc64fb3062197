"""Tests of the metrics: against values computed by hand, and properties that hold for any run."""
