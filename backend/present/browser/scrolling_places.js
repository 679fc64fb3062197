// A place that scrolls by itself can be scrolled without a mouse: it takes the focus, whatever stands in it.
{
  const PLACES = [
    '#ph-reading', '#ph-evidence', '#ph-clock', '#ph-past', '#ph-table', '.ph-side', '[class*=st-key-ph-side-]',
    '.st-key-ph-reading', '.st-key-ph-evidence', '.st-key-ph-table', '.st-key-ph-list', '.st-key-ph-details',
  ].map((place) => `${place}:not([tabindex])`).join();

  onDocumentChange(() => { for (const place of document.querySelectorAll(PLACES)) place.tabIndex = 0; });
}
