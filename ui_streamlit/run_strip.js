const held = new WeakMap();

// What comes during a pass of the page's script, in an element that Streamlit puts in the place of the one before.
const readNews = (strip) => {
  let known = document.querySelector('.ph-strip-news')?.textContent;
  const watcher = new MutationObserver(() => {
    const news = document.querySelector('.ph-strip-news')?.textContent;
    if (!news || news === known) return;
    known = news;
    strip.take(JSON.parse(news));
  });
  watcher.observe(document.documentElement, {childList: true, subtree: true, characterData: true});
  return watcher;
};

export default function ({parentElement, data, setTriggerValue}) {
  let strip = held.get(parentElement);
  if (!strip) {
    strip = startStrip(parentElement);
    strip.news = readNews(strip);
    held.set(parentElement, strip);
  }
  strip.tell = (ms) => setTriggerValue('seek', ms);
  strip.take(data);
  return () => { strip.news.disconnect(); strip.stop(); held.delete(parentElement); };
}
