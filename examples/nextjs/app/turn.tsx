import { Answer } from "./answer";
import { ArtifactView } from "./artifact";
import { Sources, Steps, Warnings } from "./evidence";
import type { Message, Metadata } from "./playhead";

const OUTCOMES: Partial<Record<NonNullable<Metadata["outcome"]>, string>> = {
  cancelled: "Stopped. What had been written is kept.",
  failed: "The run failed: the answer is not complete.",
  timed_out: "The run took longer than it may: the answer is not complete.",
  interrupted: "The run was interrupted: the answer is not complete.",
};

/** One message: a question, or an answer with how it came about and what it rests on. */
export function Turn({ message }: { message: Message }) {
  const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (message.role === "user") return <p className="question">{text}</p>;
  const steps = message.parts.flatMap((part) => (part.type === "data-step" ? [part.data] : []));
  const citations = message.parts.flatMap((part) => (part.type === "data-citation" ? [part.data] : []));
  const artifacts = message.parts.flatMap((part) => (part.type === "data-artifact" ? [part.data] : []));
  const warnings = message.parts.flatMap((part) => (part.type === "data-warning" ? [part.data] : []));
  const outcome = message.metadata?.outcome;
  return (
    <article className="answer" aria-busy={outcome === undefined}>
      <Steps steps={steps} />
      <div className="text">
        <Answer text={text} citations={citations} anchor={message.id} />
      </div>
      {outcome && OUTCOMES[outcome] && <p className="notice">{OUTCOMES[outcome]}</p>}
      <Warnings warnings={warnings} />
      {artifacts.map((artifact, place) => (
        <ArtifactView key={artifact.artifact_id ?? place} artifact={artifact} />
      ))}
      <Sources citations={citations} anchor={message.id} />
    </article>
  );
}
