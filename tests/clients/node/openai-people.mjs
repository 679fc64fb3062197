// OpenAI's client with a person: every call of `ask_person` is answered with the next of the case's answers, as the
// message of a tool, until a completion stops.

import OpenAI from "openai";

import { Connection, playAll } from "./matrix.mjs";

await playAll(async (base, each) => {
  const connection = new Connection(base, each);
  const client = new OpenAI({ baseURL: `${base}/openai/v1`, apiKey: "none", maxRetries: 0, fetch: connection.fetch });
  const messages = [{ role: "user", content: each.question }];
  const answers = [...each.answers];
  const asked = [];
  const finishes = [];
  let text = "";
  do {
    const request = { model: each.agent, messages, options: each.options };
    // Every other completion is not streamed.
    const completion =
      finishes.length % 2 === 1
        ? await client.chat.completions.create(request)
        : await client.chat.completions.stream(request).finalChatCompletion();
    const [{ message, finish_reason: finish }] = completion.choices;
    finishes.push(finish);
    text += message.content ?? "";
    if (finish !== "tool_calls") break;
    messages.push(message);
    for (const { id, function: called } of message.tool_calls) {
      asked.push([called.name, JSON.parse(called.arguments).prompt]);
      messages.push({ role: "tool", tool_call_id: id, content: resultOf(answers.shift()) });
    }
  } while (true);
  return { run_id: connection.runId, text, asked, finishes, requests: connection.requests };
});

/** The result of one call: {approved, arguments, note} for an approval, else {value}. */
function resultOf({ approved, arguments: editedArgs, note, value }) {
  if (approved === undefined) return typeof value === "string" ? value : JSON.stringify(value);
  return JSON.stringify({ approved, editedArgs, note });
}
