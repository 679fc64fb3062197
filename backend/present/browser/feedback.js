// Feedback on a run, by the buttons inside an element with `data-ph-on-run`, the run's id: `data-ph-thumb` is up or down,
// `data-ph-comment` opens the card of the comments. Who says it is the person of this browser.
let giveFeedback;

{
  const SAYS_SO_MS = 4000;
  let said = null, timer = 0;

  // A sentence in passing.
  const sayInPassing = (text, beside) => {
    if (!said?.isConnected) {
      said = roomElement('div', 'ph ph-room-pill ph-in-passing');
      document.body.append(said);
    }
    said.style.colorScheme = getComputedStyle(beside).colorScheme;
    said.replaceChildren(roomElement('span', '', text));
    announce(text);
    clearTimeout(timer);
    timer = setTimeout(() => said.remove(), SAYS_SO_MS);
  };

  giveFeedback = async (run, fields) => {
    try {
      const answer = await fetch(`${pagesAddress()}feedback`, {
        method: 'POST', headers: {'Content-Type': 'application/json'}, cache: 'no-store',
        body: JSON.stringify({run, by: personHere(), ...fields})});
      if (answer.ok) return await answer.json();
    } catch { /* Nobody answers. */ }
    return {sentence: sayPeople.not_connected, given: null};
  };

  document.addEventListener('click', async (event) => {
    const button = event.target.closest?.('button[data-ph-thumb], button[data-ph-comment]');
    const run = button?.closest('[data-ph-on-run]')?.dataset.phOnRun;
    if (!run) return;
    // What is about an earlier run of the conversation is about all of it.
    const isEarlier = Boolean(button.closest('.ph-turn'));
    if ('phComment' in button.dataset) {
      document.dispatchEvent(new CustomEvent('ph-comments-open', {detail: {button, run: isEarlier ? run : undefined}}));
      return;
    }
    const at = isEarlier ? null : momentOnPage();
    const fields = {thumb: button.dataset.phThumb, ...(at === null ? {} : {at_ms: at})};
    sayInPassing((await giveFeedback(run, fields)).sentence, button);
  });
}
