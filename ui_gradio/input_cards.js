// The cards of what the run asks, in the conversation.
const cards = startInputCards(element, (said) => trigger('input', {said}));
const take = () => cards.take(props.value || '');

watch('value', take);
take();
