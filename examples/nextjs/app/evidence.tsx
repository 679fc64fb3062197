import { linkable, type Citation, type Step, type Warning } from "./playhead";

const STATES: Record<Step["state"], string> = {
  started: "running",
  progress: "running",
  waiting: "waiting for an answer",
  finished: "finished",
  failed: "failed",
  cancelled: "cancelled",
};

/** What the agent did and does, each step with its state and how long it took. */
export function Steps({ steps }: { steps: Step[] }) {
  if (steps.length === 0) return null;
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map((step) => (
        <li key={step.step_id} data-state={STATES[step.state]} className={step.parent_id ? "inner" : undefined}>
          <span className="label">{step.label ?? step.step.replaceAll("_", " ")}</span>
          {step.detail && <span className="detail">{step.detail}</span>}
          <span className="state">{duration(step) ?? STATES[step.state]}</span>
        </li>
      ))}
    </ol>
  );
}

/** The sources in order of their numbers; the markers of the answer lead here. */
export function Sources({ citations, anchor }: { citations: Citation[]; anchor: string }) {
  if (citations.length === 0) return null;
  const sorted = [...citations].sort((first, second) => (first.number ?? Infinity) - (second.number ?? Infinity));
  return (
    <section className="sources" aria-label="Sources">
      <h3>Sources</h3>
      <ol>
        {sorted.map((citation) => {
          const title = citation.title || citation.source || citation.id;
          const url = linkable(citation.url);
          return (
            <li key={citation.id} id={`${anchor}-${citation.number ?? citation.id}`}>
              <span className="number">{citation.number ?? ""}</span>
              <div>
                {url ? (
                  <a href={url} target="_blank" rel="noopener noreferrer nofollow">
                    {title}
                  </a>
                ) : (
                  <span>{title}</span>
                )}
                {citation.source && citation.source !== title && <div className="detail">{citation.source}</div>}
                {citation.quote && <blockquote dir="auto">{citation.quote}</blockquote>}
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** Reasons to trust the answer less. */
export function Warnings({ warnings }: { warnings: Warning[] }) {
  return warnings.map((warning, place) => (
    <p key={place} className="notice warning">
      {warning.message || warning.code}
    </p>
  ));
}

function duration({ state, started_ms, ended_ms }: Step): string | undefined {
  if (state !== "finished" || started_ms === undefined || ended_ms === undefined) return undefined;
  const lasted = ended_ms - started_ms;
  return lasted < 1000 ? `${Math.round(lasted)} ms` : `${(lasted / 1000).toFixed(1)} s`;
}
