// The cards of what a run asks, and the messages that people sent to it. Each framework starts it with startInputCards(place, tell): ``place`` is the element
// of the cards, ``tell`` takes an answer, or a message to withdraw, as JSON.
const startInputCards = (place, tell) => {
  // A number that cannot be read stays as it was written: the server says what is wrong with it.
  const read = {
    text: (field) => field.value,
    integer: (field) => (field.value.trim() === '' || isNaN(field.value) ? field.value : Number(field.value)),
    number: (field) => (field.value.trim() === '' || isNaN(field.value) ? field.value : Number(field.value)),
    boolean: (field) => field.checked,
    json: (field) => JSON.parse(field.value),
  };

  const complain = (card, text) => {
    card.querySelector('.ph-input-problem')?.remove();
    const problem = document.createElement('p');
    problem.className = 'ph-input-problem';
    problem.setAttribute('role', 'alert');
    problem.textContent = text;
    card.append(problem);
  };

  const valueOf = (card) => {
    const fields = [...card.querySelectorAll('[data-ph-type]')].filter((field) => field.type !== 'radio' || field.checked);
    const given = (field) => read[field.dataset.phType](field);
    if (fields.length === 1 && fields[0].name === 'value') return given(fields[0]);
    const filled = fields.filter((field) => field.type === 'checkbox' || field.value !== '');
    return fields.length ? Object.fromEntries(filled.map((field) => [field.name, given(field)])) : undefined;
  };

  const answer = (card, action) => {
    const said = {input_id: card.dataset.phInput, action};
    if (window.phPerson) said.by = window.phPerson();
    if (card.dataset.phDigest) said.digest = card.dataset.phDigest;
    if (action === 'accept') {
      try {
        const written = card.querySelector('[name="arguments"]');
        if (written && written.value !== written.defaultValue) said.arguments = JSON.parse(written.value);
        const value = valueOf(card);
        if (value !== undefined) said.value = value;
      } catch (error) {
        complain(card, inputWords.notJson.replace('{reason}', error.message));
        return;
      }
    }
    for (const button of card.querySelectorAll('button')) button.disabled = true;
    tell(JSON.stringify(said));
  };

  place.addEventListener('submit', (event) => {
    event.preventDefault();
    const card = event.target.closest('form[data-ph-input]');
    if (card) answer(card, 'accept');
  });
  place.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-ph-action="decline"]');
    if (button) answer(button.closest('form'), 'decline');
  });

  place.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-ph-withdraw]');
    if (!button) return;
    button.disabled = true;
    tell(JSON.stringify({withdraw: button.dataset.phWithdraw}));
  });

  // A message that comes back while its sender looks on stands in the question's field again, before what was written
  // there meanwhile. One that had come back before the page was opened stays where it is.
  const waiting = new Set();
  let drawn = false;
  const lookAtMessages = () => {
    for (const message of place.querySelectorAll('[data-ph-sent]')) {
      const id = message.dataset.phSent;
      if (message.dataset.phSentState === 'started') {
        if (drawn && !waiting.has(id)) message.scrollIntoView({block: 'nearest'});
        waiting.add(id);
      } else if (waiting.delete(id) && message.dataset.phReturned) {
        window.phPutIntoQuestion?.(message.dataset.phReturned);
      }
    }
    drawn = true;
  };

  const count = () => {
    for (const left of place.querySelectorAll('[data-ph-left-s]')) {
      left.phEnds ??= performance.now() + 1000 * Number(left.dataset.phLeftS);
      const seconds = Math.max(0, Math.ceil((left.phEnds - performance.now()) / 1000));
      const text = inputWords.timeLeft.replace('{seconds}', seconds);
      if (left.textContent !== text) left.textContent = text;
    }
  };
  const clock = setInterval(count, 250);

  return {
    // Cards that did not change stay the elements they are, with what was typed into them.
    take: (html) => {
      const given = document.createElement('template');
      given.innerHTML = html;
      const known = new Map([...place.querySelectorAll('form[data-ph-input]')].map((card) => [card.dataset.phInput, card]));
      for (const card of given.content.querySelectorAll('form[data-ph-input]')) {
        const before = known.get(card.dataset.phInput);
        if (!before) continue;
        if (before.dataset.phState === card.dataset.phState) card.replaceWith(before);
        else if (card.dataset.phState.startsWith('open ')) {
          for (const field of card.querySelectorAll('[name]')) {
            const typed = [...before.querySelectorAll('[name]')].find(
              (other) => other.name === field.name && (field.type !== 'radio' || other.value === field.value));
            if (typed) { field.value = typed.value; field.checked = typed.checked; }
          }
        }
      }
      const focused = place.contains(document.activeElement) ? document.activeElement : null;
      place.replaceChildren(given.content);
      if (focused?.isConnected) focused.focus({preventScroll: true});
      lookAtMessages();
      count();
    },
    stop: () => clearInterval(clock),
  };
};
