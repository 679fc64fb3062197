// Who is signed in, in the bar: a link to sign in where a token is needed, else the name, and a card to sign out. On a server
// without tokens nothing is shown. What the person may do here is on the root element, for the style, as `data-ph-may`.
{
  const AGAIN_MS = 5000;
  let content = [], card = null, known = null, asked = '', waits = 0;

  const share = () => new URLSearchParams(window.location.search).get('share') ?? '';

  const signOut = async (problem) => {
    problem.textContent = '';
    try {
      const answer = await fetch(`${pagesAddress()}sign-out`, {
        method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}', cache: 'no-store'});
      if (answer.ok) { window.location.assign(`${pagesAddress()}sign-in`); return; }
    } catch { /* Nobody answers. */ }
    problem.textContent = sayAccount.failed;
  };

  const openCard = (button) => {
    if (!card?.isConnected) {
      card = roomElement('div', 'ph ph-people-card');
      card.popover = 'auto';
      card.setAttribute('role', 'dialog');
      card.setAttribute('aria-label', filledIn(sayAccount.account, known));
      const leave = roomElement('button', 'ph-button', sayAccount.sign_out), problem = roomElement('p', 'ph-said-problem');
      problem.setAttribute('role', 'alert');
      leave.addEventListener('click', () => signOut(problem));
      card.append(roomElement('p', '', filledIn(sayAccount.signed_in, known)), leave, problem);
      document.body.append(card);
    }
    card.style.colorScheme = getComputedStyle(button).colorScheme;
    card.togglePopover();
    const box = button.getBoundingClientRect();
    card.style.top = `${box.bottom + 6}px`;
    card.style.left = `${Math.max(8, Math.min(box.right, window.innerWidth - 8) - card.offsetWidth)}px`;
    if (card.matches(':popover-open')) card.querySelector('button').focus();
  };

  const make = () => {
    if (known.sign_in) {
      const way = roomElement('a', 'ph-button', sayAccount.sign_in);
      way.href = `${pagesAddress()}sign-in`;
      return [way];
    }
    if (!known.name) return [];
    const button = roomElement('button', 'ph-button ph-account-button', known.name);
    button.title = filledIn(sayAccount.account, known);
    button.setAttribute('aria-haspopup', 'dialog');
    return [button];
  };

  const put = () => {
    for (const slot of document.querySelectorAll('[data-ph-account]')) {
      if (slot.childNodes.length !== content.length) slot.replaceChildren(...content.map((node) => node.cloneNode(true)));
    }
  };

  const look = async () => {
    const named = share();
    if (known && asked === named) return;
    asked = named;
    try {
      const answer = await fetch(`${pagesAddress()}who?${new URLSearchParams({share: named})}`, {cache: 'no-store'});
      if (!answer.ok) throw new Error(answer.status);
      known = await answer.json();
    } catch {
      asked = '';
      known = null;
      clearTimeout(waits);
      waits = setTimeout(look, AGAIN_MS);
      return;
    }
    document.documentElement.dataset.phMay = known.may.join(' ');
    roomChanged('rights');
    // A person who gave no name here is known by that of their token.
    if (known.name && me.guest) { me.name = known.name; keepMe(); roomChanged('name'); }
    content = make();
    put();
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('.ph-account-button');
    if (button) openCard(button);
  });
  onDocumentChange(put);
  look();
  window.addEventListener('popstate', look);
}
