// AG-UI's HttpAgent with a person: every interrupt is answered with the next of the case's answers, all at once, and
// the next run of the thread sends them.

import { buildResumeArray, HttpAgent } from "@ag-ui/client";

import { Connection, playAll } from "./matrix.mjs";

await playAll(async (base, each) => {
  const connection = new Connection(base, each);
  const question = { id: `${each.name}:question`, role: "user", content: each.question };
  const agent = new HttpAgent({
    url: `${base}/ag-ui`,
    threadId: each.question,
    initialMessages: [question],
    fetch: connection.fetch,
  });
  const answers = [...each.answers];
  const asked = [];
  const outcomes = [];
  const forwardedProps = { agent: each.agent, options: each.options };
  const subscriber = {
    onRunFinishedEvent: ({ event }) => void outcomes.push(event.outcome.type),
    onRunErrorEvent: ({ event }) => void outcomes.push(event.code),
  };
  let resume;
  do {
    await agent.runAgent({ runId: `${each.question}:${outcomes.length}`, forwardedProps, resume }, subscriber);
    if (outcomes.at(-1) !== "interrupt" || answers.length === 0) break;
    const responses = {};
    for (const interrupt of agent.pendingInterrupts) {
      asked.push([interrupt.reason, interrupt.message]);
      responses[interrupt.id] = responseTo(answers.shift());
    }
    resume = buildResumeArray(agent.pendingInterrupts, responses);
  } while (true);
  const spoken = agent.messages.filter(({ role, content }) => role === "assistant" && typeof content === "string");
  return {
    run_id: connection.runId,
    text: spoken.map(({ content }) => content).join(""),
    asked,
    outcomes,
    tools: agent.messages.flatMap(({ toolCalls }) => toolCalls ?? []),
    results: agent.messages.filter(({ role }) => role === "tool"),
  };
});

/** The response to one interrupt: {approved, arguments, note} for an approval, else {value}. */
function responseTo({ approved, arguments: editedArgs, note, value }) {
  if (approved === undefined) return { status: "resolved", payload: value };
  return { status: "resolved", payload: { approved, ...(editedArgs && { editedArgs }), ...(note && { note }) } };
}
