const listening = new WeakMap();

window.phComponents.choices = function ({parentElement, data, setTriggerValue}) {
  const drawn = document.createElement('template');
  drawn.innerHTML = JSON.parse(new TextDecoder().decode(data));
  const place = parentElement.querySelector('div');
  if (place.innerHTML !== drawn.innerHTML) place.replaceChildren(drawn.content);
  place.removeEventListener('click', listening.get(place));
  const pass = (event) => {
    const card = event.target.closest('button[data-ph-choice]');
    if (card) setTriggerValue('choice', card.dataset.phChoice);
  };
  listening.set(place, pass);
  place.addEventListener('click', pass);
}
