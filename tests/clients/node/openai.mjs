// OpenAI's client, through the helper that collects a stream into a completion. There is nothing to rejoin in this
// API: who leaves has cancelled.

import OpenAI from "openai";

import { Connection, playAll } from "./matrix.mjs";

await playAll(async (base, each) => {
  const connection = new Connection(base, each, () => {});
  const client = new OpenAI({
    baseURL: `${base}/openai/v1`,
    apiKey: "none",
    maxRetries: 0,
    fetch: connection.fetch,
  });
  const asked = { model: each.agent, messages: [{ role: "user", content: each.question }], options: each.options ?? {} };
  const found = { text: "", sources: [], outcome: null, finish: null, error: null, code: null, status: null };
  try {
    if (each.whole) {
      take(found, await client.chat.completions.create(asked));
    } else {
      const stream = client.chat.completions.stream({ ...asked, stream_options: { include_usage: true } });
      stream.on("chunk", (chunk) => {
        const [choice] = chunk.choices;
        found.text += choice?.delta.content ?? "";
        found.sources.push(...(choice?.delta.annotations ?? []).map((one) => one.url_citation));
        found.outcome = chunk.playhead?.outcome ?? found.outcome;
      });
      const completion = await stream.finalChatCompletion();
      found.collected = completion.choices[0].message.content;
      found.finish = completion.choices[0].finish_reason;
    }
  } catch (error) {
    found.error = error.message;
    found.code = error.code ?? null;
    found.status = error.status ?? null;
    found.outcome = error.error?.playhead?.outcome ?? found.outcome;
  }
  return { run_id: connection.runId, parts: [], tools: [], ...found };
});

/** What a completion that was not streamed holds. */
function take(found, completion) {
  const [choice] = completion.choices;
  found.text = choice.message.content;
  found.collected = choice.message.content;
  found.finish = choice.finish_reason;
  found.sources = choice.message.annotations.map((one) => one.url_citation);
  found.outcome = completion.playhead.outcome;
}
