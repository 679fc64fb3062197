import type { Artifact } from "./playhead";

type Table = { columns: string[]; rows: unknown[][] };

/** A chart or a table as a table of its data, a value as text. */
export function ArtifactView({ artifact }: { artifact: Artifact }) {
  const table = tableOf(artifact);
  return (
    <figure className="artifact">
      <figcaption>{artifact.title || artifact.kind}</figcaption>
      {table ? <DataTable {...table} /> : <p className="value">{valueOf(artifact.content)}</p>}
    </figure>
  );
}

function DataTable({ columns, rows }: Table) {
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label="Data">
      <table>
        <thead>
          <tr>
            {columns.map((column, place) => (
              <th key={place} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            <tr key={place}>
              {row.map((cell, at) => (
                <td key={at} className={typeof cell === "number" ? "figure" : undefined}>
                  {shown(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The data of a Plotly figure, of a table or of a list of documents; undefined where there is none to be read. */
function tableOf({ kind, content }: Artifact): Table | undefined {
  const held = fields(content);
  if (kind === "table") return { columns: list(held.columns).map(shown), rows: list(held.rows).map(list) };
  if (kind === "documents") {
    const rows = list(held.items).map(fields);
    return { columns: ["Title", "Source", "Date"], rows: rows.map(({ title, source, date }) => [title, source, date]) };
  }
  if (kind !== "chart") return undefined;
  const traces = list(held.data).map(fields);
  const layout = fields(held.layout);
  const names = traces.map((trace, place) => shown(trace.name) || axisTitle(layout.yaxis) || `Series ${place + 1}`);
  const labels = [...new Set(traces.flatMap((trace) => labelsOf(trace).map(shown)))];
  const rows = labels.map((label) => [
    label,
    ...traces.map((trace) => valuesOf(trace)[labelsOf(trace).map(shown).indexOf(label)]),
  ]);
  return { columns: [axisTitle(layout.xaxis), ...names], rows };
}

function labelsOf(trace: Record<string, unknown>): unknown[] {
  return list(trace.labels ?? (trace.orientation === "h" ? trace.y : trace.x));
}

function valuesOf(trace: Record<string, unknown>): unknown[] {
  return list(trace.values ?? (trace.orientation === "h" ? trace.x : trace.y));
}

function axisTitle(axis: unknown): string {
  const { title } = fields(axis);
  return typeof title === "string" ? title : shown(fields(title).text);
}

function valueOf(content: unknown): string {
  const { value, unit, detail } = fields(content);
  return [shown(value), shown(unit), shown(detail)].filter(Boolean).join(" ");
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function shown(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
