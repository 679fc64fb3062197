// AG-UI's HttpAgent. `rejoin` is "same" (the same run posted again) or "address" (the run's own address, for an agent
// that has only the question).

import { HttpAgent } from "@ag-ui/client";

import { Connection, playAll, post } from "./matrix.mjs";

// Where a body breaks off, this client also cancels it, and leaves the promise of that to fail unheard.
process.on("unhandledRejection", (error) => {
  if (error.message !== "terminated") throw error;
});
const CITATION = "citation";

await playAll(async (base, each) => {
  const cancel = ({ runId }) => post(`${base}/ag-ui/runs/${runId}/cancel`);
  const connection = new Connection(base, each, cancel);
  const question = { id: `${each.name}:question`, role: "user", content: each.question };
  const open = (url) =>
    new HttpAgent({ url, threadId: each.name, initialMessages: [question], fetch: connection.fetch });
  let told = { outcome: null, end: null, steps: [], customs: [] };
  const run = async (agent) => {
    told = { outcome: null, end: null, steps: [], customs: [] };
    const forwardedProps = { agent: each.agent, options: each.options ?? {} };
    const subscriber = {
      onRunFinishedEvent: ({ event }) => {
        told.outcome = event.outcome?.type ?? null;
        told.end = event.result;
      },
      onRunErrorEvent: ({ event }) => {
        told.outcome = "error";
        told.end = event.metadata?.playhead ?? null;
      },
      onStepFinishedEvent: ({ event }) => void told.steps.push(event.metadata.playhead),
      onToolCallResultEvent: ({ event }) => void told.steps.push(event.metadata.playhead),
      onCustomEvent: ({ event }) => void told.customs.push([event.name, event.value]),
    };
    try {
      await agent.runAgent({ runId: each.name, forwardedProps }, subscriber);
      return null;
    } catch (error) {
      return error.message;
    }
  };
  let agent = open(`${base}/ag-ui`);
  let error = await run(agent);
  const cut = error;
  if (each.disturbance === "cut") {
    if (each.rejoin === "address") agent = open(`${base}/ag-ui/runs/${connection.runId}`);
    error = await run(agent);
  }
  const answers = agent.messages.filter(({ role, content }) => role === "assistant" && typeof content === "string");
  return {
    run_id: connection.runId,
    text: answers.map(({ content }) => content).join(""),
    parts: told.steps,
    tools: agent.messages.flatMap(({ toolCalls }) => toolCalls ?? []),
    results: agent.messages.filter(({ role }) => role === "tool"),
    sources: agent.messages.filter(({ activityType }) => activityType === CITATION).map(({ content }) => content),
    marked: answers.at(-1)?.metadata ?? null,
    customs: told.customs,
    outcome: told.end?.outcome ?? null,
    kind: told.outcome,
    error,
    cut,
    roles: agent.messages.map(({ role }) => role),
  };
});
