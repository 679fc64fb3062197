// Following the view of a presenter. The place of the playhead is computed here, on the server's clock, and corrected when it
// is more than a quarter of a second off. Every scrub, scroll or press of one's own ends it, and a pill offers to return.
{
  const LOOKS_EVERY_MS = 250;
  const MOST_DRIFT_MS = 250;
  const SETTLES_MS = 700;
  const LOST_AFTER_MS = 6500;
  const SCROLL_KEYS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End', ' '];
  const FIELD = 'input, textarea, select, [contenteditable=true]';
  const MOVES = '[role=slider], button, a, [role=tab], summary, [role=option], [role=combobox]';
  const OWN = '.ph-room-pill, .ph-people-card:not(.ph-comments-card), .ph-people-button, .ph-strip-comments, .ph-said-form';
  let left = false, applied = '', appliedAt = -Infinity, lead = 0, pill = null, drawn = '';

  const presenter = () => (room.shown && room.shown.by.participant !== room.id ? room.shown : null);
  const isLost = (shown) => performance.now() - shown.came > LOST_AFTER_MS;

  const placeOf = (shown) => {
    if (shown.at_ms === null) return null;
    const now = serverNow();
    return shown.playing && now !== null ? shown.at_ms + shown.speed * Math.max(0, now - shown.sent_at) : shown.at_ms;
  };

  // The address of what is shown, from here; null where this page is at it already.
  const addressOf = (shown) => {
    const here = viewOfPage();
    if (shown.page === here.page && (shown.run_id ?? null) === (here.run_id ?? null) &&
      (shown.second_run_id ?? null) === (here.second_run_id ?? null) &&
      (shown.page !== 'compare' || shown.section === here.section)) return null;
    const address = new URL(window.location.href), base = address.pathname.replace(PAGES, '').replace(/\/?$/, '/');
    const named = new URLSearchParams(), run = shown.run_id;
    if (run && shown.page === 'compare') named.set('a', run);
    else if (run) named.set(run.startsWith('share_') ? 'share' : 'run', run);
    if (shown.second_run_id) named.set('b', shown.second_run_id);
    if (shown.section === 'blind') named.set('blind', '1');
    if (run && shown.page !== 'ask' && shown.at_ms !== null) named.set('t', Math.round(placeOf(shown)));
    address.pathname = base + (shown.page === 'ask' ? '' : shown.page);
    address.search = named.toString();
    address.hash = '';
    return address.href;
  };

  const go = () => {
    const shown = presenter();
    if (!tab.follows || !shown || !shown.page) return;
    const address = addressOf(shown), aim = JSON.stringify([shown.page, shown.run_id, shown.second_run_id, shown.page === 'compare' && shown.section]);
    if (address) {
      // A page that could not be opened is not opened again and again.
      if (tab.went === aim) return;
      tab.went = aim;
      keepTab();
      window.location.assign(address);
      return;
    }
    if (tab.went) { tab.went = ''; keepTab(); }
    if (shown.page !== 'compare' && shown.section && shown.section !== document.documentElement.dataset.phTab) openTab(shown.section);
    moveStrip(shown);
  };

  const moveStrip = (shown) => {
    if (!strip?.isThere()) return;
    const want = placeOf(shown), {at_ms: at, playing, speed, duration_ms: duration} = strip.state();
    const aim = want === null ? null : Math.min(want, duration);
    const ended = want !== null && shown.playing && want >= duration;
    const drift = aim === null || at === null ? (aim === at ? 0 : Infinity) : Math.abs(aim - at);
    const same = playing === (shown.playing && !ended) && (!playing || speed === shown.speed);
    const mark = `${shown.rev} ${shown.by.participant}`, now = performance.now();
    if (same && (drift < (shown.playing ? MOST_DRIFT_MS : 1))) return;
    // What was asked for a moment ago is on its way to the page's server and back.
    if (applied === mark && now - appliedAt < SETTLES_MS) return;
    if (same && shown.playing && now - appliedAt < 5000 && at !== null) lead = Math.min(2000, Math.max(0, lead + (aim - at) / speed));
    [applied, appliedAt] = [mark, now];
    strip.go({at_ms: aim, playing: shown.playing && !ended, speed: shown.speed, lead_ms: shown.playing ? lead : 0});
  };

  const follow = () => {
    tab.follows = true;
    tab.pinned ||= pageRun();
    tab.went = '';
    left = false;
    applied = '';
    keepTab();
    roomChanged('following');
    go();
  };

  const stop = () => {
    tab.follows = false;
    tab.pinned = '';
    tab.went = '';
    keepTab();
    roomChanged('following');
  };

  const leaveByHand = (event) => {
    if (!event.isTrusted || !tab.follows || !presenter() || event.target.closest?.(OWN)) return;
    left = true;
    // The room stays the one of the presenter, so that there is a way back.
    tab.follows = false;
    keepTab();
    roomChanged('following');
  };
  for (const kind of ['wheel', 'touchmove']) document.addEventListener(kind, leaveByHand, {passive: true, capture: true});
  document.addEventListener('pointerdown', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const onScrollbar = target && target.scrollHeight > target.clientHeight && event.offsetX > target.clientWidth;
    if (onScrollbar || target?.closest(MOVES)) leaveByHand(event);
  }, true);
  document.addEventListener('keydown', (event) => {
    if (SCROLL_KEYS.includes(event.key) && !event.target.closest?.(FIELD)) leaveByHand(event);
  }, true);

  // What the pill says, and what its button does; null for no pill.
  const content = () => {
    const shown = presenter(), name = shown?.by.name;
    if (tab.presents && room.open && room.people.size + (room.counts?.people ?? 0) > 1) {
      const count = [...room.people.values()].filter((person) => person.follows === room.id).length;
      const words = [sayPeople.showing, sayPeople.showing_to_one][count] ?? sayPeople.showing_to_several;
      return [filledIn(words, {count}), sayPeople.stop_showing, togglePresenting];
    }
    if (!shown) return null;
    if (tab.follows && isLost(shown)) return [filledIn(sayPeople.lost, {name}), sayPeople.stop_following, stop];
    if (tab.follows && !shown.page) return [filledIn(sayPeople.elsewhere, {name}), sayPeople.stop_following, stop];
    if (tab.follows) return [filledIn(sayPeople.following, {name}), sayPeople.stop_following, stop];
    if (left) return [filledIn(sayPeople.you_left, {name}), filledIn(sayPeople.return, {name}), follow];
    return [filledIn(sayPeople.offers, {name}), sayPeople.follow, follow];
  };

  const draw = () => {
    const now = content(), text = JSON.stringify(now?.slice(0, 2) ?? null);
    if (text === drawn && (now === null) === !pill?.isConnected) return;
    drawn = text;
    if (!now) { pill?.remove(); return; }
    pill ??= roomElement('div', 'ph ph-room-pill');
    const button = roomElement('button', 'ph-button', now[1]);
    button.addEventListener('click', () => { now[2](); draw(); });
    const hadFocus = pill.contains(document.activeElement);
    pill.replaceChildren(roomElement('span', '', now[0]), button);
    pill.dataset.phFollows = String(Boolean(tab.follows));
    const bar = document.querySelector('[data-ph-people]');
    pill.style.colorScheme = getComputedStyle(bar ?? document.body).colorScheme;
    if (!pill.isConnected) document.body.append(pill);
    if (hadFocus) button.focus();
    announce(now[0]);
  };

  onRoomChange((what) => {
    if (what === 'playhead') {
      if (!room.shown && tab.follows) stop();
      if (!room.shown) { left = false; if (!tab.presents && tab.pinned) { tab.pinned = ''; keepTab(); } }
      go();
    }
    draw();
  });
  document.addEventListener('ph-playhead', () => { if (tab.follows) go(); });
  setInterval(() => { if (tab.follows) go(); draw(); }, LOOKS_EVERY_MS);
}
