"use client";

import { useChat } from "@ai-sdk/react";
import { DefaultChatTransport } from "ai";
import { useEffect, useState, useSyncExternalStore, type FormEvent } from "react";

import type { Message } from "./playhead";
import { Turn } from "./turn";

const KEPT = "playhead-chat";
const QUESTION = "Is NVIDIA's customer concentration risk rising?";

type Kept = { id: string; messages: Message[] };

/** The conversation of this tab. It is kept while the tab is open, so that a page loaded anew goes on with it. */
export function Conversation() {
  const [kept, setKept] = useState<Kept>();
  const inBrowser = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  );
  if (!inBrowser) return null;
  if (kept === undefined) {
    setKept(stored());
    return null;
  }
  const restart = () => setKept({ id: crypto.randomUUID(), messages: [] });
  return <Chat key={kept.id} kept={kept} onNew={restart} />;
}

function Chat({ kept, onNew }: { kept: Kept; onNew: () => void }) {
  const [draft, setDraft] = useState(kept.messages.length ? "" : QUESTION);
  const [stopping, setStopping] = useState(false);
  const [transport] = useState(() => {
    const agent = new URLSearchParams(window.location.search).get("agent");
    return new DefaultChatTransport<Message>({ api: "/ai-sdk", body: agent ? { agent } : {} });
  });
  const { messages, sendMessage, status, error, resumeStream } = useChat<Message>({
    id: kept.id,
    messages: kept.messages,
    transport,
    resume: kept.messages.length > 0,
    experimental_throttle: 50,
  });
  const running = status === "submitted" || status === "streaming";
  const last = messages.at(-1);
  const cut = !running && last !== undefined && last.metadata?.outcome === undefined;

  useEffect(() => {
    sessionStorage.setItem(KEPT, JSON.stringify({ id: kept.id, messages }));
  }, [kept.id, messages]);

  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (running || !draft.trim()) return;
    setStopping(false);
    setDraft("");
    void sendMessage({ text: draft.trim() });
  };
  // Closing the connection would not stop the run: that is asked for, and the stream then ends by itself.
  const stop = async () => {
    setStopping(true);
    const answer = await fetch(`/ai-sdk/${encodeURIComponent(kept.id)}/cancel`, { method: "POST" }).catch(() => null);
    if (!answer?.ok) setStopping(false);
  };

  return (
    <main>
      <header>
        <h1>Ask</h1>
        <p>A Next.js page on a Playhead backend</p>
        <button type="button" onClick={onNew} disabled={running || messages.length === 0}>
          New conversation
        </button>
      </header>
      <div className="turns" aria-live="polite">
        {messages.map((message) => (
          <Turn key={message.id} message={message} />
        ))}
      </div>
      {status === "submitted" && <p className="notice">Waiting for the first word of the run.</p>}
      {error && !last?.metadata?.outcome && <p className="notice warning">{error.message}</p>}
      {cut && (
        <p className="notice">
          The connection ended before the answer did; the run may still go on.{" "}
          <button type="button" onClick={() => void resumeStream()}>
            Resume
          </button>
        </p>
      )}
      <form onSubmit={ask}>
        <label htmlFor="question">Question</label>
        <textarea
          id="question"
          rows={2}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) ask(event);
          }}
        />
        {running ? (
          <button type="button" onClick={() => void stop()} disabled={stopping || status === "submitted"}>
            {stopping ? "Stopping" : "Stop"}
          </button>
        ) : (
          <button type="submit" className="main" disabled={!draft.trim()}>
            Ask
          </button>
        )}
      </form>
    </main>
  );
}

/** The conversation that this tab had, up to the last message that has ended: what came behind it is sent anew. */
function stored(): Kept {
  try {
    const { id, messages } = JSON.parse(sessionStorage.getItem(KEPT) ?? "") as Kept;
    return { id, messages };
  } catch {
    return { id: crypto.randomUUID(), messages: [] };
  }
}
