// Comments on the run of this page, at moments of it: dots on its strip, and a card with all of them and their replies. They
// come live. The card can be opened for an earlier run of the conversation too.
let momentOnPage = () => null;

{
  const AFTER_THE_CLOCK_MS = 100;
  const known = new Map(), others = new Map();
  let run = '', cardRun = '', offered = false, card = null, list = null, about = null, field = null, problem = null, form = null;
  let moment = null, reply = null, lastStrip = null, opener = null;

  // The comments in the card, which may be of another run than the page's.
  const shown = () => (cardRun === run ? known : others);

  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  const who = (comment) => comment.by?.name || sayPeople.somebody;
  const colourOf = (comment) => room.people.get(comment.by?.id)?.colour;
  const text = (comment) => comment.comment || sayPeople.thumbs[comment.thumb] || '';

  const tellStrip = () => {
    const dots = [...known.values()].filter((comment) => comment.at_ms !== null).map((comment) => ({
      id: comment.feedback_id, at: comment.at_ms, colour: colourOf(comment), by: who(comment), said: text(comment),
      text: filledIn(sayPeople.said_at, {name: who(comment), moment: seconds(comment.at_ms), text: text(comment)})}));
    // A thumb is a dot as well, but nobody looks for words behind it.
    const count = [...known.values()].filter((comment) => comment.comment).length;
    const label = [sayPeople.comment_here, sayPeople.one_comment][count] ?? sayPeople.comments;
    const detail = {offered: offered && (personMay('comment') || count > 0), label: filledIn(label, {count}), dots};
    document.dispatchEvent(new CustomEvent('ph-comments', {detail}));
  };

  // The moment that a comment is about: where the playhead is, or how far a live run is; null for the whole run.
  momentOnPage = () => {
    if (!strip?.isThere()) return null;
    const {at_ms: at, duration_ms: duration, live} = strip.state();
    if (at !== null) return live ? Math.min(at, Math.max(0, duration - AFTER_THE_CLOCK_MS)) : at;
    return live ? Math.max(0, duration - AFTER_THE_CLOCK_MS) : null;
  };

  const linkTo = (at) => {
    const address = new URL(window.location.href), named = new URLSearchParams();
    for (const name of ['run', 'share']) if (address.searchParams.has(name)) named.set(name, address.searchParams.get(name));
    named.set('t', (at / 1000).toFixed(1));
    address.pathname = `${address.pathname.replace(PAGES, '').replace(/\/?$/, '/')}replay`;
    address.search = named.toString();
    address.hash = '';
    return address.href;
  };

  const line = (comment) => {
    const item = roomElement('li', 'ph-said'), head = roomElement('p', 'ph-said-head');
    item.dataset.phSaid = comment.feedback_id;
    head.append(roomElement('strong', '', who(comment)));
    if (comment.at_ms !== null && !comment.reply_to && cardRun === run) {
      const way = roomElement('a', '', filledIn(sayPeople.at, {moment: seconds(comment.at_ms)}));
      way.href = linkTo(comment.at_ms);
      way.addEventListener('click', (event) => {
        if (!strip?.isThere()) return;
        event.preventDefault();
        strip.seek(comment.at_ms);
      });
      head.append(' ', way);
    }
    const body = roomElement('p', 'ph-said-text', text(comment));
    body.dir = 'auto';
    item.append(head, body);
    if (personMay('comment') && !comment.reply_to) {
      const answer = roomElement('button', 'ph-said-reply', sayPeople.reply);
      answer.addEventListener('click', () => { reply = comment; showAim(); field.focus(); });
      item.append(answer);
    }
    const replies = [...shown().values()].filter((other) => other.reply_to === comment.feedback_id);
    if (replies.length) {
      const below = roomElement('ul', 'ph-said-list');
      below.append(...replies.map(line));
      item.append(below);
    }
    return item;
  };

  const showAim = () => {
    const at = moment === null ? sayPeople.on_run : filledIn(sayPeople.on_moment, {moment: seconds(moment)});
    about.textContent = reply ? filledIn(sayPeople.reply_to, {name: who(reply)}) : at;
  };

  const draw = () => {
    if (!card?.isConnected) return;
    const first = [...shown().values()].filter((comment) => !shown().has(comment.reply_to));
    first.sort((one, other) => (one.at_ms ?? -1) - (other.at_ms ?? -1));
    list.replaceChildren(...(first.length ? first.map(line) : [roomElement('li', 'ph-said-none', sayPeople.no_comments)]));
    form.hidden = !personMay('comment');
    showAim();
  };

  const send = async (event) => {
    event.preventDefault();
    const said = field.value.trim(), asked = cardRun;
    problem.textContent = '';
    if (!said) return;
    const fields = {comment: said};
    if (reply) fields.reply_to = reply.feedback_id;
    else if (moment !== null) fields.at_ms = moment;
    const answer = await giveFeedback(asked, fields);
    if (!answer.given) { problem.textContent = answer.sentence; return; }
    if (field.value.trim() === said) field.value = '';
    reply = null;
    if (asked === cardRun) shown().set(answer.given.feedback_id, answer.given);
    draw();
    tellStrip();
  };

  // Below the button it was opened with, and whole in the window.
  const place = () => {
    if (!opener || !card.matches(':popover-open')) return;
    card.style.left = `${Math.max(8, Math.min(opener.right, window.innerWidth - 8) - card.offsetWidth)}px`;
    card.style.top = `${Math.max(8, Math.min(opener.bottom + 6, window.innerHeight - card.offsetHeight - 8))}px`;
  };

  const make = () => {
    card = roomElement('div', 'ph ph-people-card ph-comments-card');
    card.popover = 'auto';
    card.setAttribute('role', 'dialog');
    card.setAttribute('aria-label', sayPeople.comments_on_run);
    list = roomElement('ul', 'ph-said-list');
    form = roomElement('form', 'ph-said-form');
    const label = roomElement('label', 'ph-people-name');
    about = roomElement('span');
    field = roomElement('textarea');
    field.rows = 2;
    field.maxLength = 4000;
    problem = roomElement('p', 'ph-said-problem');
    problem.setAttribute('role', 'alert');
    const button = roomElement('button', 'ph-button ph-button--primary', sayPeople.send_comment);
    button.type = 'submit';
    label.append(about, field);
    form.append(label, problem, button);
    form.addEventListener('submit', send);
    card.append(list, form);
    document.body.append(card);
    // Comments that come later make it longer.
    new ResizeObserver(place).observe(card);
  };

  document.addEventListener('ph-comments-open', (event) => {
    if (!card?.isConnected) make();
    const {button, id} = event.detail;
    if ((event.detail.run ?? run) !== cardRun) { field.value = ''; others.clear(); }
    cardRun = event.detail.run ?? run;
    moment = cardRun === run ? momentOnPage() : null;
    if (cardRun !== run) askForOther();
    reply = null;
    draw();
    card.style.colorScheme = getComputedStyle(button).colorScheme;
    card.showPopover();
    opener = button.getBoundingClientRect();
    place();
    const aim = id && [...card.querySelectorAll('[data-ph-said]')].find((item) => item.dataset.phSaid === id);
    for (const lit of card.querySelectorAll('.ph-said--lit')) lit.classList.remove('ph-said--lit');
    aim?.classList.add('ph-said--lit');
    aim?.scrollIntoView({block: 'nearest'});
  });

  const askForOther = () => {
    const asked = cardRun;
    sendToRoom('comments', {run: asked}, (refused, result) => {
      if (asked !== cardRun) return;
      for (const comment of result?.comments ?? []) others.set(comment.feedback_id, comment);
      draw();
    });
  };

  const ask = () => {
    if (!room.open || !run) return;
    const asked = run;
    sendToRoom('comments', {run}, (refused, result) => {
      if (asked !== run) return;
      offered = !refused;
      known.clear();
      for (const comment of result?.comments ?? []) known.set(comment.feedback_id, comment);
      draw();
      tellStrip();
    });
  };

  const look = () => {
    const now = ['ask', 'replay'].includes(pageName()) ? pageRun() : '';
    if (now === run) return;
    if (cardRun === run) cardRun = now;
    run = now;
    offered = false;
    known.clear();
    draw();
    tellStrip();
    ask();
  };

  onRoomChange((what) => {
    if (what === 'open') { run = ''; look(); }
    if (what === 'rights') { draw(); tellStrip(); }
    if (what === 'people' && !room.open && offered) { offered = false; tellStrip(); }
    if (typeof what !== 'object' || !('comment' in what)) return;
    if (what.comment === null) ask();
    else if (what.comment.run === run) {
      const isNew = !known.has(what.comment.feedback_id);
      known.set(what.comment.feedback_id, what.comment);
      draw();
      tellStrip();
      if (isNew && what.comment.by?.id !== room.id) announce(filledIn(sayPeople.commented, {name: who(what.comment)}));
    }
  });
  onDocumentChange(look);
  // A strip that was made anew knows of none.
  document.addEventListener('ph-playhead', () => { if (strip !== lastStrip) { lastStrip = strip; tellStrip(); } });
}
