"""The report: one HTML file that needs nothing else, drawn from the results and the scored runs."""
