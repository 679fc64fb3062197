// The AI SDK's chat with a person. VERSION is the package, ai6 or ai7: every approval and every call of `ask_person` is
// answered with the next of the case's answers, and the chat sends its messages again by itself.

import { Connection, playAll } from "./matrix.mjs";
import { State } from "./ai-sdk-state.mjs";

const {
  AbstractChat,
  DefaultChatTransport,
  lastAssistantMessageIsCompleteWithApprovalResponses,
  lastAssistantMessageIsCompleteWithToolCalls,
} = await import(process.argv[4]);

class Chat extends AbstractChat {}

await playAll(async (base, each) => {
  const connection = new Connection(base, each);
  const body = { agent: each.agent, options: each.options };
  const transport = new DefaultChatTransport({ api: `${base}/ai-sdk?sdk=6`, fetch: connection.fetch, body });
  const answers = [...each.answers];
  const asked = [];
  const chat = new Chat({
    id: each.question,
    transport,
    state: new State([]),
    sendAutomaticallyWhen: (told) =>
      lastAssistantMessageIsCompleteWithApprovalResponses(told) || lastAssistantMessageIsCompleteWithToolCalls(told),
  });
  await chat.sendMessage({ text: each.question });
  for (let open = openParts(chat); open.length > 0 && answers.length > 0; open = openParts(chat)) {
    const requests = connection.requests;
    for (const part of open) await answer(chat, part, answers.shift(), asked);
    await until(() => connection.requests > requests && chat.status === "ready");
  }
  const message = chat.messages.at(-1);
  return {
    run_id: connection.runId,
    text: message.parts.filter((part) => part.type === "text").map((part) => part.text).join(""),
    asked,
    parts: message.parts,
    requests: connection.requests,
    outcome: message.metadata?.outcome ?? null,
    error: chat.error?.message ?? null,
    roles: chat.messages.map(({ role }) => role),
  };
});

/** The parts that wait for the client. */
function openParts(chat) {
  const { parts } = chat.messages.at(-1);
  return parts.filter(
    ({ type, state }) =>
      state === "approval-requested" || (type === "tool-ask_person" && state === "input-available"),
  );
}

/** Answer one part: {approved, arguments, note} for an approval, else {value}. */
async function answer(chat, part, { approved, arguments: edited, note, value }, asked) {
  if (part.state !== "approval-requested") {
    asked.push(["question", part.input.prompt]);
    await chat.addToolOutput({ tool: "ask_person", toolCallId: part.toolCallId, output: value });
    return;
  }
  const request = chat.messages.at(-1).parts.find(({ type, data }) => type === "data-request" && data.state === "open");
  asked.push(["approval", request.data.request.prompt]);
  const { id } = part.approval;
  const changed = edited && { answers: { [id]: { action: "accept", arguments: edited } } };
  const options = changed && { body: { ...changed } };
  await chat.addToolApprovalResponse({ id, approved, reason: note, options });
}

/** Wait for a condition. */
async function until(holds) {
  for (let turns = 0; !holds(); turns += 1) {
    if (turns > 20000) throw new Error("the chat did not send its messages again");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
