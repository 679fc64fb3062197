// One live region for the whole page: it says what `data-ph-announcement` says, each time that changes.
//
// A status that is drawn anew twice a second would be read out twice a second; the region is made once and stays.
let liveRegion = null;

function announce(text) {
  if (!liveRegion?.isConnected) {
    liveRegion = document.createElement('div');
    liveRegion.id = 'ph-live-region';
    liveRegion.className = 'ph';
    liveRegion.setAttribute('aria-live', 'polite');
    liveRegion.setAttribute('role', 'status');
    liveRegion.append(document.createElement('span'));
    liveRegion.firstChild.className = 'ph-visually-hidden';
    document.body.append(liveRegion);
  }
  liveRegion.firstChild.textContent = text;
}

{
  let said = '';
  onDocumentChange(() => {
    const places = [...document.querySelectorAll('[data-ph-announcement]')];
    const text = places.map((place) => place.dataset.phAnnouncement).filter(Boolean).join(' ');
    if (text === said) return;
    said = text;
    announce(text);
  });
}
