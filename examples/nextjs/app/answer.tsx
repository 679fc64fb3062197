import { Fragment, type ReactNode } from "react";

import type { Citation } from "./playhead";

const PIECE = /(\*\*[^*\n]+\*\*|`[^`\n]+`|\[\d{1,4}(?:, ?\d{1,4})*\])/;
const MARKER = /\[\d{1,4}(?:, ?\d{1,4})*\]/g;

/**
 * The answer in paragraphs, with its markers as links to the sources. Of Markdown it knows bold text and code; a
 * larger page takes a Markdown library for this.
 */
export function Answer({ text, citations, anchor }: { text: string; citations: Citation[]; anchor: string }) {
  const known = new Set(citations.map((citation) => citation.number));
  const link = (number: number) =>
    known.has(number) ? (
      <a className="marker" href={`#${anchor}-${number}`} aria-label={`Source ${number}`}>
        {number}
      </a>
    ) : (
      <span className="marker missing" title="No source came for this marker">
        {number}
      </span>
    );
  const inline = (piece: string): ReactNode => {
    if (piece.startsWith("**")) return <strong>{piece.slice(2, -2)}</strong>;
    if (piece.startsWith("`")) return <code>{piece.slice(1, -1)}</code>;
    return piece
      .slice(1, -1)
      .split(",")
      .map((number) => <Fragment key={number}>{link(Number(number))}</Fragment>);
  };
  return withSpans(text, citations)
    .split(/\n{2,}/)
    .map((paragraph, at) => (
      <p key={at} dir="auto">
        {paragraph.split(PIECE).map((piece, place) => (
          <Fragment key={place}>{place % 2 ? inline(piece) : piece}</Fragment>
        ))}
      </p>
    ));
}

/** The text with a marker behind each place that a source without markers is for. */
function withSpans(text: string, citations: Citation[]): string {
  const marked = new Set((text.match(MARKER) ?? []).flatMap((marker) => marker.slice(1, -1).split(",").map(Number)));
  const ends = citations
    .filter(({ number }) => number !== undefined && !marked.has(number))
    .flatMap(({ number, spans }) => (spans ?? []).map(({ end }) => ({ end, number })))
    .sort((first, second) => second.end - first.end);
  if (ends.length === 0) return text;
  const points = [...text];
  for (const { end, number } of ends) points.splice(end, 0, ` [${number}]`);
  return points.join("");
}
