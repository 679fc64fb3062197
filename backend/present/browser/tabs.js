// The tabs of a run's evidence. The one that is open is an attribute of the document, and the page's style shows its panel:
// so it outlives every redraw, and no framework is asked.
//
// The first source of a run opens Sources, unless a person has used the tabs in this run. In a narrow window the answer
// is the first of the tabs, and nothing but a press or a marker leaves it.
let openTab = () => {};

{
  const root = document.documentElement;
  const narrow = window.matchMedia('(max-width: 760px)');
  const PANELS = {answer: 'ph-reading', steps: 'ph-panel-steps', sources: 'ph-panel-sources', results: 'ph-panel-results'};
  const panelOf = (name) => document.querySelector(`#${PANELS[name]}, .st-key-${PANELS[name]}`);
  const tabs = () => [...document.querySelectorAll('[role=tab][data-ph-tab]')];
  let touched = false, cited = 0;

  const open = () => narrow.matches && root.dataset.phView !== 'evidence' ? 'answer' : root.dataset.phTab ?? 'steps';

  const show = () => {
    const now = open();
    for (const tab of tabs()) {
      const name = tab.dataset.phTab, chosen = String(name === now), panel = panelOf(name);
      if (tab.getAttribute('aria-selected') !== chosen) tab.setAttribute('aria-selected', chosen);
      if (tab.tabIndex !== (name === now ? 0 : -1)) tab.tabIndex = name === now ? 0 : -1;
      if (!panel || name === 'answer' || panel.getAttribute('role') === 'tabpanel') continue;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', tab.id);
      panel.id ||= PANELS[name];
      panel.tabIndex = 0;
    }
  };

  openTab = (name) => {
    if (name === 'answer') root.dataset.phView = 'answer';
    else { root.dataset.phTab = name; root.dataset.phView = 'evidence'; }
    show();
  };

  const choose = (tab) => {
    touched = true;
    openTab(tab.dataset.phTab);
  };

  document.addEventListener('click', (event) => {
    const tab = event.target.closest?.('[role=tab][data-ph-tab]');
    if (tab) choose(tab);
  });

  document.addEventListener('keydown', (event) => {
    const tab = event.target.closest?.('[role=tab][data-ph-tab]');
    if (!tab) return;
    const all = tabs().filter(isVisible), at = all.indexOf(tab);
    const next = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1}[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const chosen = all[(next + all.length) % all.length];
    choose(chosen);
    document.getElementById(chosen.id)?.focus();
  });

  // What is in a panel that is folded away is brought out before the page leads there.
  onTheWayTo((element) => {
    const panel = element?.closest('[role=tabpanel]');
    const name = Object.keys(PANELS).find((one) => panel && panel === panelOf(one));
    if (name) openTab(name);
  });

  narrow.addEventListener('change', show);
  onDocumentChange(() => {
    const count = (name) => Number(document.querySelector(`[role=tab][data-ph-tab=${name}]`)?.dataset.count ?? 0);
    const sources = count('sources');
    if (!sources && cited) { touched = false; root.dataset.phTab = 'steps'; root.dataset.phView = 'answer'; }
    if (!sources && !count('steps')) touched = false;
    if (sources && !cited && !touched) root.dataset.phTab = 'sources';
    cited = sources;
    show();
  });
}
