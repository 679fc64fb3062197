// The people on the page: small initials in the bar, their names on hover and in words, and a card with all of them. As
// long as nobody else is there nothing is shown.
const nameOf = (participant) => room.people.get(participant)?.name ?? '';
const filledIn = (template, values) => (
  template.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)));

function roomElement(kind, className, text) {
  const made = document.createElement(kind);
  if (className) made.className = className;
  if (text) made.textContent = text;
  if (kind === 'button') made.type = 'button';
  return made;
}

const peopleCard = (() => {
  let card = null, list = null, shows = null;
  const draw = () => {
    const people = [...room.people.values()];
    const lines = people.length ? people.map(inWords) : [filledIn(sayPeople.counted, {count: room.counts?.people ?? 0})];
    list.replaceChildren(...lines.map((line, at) => {
      const item = roomElement('li');
      if (people[at]) item.append(initialsOf(people[at]));
      item.append(roomElement('span', '', line));
      return item;
    }));
    shows.hidden = room.isShare || !personMay('show');
    shows.textContent = tab.presents ? sayPeople.stop_showing : sayPeople.show_view;
  };
  const make = () => {
    card = roomElement('div', 'ph ph-people-card');
    card.id = 'ph-people-card';
    card.popover = 'auto';
    card.setAttribute('role', 'dialog');
    card.setAttribute('aria-label', sayPeople.people);
    list = roomElement('ul', 'ph-people-list');
    const label = roomElement('label', 'ph-people-name', sayPeople.your_name), field = roomElement('input');
    field.value = me.name;
    field.maxLength = 40;
    field.addEventListener('change', () => {
      if (field.value.trim()) Object.assign(me, {name: field.value.trim(), guest: false});
      field.value = me.name;
      keepMe();
      roomChanged('name');
    });
    label.append(field);
    shows = roomElement('button', 'ph-button');
    shows.addEventListener('click', () => { togglePresenting(); draw(); });
    card.append(list, label, shows);
    document.body.append(card);
  };
  return {
    toggle: (button) => {
      if (!card?.isConnected) make();
      draw();
      card.style.colorScheme = getComputedStyle(button).colorScheme;
      card.togglePopover();
      const box = button.getBoundingClientRect();
      card.style.top = `${box.bottom + 6}px`;
      card.style.left = `${Math.max(8, Math.min(box.right, window.innerWidth - 8) - card.offsetWidth)}px`;
    },
    draw: () => { if (card?.matches(':popover-open')) draw(); },
  };
})();

function initialsOf(person) {
  const words = person.name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)].map((word) => [...word][0]) : [...(words[0] ?? '?')].slice(0, 2);
  const drawn = roomElement('span', `ph-initials ph-initials--${person.activity}`, letters.join('').toLocaleUpperCase());
  drawn.style.setProperty('--ph-person', `var(--ph-series-${Number(person.colour) % COLOURS})`);
  drawn.setAttribute('aria-hidden', 'true');
  drawn.title = inWords(person);
  return drawn;
}

function inWords(person) {
  const name = person.participant === room.id ? filledIn(sayPeople.you, person) : person.name;
  const does = sayPeople.does[person.activity], other = person.follows && nameOf(person.follows);
  return filledIn(other ? sayPeople.follows : sayPeople.person, {name, does, other});
}

{
  const MOST_INITIALS = 5;
  let drawn = '', content = [], before = null;

  const others = () => [...room.people.values()].filter((person) => person.participant !== room.id);

  const typing = () => {
    const who = others().filter((person) => person.activity === 'typing');
    if (who.length > 1) return filledIn(sayPeople.several_type, {count: who.length});
    return who.length ? filledIn(sayPeople.types, who[0]) : '';
  };

  const inOrder = () => [...room.people.values()].sort((one, other) => (
    (one.participant === room.id) - (other.participant === room.id)));

  const make = () => {
    const people = inOrder(), count = room.counts?.people ?? people.length;
    if (count < 2) return [];
    const button = roomElement('button', 'ph-people-button');
    const names = people.map(inWords).join('; ');
    button.setAttribute('aria-label', filledIn(people.length ? sayPeople.here : sayPeople.counted, {count, names}));
    button.setAttribute('aria-haspopup', 'dialog');
    button.dataset.count = count;
    const shown = people.slice(0, MOST_INITIALS);
    button.append(...shown.map(initialsOf));
    if (count > shown.length) {
      button.append(roomElement('span', 'ph-initials ph-initials--more', `${shown.length ? '+' : ''}${count - shown.length}`));
    }
    return [roomElement('span', 'ph-people-typing', typing()), button];
  };

  const put = () => {
    for (const slot of document.querySelectorAll('[data-ph-people]')) {
      if (slot.dataset.phDrawn === drawn && slot.childNodes.length === content.length) continue;
      slot.dataset.phDrawn = drawn;
      slot.replaceChildren(...content.map((node) => node.cloneNode(true)));
    }
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('.ph-people-button');
    if (button) peopleCard.toggle(button);
  });

  const sayWhoCame = () => {
    const now = new Map(others().map((person) => [person.participant, person.name]));
    if (before && room.open) {
      const said = [];
      for (const [id, name] of now) if (!before.has(id)) said.push(filledIn(sayPeople.joined, {name}));
      for (const [id, name] of before) if (!now.has(id)) said.push(filledIn(sayPeople.left, {name}));
      if (said.length && said.length <= 3) announce(said.join(' '));
    }
    before = room.open ? now : null;
  };

  onRoomChange((what) => {
    if (what === 'people') sayWhoCame();
    content = make();
    drawn = JSON.stringify([inOrder(), room.counts, room.id]);
    put();
    peopleCard.draw();
  });
  onDocumentChange(put);
}
