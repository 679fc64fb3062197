"""The tools a model is given: search in the documents, SQL over the tables, a chart."""
