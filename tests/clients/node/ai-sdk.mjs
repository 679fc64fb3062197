// The AI SDK's chat over its own HTTP transport. VERSION is the package: ai5, ai6 or ai7.
//
// `rejoin` is "place" (resume in the chat that has half of the answer), "browser" (the same, with the words in which a
// browser tells of a lost connection: the client then keeps its state) or "reload" (a new chat with the question).

import { State } from "./ai-sdk-state.mjs";
import { Connection, playAll, post } from "./matrix.mjs";

const { AbstractChat, DefaultChatTransport } = await import(process.argv[4]);

class Chat extends AbstractChat {
  constructor(id, transport, messages = []) {
    super({ id, transport, state: new State(messages) });
  }
}

await playAll(async (base, each) => {
  const cancel = () => post(`${base}/ai-sdk/${encodeURIComponent(each.question)}/cancel`);
  const connection = new Connection(base, each, cancel);
  if (each.rejoin === "browser") connection.lost = "network error";
  const body = { agent: each.agent, options: each.options ?? {} };
  const transport = new DefaultChatTransport({ api: `${base}/ai-sdk`, fetch: connection.fetch, body });
  let chat = new Chat(each.question, transport);
  await chat.sendMessage({ text: each.question });
  const cut = chat.error?.message ?? null;
  if (each.disturbance === "cut") {
    if (each.rejoin === "reload") chat = new Chat(each.question, transport, chat.messages.slice(0, 1));
    await chat.resumeStream();
  }
  const message = chat.messages.at(-1);
  const parts = message.role === "assistant" ? message.parts : [];
  return {
    run_id: connection.runId,
    text: parts.filter((part) => part.type === "text").map((part) => part.text).join(""),
    parts,
    tools: parts.filter((part) => part.type === "dynamic-tool"),
    sources: parts.filter((part) => part.type.startsWith("source-")),
    outcome: message.metadata?.outcome ?? null,
    metadata: message.metadata ?? null,
    error: chat.error?.message ?? null,
    cut,
    roles: chat.messages.map((one) => one.role),
    status: chat.status,
  };
});
