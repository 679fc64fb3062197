// Draws cards, and passes on which one was pressed.
element.addEventListener('click', (event) => {
  const card = event.target.closest('button[data-ph-choice]');
  if (card) trigger('input', {choice: card.dataset.phChoice});
});
