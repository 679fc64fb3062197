// The strip of a page. What is open and the moment go into the page's address: a reload and a link lead there again.
const strip = startStrip(element);
strip.tell = (ms, to) => trigger('input', {ms, ...to});

const nameInAddress = (named) => {
  const address = new URL(window.location);
  for (const [name, id] of Object.entries(named)) {
    if (id) address.searchParams.set(name, id); else address.searchParams.delete(name);
  }
  if (!Object.values(named).some(Boolean)) address.searchParams.delete('t');
  if (address.href !== window.location.href) window.history.replaceState(window.history.state, '', address);
};

const take = () => {
  const data = props.value;
  if (!data) return;
  if (data.named) nameInAddress(data.named);
  strip.take(data);
};

watch('value', take);
take();
