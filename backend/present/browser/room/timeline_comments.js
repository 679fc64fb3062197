// The comments on moments of the run, in the table of its timeline: a row for each, at its time.
{
  let said = [];

  const cell = (...content) => {
    const made = roomElement('td', '');
    made.append(...content);
    return made;
  };

  const rowOf = (comment) => {
    const row = document.createElement('tr'), dot = roomElement('span', 'ph-said-dot'), text = roomElement('bdi', '', comment.said);
    const time = cell(comment.at < 1000 ? `${Math.round(comment.at)} ms` : `${(comment.at / 1000).toFixed(1)} s`);
    time.dataset.value = comment.at;
    dot.style.setProperty('--ph-person', `var(--ph-series-${Number(comment.colour ?? 6) % 7})`);
    row.dataset.phSaidRow = comment.id;
    row.append(time, cell(sayPeople.comment), cell(dot, `${comment.by}: `, text));
    return row;
  };

  const show = () => {
    const body = document.querySelector('#ph-timeline-table tbody'), drawn = JSON.stringify(said);
    if (!body || (body.dataset.phSaid ?? '[]') === drawn) return;
    body.dataset.phSaid = drawn;
    for (const row of body.querySelectorAll('[data-ph-said-row]')) row.remove();
    for (const comment of said) {
      const later = [...body.rows].find((row) => Number(row.cells[0].dataset.value) > comment.at);
      body.insertBefore(rowOf(comment), later ?? null);
    }
  };

  document.addEventListener('ph-comments', ({detail}) => { said = detail.dots; show(); });
  onDocumentChange(show);
}
