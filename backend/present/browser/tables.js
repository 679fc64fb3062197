// Tables marked `data-ph-sortable` sort by a press on a heading; `data-ph-csv="#id"` on a button saves one as CSV.
{
  // By the table's id, so that a table that is drawn anew is sorted as it was.
  const orders = new Map();

  const named = ({descending}) => descending ? 'descending' : 'ascending';

  const shown = (cell) => (cell?.dataset.value ?? cell?.textContent ?? '').trim();

  // 1,234.5 and (12) and -3 % and $4 are numbers; 2026-01-31 and FY24 Q3 are not.
  const numberIn = (text) => {
    const bare = text.replace(/[\s,\u00a0\u202f]/g, '').replace(/\u2212/g, '-');
    const match = /^(\()?[$€£]?([-+]?[$€£]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(%|[a-zµ]{1,3})?(\))?$/i.exec(bare);
    if (!match || Boolean(match[1]) !== Boolean(match[4])) return null;
    const number = Number(match[2].replace(/[$€£]/, ''));
    return match[1] ? -number : number;
  };

  const compare = (a, b) => {
    const [x, y] = [numberIn(a), numberIn(b)];
    if (x !== null && y !== null) return x - y;
    return a.localeCompare(b, undefined, {numeric: true});
  };

  const isMissing = (text) => text === '' || /^[-–—]$/.test(text);

  const sort = (table, {column, descending}) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [shown(row.cells[column]), row]);
    // What is missing comes last either way.
    rows.sort(([a], [b]) => isMissing(a) - isMissing(b) || (isMissing(a) ? 0 : compare(a, b) * (descending ? -1 : 1)));
    body.append(...rows.map(([, row]) => row));
    [...table.tHead.rows[0].cells].forEach((cell, index) => {
      if (index === column) cell.setAttribute('aria-sort', named({descending}));
      else cell.removeAttribute('aria-sort');
    });
  };

  const prepare = (table) => {
    if (!table.tHead?.rows.length || !table.tBodies.length) return;
    for (const cell of table.tHead.rows[0].cells) {
      if (cell.querySelector('button') || !cell.textContent.trim()) continue;
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'ph-sort';
      button.append(...cell.childNodes);
      cell.append(button);
    }
    const order = orders.get(table.id);
    if (order && table.tHead.rows[0].cells[order.column]?.getAttribute('aria-sort') !== named(order)) sort(table, order);
  };

  onDocumentChange(() => {
    for (const table of document.querySelectorAll('table[data-ph-sortable]')) prepare(table);
  });

  document.addEventListener('click', (event) => {
    const cell = event.target.closest('table[data-ph-sortable] thead th button')?.closest('th');
    if (!cell) return;
    const table = cell.closest('table');
    const order = {column: cell.cellIndex, descending: cell.getAttribute('aria-sort') === 'ascending'};
    sort(table, order);
    if (table.id) orders.set(table.id, order);
    announce(`${cell.textContent.trim()}: ${order.descending ? say.descending : say.ascending}`);
  });

  // A spreadsheet takes a cell that begins like a formula for one, unless it is a number.
  const field = (text) => {
    const safe = /^[=+\-@\t\r]/.test(text) && numberIn(text) === null ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  const csv = (table) => [...table.rows]
    .map((row) => [...row.cells].map((cell) => field(cell.textContent.trim())).join(',') + '\r\n').join('');

  const fileName = (table) => {
    const title = table.caption?.textContent ?? table.getAttribute('aria-label') ?? '';
    return `${title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 60) || 'table'}.csv`;
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-ph-csv]');
    const table = button && elementNamed(button.dataset.phCsv);
    if (!(table instanceof HTMLTableElement)) return;
    const link = document.createElement('a');
    // The mark at its beginning tells spreadsheets that it is UTF-8.
    link.href = URL.createObjectURL(new Blob(['\ufeff', csv(table)], {type: 'text/csv;charset=utf-8'}));
    link.download = fileName(table);
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  });
}
