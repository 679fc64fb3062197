"""From a question to passages: words, periods, related words, ranking, and the decision that nothing was found."""
