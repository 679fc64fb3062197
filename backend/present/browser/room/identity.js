// Who is in front of this browser: a name and a colour, kept here, and the ticket that the server signed; and what a tab
// remembers from one page to the next.
const COLOURS = 7;

function kept(store, key) {
  try { return JSON.parse(store().getItem(key)) ?? {}; } catch { return {}; }
}

function keep(store, key, value) {
  try { store().setItem(key, JSON.stringify(value)); } catch { /* A browser that keeps nothing forgets with the page. */ }
}

const PERSON_KEY = 'ph-person', TAB_KEY = 'ph-tab';
const local = () => window.localStorage, session = () => window.sessionStorage;

const me = kept(local, PERSON_KEY);
// A name that nobody gave.
me.guest ??= !me.name;
me.name ??= sayPeople.guest.replace('{number}', 10 + Math.floor(Math.random() * 90));
me.colour ??= Math.floor(Math.random() * COLOURS);

// `follows`: the presenter is followed. `presents`: this tab shows its view. `pinned`: the room that both are in, whatever
// run the page leads to. `went`: the last address that following led to.
const tab = kept(session, TAB_KEY);
tab.id ??= `tab_${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;

// Whether the person may do that on this page: `Permission` in the desk has the names.
function personMay(permission) {
  return (document.documentElement.dataset.phMay ?? '').split(' ').includes(permission);
}

// Who acts, as the server takes it.
const personHere = () => ({name: me.name, ...(me.ticket ? {id: me.ticket} : {})});
// For the cards of what a run asks, whose script is another.
window.phPerson = personHere;

const keepMe = () => keep(local, PERSON_KEY, me);
const keepTab = () => keep(session, TAB_KEY, tab);
keepTab();
