// The connection to the room of the run in the page's address, through the server of the pages. It is opened again when it
// is lost, and when the page leads to another run.
const PAGES = /(replay|compare|history)\/?$/;
const SAYS_EVERY_MS = 10000;
const LONGEST_WAIT_MS = 15000;
const NOT_AGAIN = [4403, 4404];

// `people` by participant, or `counts` where they are too many; `shown` is the view of the presenter.
const room = {id: '', people: new Map(), counts: null, shown: null, isShare: false, open: false, doing: 'watching'};
const roomListeners = [];
const onRoomChange = (listener) => { roomListeners.push(listener); };
const roomChanged = (what) => { for (const listener of roomListeners) listener(what); };

// The address of the pages, which ends with a slash: that of Ask.
function pagesAddress() {
  return `${window.location.origin}${window.location.pathname.replace(PAGES, '').replace(/\/?$/, '/')}`;
}

// The run or share that the page's address leads to.
function pageRun() {
  const named = new URLSearchParams(window.location.search);
  return named.get('run') || named.get('share') || named.get('a') || '';
}

// Sends a command; `then` is called with the problem it was refused with, or with null and its result.
let sendToRoom = () => {};

// The server's clock by now, in milliseconds: its latest word with the shortest way.
let serverNow = () => null;

{
  let socket = null, opened = '', waits = 0, timer = 0, ways = [], sent = new Map(), count = 0, refused = '';

  const wanted = () => tab.pinned || pageRun();

  const learnClock = (began, clock) => {
    if (began === undefined || typeof clock !== 'number') return;
    const ended = performance.now();
    ways = [...ways.slice(-7), {took: ended - began, offset: clock - (began + ended) / 2}];
    const best = ways.reduce((one, other) => (other.took <= one.took ? other : one));
    serverNow = () => performance.now() + best.offset;
  };

  sendToRoom = (op, fields, then) => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    const id = `${op}-${tab.id.slice(4, 12)}-${count += 1}-${Math.random().toString(36).slice(2, 8)}`;
    sent.set(id, {began: performance.now(), then});
    socket.send(JSON.stringify({id, op, ...fields}));
  };

  const sayHello = () => {
    sendToRoom('hello', {participant: personHere(), tab: tab.id, colour: me.colour});
  };

  const learnPeople = (who) => {
    room.counts = who.counts ?? null;
    if (who.people || who.counts) room.people = new Map();
    for (const person of [...who.people ?? [], ...who.here ?? []]) room.people.set(person.participant, person);
    for (const name of who.gone ?? []) room.people.delete(name);
    roomChanged('people');
  };

  const take = (message) => {
    const command = sent.get(message.ack ?? message.nack);
    sent.delete(message.ack ?? message.nack);
    command?.then?.(message.problem ?? null, message.result ?? null);
    if (message.ack) {
      learnClock(command?.began, message.result.clock_ms);
      if (message.ack.startsWith('hello')) {
        if (message.result.ticket) { me.ticket = message.result.ticket; keepMe(); }
        room.id = message.result.participant;
        room.open = true;
        waits = 0;
        roomChanged('open');
      }
    } else if (message.nack?.startsWith('hello')) {
      // The ticket is of another server, or of an earlier key.
      if (!me.ticket) return;
      delete me.ticket;
      keepMe();
      sayHello();
    } else if (message.who) {
      learnPeople(message.who);
    } else if ('playhead' in message) {
      room.shown = message.playhead && {...message.playhead, came: performance.now()};
      roomChanged('playhead');
    } else if (message.hb) {
      roomChanged('beat');
    } else if ('comment' in message) {
      roomChanged({comment: message.comment});
    } else if (message.votes) {
      roomChanged({votes: message.votes});
    }
  };

  const leave = () => {
    socket?.close();
    socket = null;
    if (!room.open && !room.people.size) return;
    Object.assign(room, {people: new Map(), counts: null, shown: null, open: false});
    roomChanged('people');
  };

  const open = () => {
    clearTimeout(timer);
    const run = wanted();
    leave();
    opened = run;
    if (!run || refused === run) return;
    room.isShare = run.startsWith('share_');
    const address = `${pagesAddress().replace(/^http/, 'ws')}room?${new URLSearchParams({run})}`;
    const mine = socket = new WebSocket(address);
    sent = new Map();
    ways = [];
    mine.onopen = sayHello;
    mine.onmessage = (event) => { if (mine === socket) take(JSON.parse(event.data)); };
    mine.onclose = (event) => {
      if (mine !== socket) return;
      leave();
      if (NOT_AGAIN.includes(event.code)) { refused = run; return; }
      waits += 1;
      timer = setTimeout(open, Math.min(LONGEST_WAIT_MS, 500 * 2 ** waits) * (0.5 + Math.random() / 2));
    };
  };

  onRoomChange((what) => { if (what === 'name') open(); });
  const look = () => { if (wanted() !== opened) open(); };
  onDocumentChange(look);
  setInterval(look, 1000);
  window.addEventListener('popstate', look);
  window.addEventListener('pagehide', () => { socket?.close(); });
  window.addEventListener('pageshow', (event) => { if (event.persisted) open(); });
}
