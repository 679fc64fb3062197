"""What the pages' script says by itself, when somebody copies or sorts."""

from typing import Final

COPIED: Final = "Copied"
NOT_COPIED: Final = "The browser did not allow copying"
SORTED_ASCENDING: Final = "sorted, smallest first"
SORTED_DESCENDING: Final = "sorted, largest first"
