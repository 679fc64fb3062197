"""The tools of a model: search in the documents, SQL over the tables, a chart."""
