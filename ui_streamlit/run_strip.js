const held = new WeakMap();

// What comes during a pass of the page's script, in elements that Streamlit puts in the place of those before; some of an
// earlier pass may still be there, and some may be there before the strip is. Only newer data are taken.
const takeNewer = (strip, data) => {
  if (data.at <= (strip.at ?? 0)) return;
  strip.at = data.at;
  strip.take(data);
};

const readNews = (strip) => {
  const known = new WeakMap();
  const read = () => {
    for (const news of document.querySelectorAll('.ph-strip-news')) {
      const text = news.textContent;
      if (!text || known.get(news) === text) continue;
      known.set(news, text);
      takeNewer(strip, JSON.parse(text));
    }
  };
  const watcher = new MutationObserver(read);
  watcher.observe(document.documentElement, {childList: true, subtree: true, characterData: true});
  read();
  return watcher;
};

window.phComponents.strip = function ({parentElement, data, setTriggerValue}) {
  let strip = held.get(parentElement);
  if (!strip) {
    strip = startStrip(parentElement);
    held.set(parentElement, strip);
  }
  strip.tell = (ms, to) => setTriggerValue('seek', {ms, ...to});
  takeNewer(strip, JSON.parse(new TextDecoder().decode(data)));
  strip.news ??= readNews(strip);
  return () => { strip.news.disconnect(); strip.stop(); held.delete(parentElement); };
}
