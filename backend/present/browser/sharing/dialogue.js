// The share dialogue of a run: what to share, what the link allows, how long it works; and the links that work now, each to
// copy and to withdraw. A button with `data-ph-share`, the run's id, opens it. The server of the pages answers at /shares.
{
  let dialogue = null, parts = {}, run = '', busy = false;

  const labelled = (text, field) => {
    const label = roomElement('label', 'ph-share-field');
    label.append(roomElement('span', '', text), field);
    return label;
  };

  const choice = (words, order) => {
    const field = roomElement('select');
    for (const value of order) {
      const option = roomElement('option', '', words[value]);
      option.value = value;
      field.append(option);
    }
    return field;
  };

  const scopes = () => {
    const set = roomElement('fieldset', 'ph-share-scopes');
    set.append(roomElement('legend', '', sayShare.what));
    for (const [value, words] of Object.entries(sayShare.scopes)) {
      const label = roomElement('label'), field = roomElement('input');
      Object.assign(field, {type: 'radio', name: 'ph-share-scope', value, checked: value === 'run'});
      label.append(field, roomElement('span', '', words));
      set.append(label);
    }
    return set;
  };

  const make = () => {
    dialogue = roomElement('dialog', 'ph ph-share');
    const title = roomElement('h2', '', sayShare.title), close = roomElement('button', 'ph-button', sayShare.close);
    title.id = 'ph-share-title';
    dialogue.setAttribute('aria-labelledby', title.id);
    close.addEventListener('click', () => dialogue.close());
    const form = roomElement('form');
    parts = {
      role: choice(sayShare.roles, Object.keys(sayShare.roles)),
      // Numbers as names come first in an object, whatever the order.
      expiry: choice(sayShare.expiries, ['', ...Object.keys(sayShare.expiries).filter(Boolean)]),
      make: roomElement('button', 'ph-button ph-button--primary', sayShare.make),
      problem: roomElement('p', 'ph-share-problem'),
      said: roomElement('p', 'ph-share-said'),
      list: roomElement('ul', 'ph-share-list'),
    };
    parts.make.type = 'submit';
    parts.problem.setAttribute('role', 'alert');
    parts.said.setAttribute('role', 'status');
    form.append(scopes(), labelled(sayShare.role, parts.role), labelled(sayShare.expiry, parts.expiry), parts.make);
    form.addEventListener('submit', (event) => { event.preventDefault(); makeLink(form); });
    const head = roomElement('div', 'ph-share-head');
    head.append(title, close);
    dialogue.append(head, roomElement('p', 'ph-share-help', sayShare.help), form, parts.problem, parts.said,
      roomElement('h3', '', sayShare.links), parts.list);
    // A press beside the dialogue closes it.
    dialogue.addEventListener('click', (event) => { if (event.target === dialogue) dialogue.close(); });
    document.body.append(dialogue);
  };

  const line = (share, pages) => {
    const item = roomElement('li'), link = roomElement('input'), row = roomElement('div', 'ph-share-row');
    link.id = `ph-link-${share.share_id}`;
    link.readOnly = true;
    link.value = `${pages}?${new URLSearchParams({share: share.share_id})}`;
    link.setAttribute('aria-label', filledIn(sayShare.link, share));
    link.addEventListener('focus', () => link.select());
    const copy = roomElement('button', 'ph-button', sayShare.copy), withdraw = roomElement('button', 'ph-button', sayShare.withdraw);
    copy.dataset.phCopy = `#${link.id}`;
    for (const button of [copy, withdraw]) button.setAttribute('aria-description', `${share.title}, ${share.detail}`);
    withdraw.addEventListener('click', async () => {
      if (await ask('DELETE', {run, share: share.share_id}, null)) {
        parts.said.textContent = sayShare.withdrawn;
        parts.make.focus();
      }
    });
    row.append(link, copy, withdraw);
    item.append(roomElement('strong', '', share.title), roomElement('span', 'ph-share-detail', share.detail), row);
    return item;
  };

  const draw = (reply) => {
    const pages = reply.pages ? `${reply.pages}/` : pagesAddress();
    const lines = reply.shares.map((share) => line(share, pages));
    parts.list.replaceChildren(...(lines.length ? lines : [roomElement('li', 'ph-share-none', sayShare.no_links)]));
  };

  // Ask the server of the pages; what it says is on the page afterwards. Gives its reply, or null where it could not be done.
  const ask = async (method, named, body) => {
    if (busy && body) return null;
    busy = true;
    parts.make.disabled = true;
    parts.problem.textContent = parts.said.textContent = '';
    const asked = run;
    let reply = null;
    try {
      const headers = body ? {'Content-Type': 'application/json'} : {};
      const answer = await fetch(`${pagesAddress()}shares?${new URLSearchParams(named)}`, {
        method, headers, body: body && JSON.stringify(body), cache: 'no-store'});
      reply = answer.ok ? await answer.json() : null;
    } catch { /* Nobody answers. */ }
    busy = false;
    parts.make.disabled = false;
    if (asked !== run) return null;
    parts.problem.textContent = reply ? reply.problem : sayShare.failed;
    if (!reply || reply.problem) return null;
    draw(reply);
    return reply;
  };

  const makeLink = async (form) => {
    const scope = form.querySelector('input[name=ph-share-scope]:checked').value;
    const expires = parts.expiry.value ? Number(parts.expiry.value) : null;
    const reply = await ask('POST', {}, {run, scope, role: parts.role.value, expires_s: expires, by: personHere()});
    if (!reply) return;
    parts.said.textContent = sayShare.made;
    elementNamed(`#ph-link-${reply.made}`)?.focus();
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('button[data-ph-share]');
    if (!button) return;
    if (!dialogue?.isConnected) make();
    run = button.dataset.phShare;
    parts.list.replaceChildren();
    dialogue.style.colorScheme = getComputedStyle(button).colorScheme;
    dialogue.showModal();
    ask('GET', {run}, null);
  });
}
