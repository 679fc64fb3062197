// What stands on the page, as attributes of its root, for the style. A rule that asks the whole page with `:has()` is
// answered anew with each piece of an answer; this asks once for each change of the document, and the style hears only of
// what is different.
{
  const part = (name) => `:is(#ph-${name}, .st-key-ph-${name})`;
  const FACTS = {
    'data-ph-asked': `${part('turn')} .ph-question`,
    'data-ph-welcomes': part('welcome'),
    'data-ph-composes': part('composer'),
    'data-ph-votes': '.ph-votes',
    'data-ph-offers-runs': '.ph-cards',
    'data-ph-at-replay': '.st-key-ph-here-replay',
    'data-ph-above-columns': '.st-key-ph-here-compare, .st-key-ph-here-history',
    'data-ph-compares': '.st-key-ph-side-first',
    'data-ph-moves': '.st-key-ph-transport',
    'data-ph-stands': '.st-key-ph-transport .st-key-play',
    'data-ph-lists-feedback': '.st-key-ph-feedback-actions',
  };
  onDocumentChange(() => {
    for (const [name, found] of Object.entries(FACTS)) {
      document.documentElement.toggleAttribute(name, Boolean(document.querySelector(found)));
    }
  });
}
