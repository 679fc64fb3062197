// What ties Gradio's pages to their addresses, to light and dark, and to the browser. It runs in the head, so that a
// page is what it will be from its first moment. Events of the pages call it by names (see browser.py).
(() => {
  const named = __NAMED_IN_ADDRESS__;
  const parameters = () => new URL(window.location).searchParams;
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  // A page for reading only does not wait for the server to say so.
  if (parameters().has(named.share)) document.documentElement.classList.add('ph-shared');
  if (parameters().has(named.run)) document.documentElement.classList.add('ph-opens-run');
  // Nor does one that is to open two runs say first that there are none.
  if (parameters().has(named.first) && parameters().has(named.second)) {
    document.documentElement.classList.add('ph-two-named');
  }

  // Light or dark as the address asked for goes along to the other pages.
  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a.ph-place');
    const theme = parameters().get('__theme');
    if (!link || !theme) return;
    const address = new URL(link.href);
    address.searchParams.set('__theme', theme);
    link.href = address.href;
  }, true);

  // The switch between light and dark: for this page, and for those that are opened from it.
  document.addEventListener('click', (event) => {
    if (!event.target.closest?.('[data-ph-theme]')) return;
    const dark = document.body.classList.toggle('dark');
    const address = new URL(window.location);
    address.searchParams.set('__theme', dark ? 'dark' : 'light');
    window.history.replaceState(window.history.state, '', address);
  });

  let chartsAreReady = false;

  // Gradio drops a chart that comes while Plotly's script still loads, and the first chart has it loaded: this waits
  // until one is there.
  const chartsCanBeDrawn = async () => {
    if (chartsAreReady) return 'yes';
    while (!document.querySelector('.ph-chart-slot-0 .main-svg')) await pause(100);
    await pause(300);
    chartsAreReady = true;
    return 'yes';
  };

  const NEAR_PX = 200;
  const CHARTS_AFTER_MS = 3000;

  const chartsAreWanted = async () => {
    const shows = (slot) => slot.checkVisibility({visibilityProperty: true});
    const isNear = (slot) => slot.getBoundingClientRect().top - NEAR_PX <
      (slot.closest('.ph-side')?.getBoundingClientRect().bottom ?? window.innerHeight);
    for (let since = null; ; await pause(200)) {
      const slots = [...document.querySelectorAll('[class*=ph-chart-slot-]')].filter(shows);
      if (!slots.length) { since = null; continue; }
      since ??= performance.now();
      if (slots.some(isNear)) return 'yes';
      if (performance.now() - since < CHARTS_AFTER_MS) continue;
      await new Promise((resolve) => requestIdleCallback(resolve));
      return 'yes';
    }
  };

  window.phPage = {
    chartsCanBeDrawn,
    chartsAreWanted,

    // Put the run's id into the page's address, so that a reload finds it again.
    nameRun(run) {
      const address = new URL(window.location);
      if (run) address.searchParams.set(named.run, run); else address.searchParams.delete(named.run);
      window.history.replaceState(null, '', address);
    },

    // What was written, out of its field.
    takeQuestion: (...values) => {
      window.phSetQuestion?.('');
      return values.slice(0, 2);
    },

    // So many inputs of an event, the last one replaced by whether the page is light or dark. Gradio passes on the values
    // of the outputs behind them.
    withTheme: (count, ...values) => {
      const theme = document.body.classList.contains('dark') ? 'dark' : 'light';
      return [...values.slice(0, count - 1), theme];
    },

    // The same, with the question as it was when it was asked in the place of what its field holds now.
    asking: (count, question, ...values) =>
      window.phPage.withTheme(count, ...values.map((value, index) => index === question ? window.phAsked?.() ?? value : value)),

    // Have the browser save the file that the hidden download button holds. Its address reaches the page a moment after
    // the answer that names it.
    async saveFile() {
      for (let wait = 0; wait < 100; wait++) {
        const link = document.querySelector('#ph-file a[href], a#ph-file[href]');
        const button = document.querySelector('#ph-file');
        if (link) { link.click(); return; }
        if (button && wait > 5) { button.click(); return; }
        await pause(20);
      }
    },
  };
})();
