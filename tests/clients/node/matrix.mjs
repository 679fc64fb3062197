// What every driver shares: the list of cases, a connection that can be cut, and the lines that are printed.
//
// node DRIVER BASE_URL CASES [VERSION]: CASES is a JSON list of
//   {name, agent, question, options, disturbance: "none" | "cut" | "cancel", frames, rejoin}
// `frames` is how many frames of the dialect are let through before the disturbance. One line of JSON is printed for
// each case: {name, run_id, text, parts, tools, sources, outcome, error, ...}.

const SEPARATOR = "\n\n";

/** The fetch of one case: it notes the run's id, and disturbs the first response behind so many frames. */
export class Connection {
  constructor(base, disturbed, cancel) {
    this.base = base;
    this.disturbed = disturbed;
    this.cancel = cancel;
    this.runId = null;
    this.requests = 0;
    this.lost = "terminated";
    this.fetch = this.fetch.bind(this);
  }

  async fetch(input, init) {
    const response = await fetch(input, init);
    this.requests += 1;
    this.runId ??= response.headers.get("x-playhead-run-id");
    if (!response.ok || response.body === null || this.requests > 1) {
      if (this.disturbed.disturbance === "cut" && this.requests === 2) await this.release();
      return response;
    }
    if (this.disturbed.disturbance === "none") return response;
    const { status, headers } = response;
    return new Response(this.passed(response.body.getReader()), { status, headers });
  }

  /** The bytes of the response, up to the disturbance and, where that is no cut, behind it. */
  passed(reader) {
    const { disturbance, frames } = this.disturbed;
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const encoder = new TextEncoder();
    let held = "";
    let seen = 0;
    const next = async (controller) => {
      if (disturbance === "cut" && seen === frames) {
        controller.error(new TypeError(this.lost));
        await reader.cancel();
        return;
      }
      if (disturbance === "cancel" && seen === frames) {
        seen += 1;
        await this.cancel(this);
      }
      const end = held.indexOf(SEPARATOR);
      if (end >= 0) {
        controller.enqueue(encoder.encode(held.slice(0, end + SEPARATOR.length)));
        held = held.slice(end + SEPARATOR.length);
        seen += 1;
        return;
      }
      const { done, value } = await reader.read();
      if (done) {
        if (held) controller.enqueue(encoder.encode(held));
        controller.close();
        return;
      }
      held += decoder.decode(value, { stream: true });
      await next(controller);
    };
    return new ReadableStream({ pull: next, cancel: (reason) => reader.cancel(reason) }, { highWaterMark: 0 });
  }

  /** Let the agent go on that waits behind the cut. */
  async release() {
    await post(`${this.base}/v1/runs`, { agent: "clients:release", question: this.disturbed.question });
  }
}

/** Post JSON; what is not a success is an error. */
export async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response;
}

/** Play every case of the command line and print what the client has in the end. */
export async function playAll(play) {
  const [base, cases, version] = process.argv.slice(2);
  for (const each of JSON.parse(cases)) {
    const result = await play(base, each, version);
    console.log(JSON.stringify({ name: each.name, ...result }));
  }
}
