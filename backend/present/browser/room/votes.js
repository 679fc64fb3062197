// A blind comparison on Compare: which of two answers is better, without the names of their agents. The votes of the room are
// counted; whoever may show their view shows the names to all, and then every page is opened again with them.
{
  const found = new Map();
  let box = null, drawn = '', mine = '', shownFor = '';

  const pairOf = () => {
    const named = new URLSearchParams(window.location.search);
    return pageName() === 'compare' && named.get('a') && named.get('b') ? [named.get('a'), named.get('b')] : null;
  };
  const isBlind = () => new URLSearchParams(window.location.search).get('blind') === '1';

  // The counts of this page's pair, in the order of the page.
  const countsOf = (pair) => {
    const same = found.get(pair.join(' ')), turned = found.get([...pair].reverse().join(' '));
    if (same || !turned) return same ?? null;
    return turned.first === undefined ? turned : {...turned, first: turned.second, second: turned.first};
  };

  const openWithNames = () => {
    const address = new URL(window.location.href);
    address.searchParams.delete('blind');
    window.location.replace(address.href);
  };

  const vote = (pair, verdict) => {
    sendToRoom('vote', {run: pair[0], other: pair[1], verdict}, (refused) => {
      if (refused) { announce(refused.detail); return; }
      mine = verdict;
      draw();
    });
  };

  const button = (label, work, chosen) => {
    const made = roomElement('button', 'ph-button', label);
    made.setAttribute('aria-pressed', String(Boolean(chosen)));
    made.addEventListener('click', work);
    return made;
  };

  const content = (pair) => {
    const counts = countsOf(pair), blind = isBlind();
    if (!room.open || room.isShare || !(blind || counts)) return null;
    const number = counts?.votes ?? (counts ? counts.first + counts.second + counts.same : 0);
    const count = [sayPeople.no_votes, sayPeople.one_vote][number] ?? filledIn(sayPeople.votes, {count: number});
    if (!blind) return counts.first === undefined ? null : [filledIn(sayPeople.result, counts), []];
    const choices = [['better', sayPeople.first_better], ['same', sayPeople.both_same], ['worse', sayPeople.second_better]];
    const votes = choices.map(([verdict, label]) => button(label, () => vote(pair, verdict), mine === verdict));
    const reveal = button(sayPeople.show_names, () => sendToRoom('reveal', {run: pair[0], other: pair[1]}, (refused) => {
      if (refused) announce(refused.detail);
    }));
    const offered = [...(personMay('comment') ? votes : []), ...(personMay('show') ? [reveal] : [])];
    return [`${sayPeople.which_better} ${count}.`, offered];
  };

  function draw() {
    const pair = pairOf(), now = pair && content(pair);
    if (shownFor !== String(pair)) { shownFor = String(pair); mine = ''; }
    const key = now ? JSON.stringify([now[0], now[1].length, mine]) : '';
    if (key === drawn && Boolean(now) === Boolean(box?.isConnected)) return;
    drawn = key;
    if (!now) { box?.remove(); return; }
    if (!box) {
      box = roomElement('div', 'ph ph-votes');
      box.setAttribute('role', 'group');
      box.setAttribute('aria-label', sayPeople.blind_comparison);
    }
    const focused = [...box.querySelectorAll('button')].findIndex((one) => one === document.activeElement);
    box.replaceChildren(roomElement('span', '', now[0]), ...now[1]);
    if (focused >= 0) box.querySelectorAll('button')[focused]?.focus();
    box.style.colorScheme = getComputedStyle(document.querySelector('[data-ph-people]') ?? document.body).colorScheme;
    if (!box.isConnected) document.body.append(box);
  }

  onRoomChange((what) => {
    if (what === 'people' && !room.open) found.clear();
    if (typeof what === 'object' && what.votes) {
      const {run, other, ...counts} = what.votes, pair = pairOf();
      found.set(`${run} ${other}`, counts);
      const isMine = pair && [run, other].every((one) => pair.includes(one));
      if (isMine && isBlind() && counts.first !== undefined) { openWithNames(); return; }
    }
    draw();
  });
  onDocumentChange(draw);
}
