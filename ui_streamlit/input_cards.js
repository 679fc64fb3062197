const held = new WeakMap();

window.phComponents.inputs = function ({parentElement, data, setTriggerValue}) {
  let cards = held.get(parentElement);
  if (!cards) {
    let tell = null;
    cards = startInputCards(parentElement.querySelector('div'), (said) => tell(said));
    cards.tellBy = (pass) => { tell = pass; };
    held.set(parentElement, cards);
  }
  cards.tellBy((said) => setTriggerValue('said', said));
  cards.take(JSON.parse(new TextDecoder().decode(data)));
  return () => { cards.stop(); held.delete(parentElement); };
}
