const held = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  let state = held.get(parentElement);
  if (!state) { state = startScrubber(parentElement); held.set(parentElement, state); }
  state.tell = (ms) => setTriggerValue('seek', ms);
  state.take(data);
  return () => { state.stop(); held.delete(parentElement); };
}
