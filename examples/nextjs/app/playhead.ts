import type { UIMessage } from "ai";

/** What the backend says of a run in its message's metadata; the outcome comes with the end. */
export type Metadata = {
  run_id?: string;
  agent?: string;
  outcome?: "completed" | "cancelled" | "failed" | "timed_out" | "interrupted";
  error?: string;
};

/** One step; the same `step_id` again is an update. Times are milliseconds since the run was accepted. */
export type Step = {
  step_id: string;
  step: string;
  state: "started" | "progress" | "finished" | "failed" | "cancelled" | "waiting";
  label?: string;
  detail?: string;
  progress?: number;
  parent_id?: string;
  tool?: string;
  started_ms?: number;
  ended_ms?: number;
};

/** One source. Spans are places of the answer, in code points, the end exclusive. */
export type Citation = {
  id: string;
  number?: number;
  title?: string;
  source?: string;
  url?: string;
  quote?: string;
  spans?: { start: number; end: number }[];
};

/** Something the agent made. `content` is what `kind` says: for a chart, a Plotly figure. */
export type Artifact = {
  artifact_id?: string;
  kind: "chart" | "table" | "documents" | "value";
  title?: string;
  content: unknown;
};

/** A reason to trust the answer less. */
export type Warning = { code: string; message: string };

export type Message = UIMessage<
  Metadata,
  { step: Step; citation: Citation; artifact: Artifact; warning: Warning }
>;

/** An address that may be linked; anything that is not a web page is left out. */
export function linkable(url: string | undefined): string | undefined {
  return url !== undefined && /^https?:\/\//i.test(url) ? url : undefined;
}
