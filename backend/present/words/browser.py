"""Words of the pages' script, for copying and sorting."""

from typing import Final

COPIED: Final = "Copied"
NOT_COPIED: Final = "The browser did not allow copying"
SORTED_ASCENDING: Final = "sorted, smallest first"
SORTED_DESCENDING: Final = "sorted, largest first"
