// Opens a WebSocket at the address of a stream and hands its messages to Gradio as the body of an HTTP response.
(() => {
  const overHttp = window.fetch;
  let heartbeat = null;
  window.fetch = (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input, document.baseURI);
    if (address.host !== window.location.host || !RegExp(String.raw`STREAMS`).test(address.pathname))
      return overHttp(input, init);
    const session = address.searchParams.get('session_hash');
    if (session && !heartbeat)
      heartbeat = window.fetch(new URL(`../heartbeat/${session}`, address)).catch(() => {});
    return new Promise((resolve) => {
      address.protocol = address.protocol.replace('http', 'ws');
      const socket = new WebSocket(address);
      let body = null;
      let over = false;
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => {
        const stream = new ReadableStream({
          start(controller) { body = controller; },
          cancel() { over = true; socket.close(); },
        });
        resolve(new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } }));
      };
      socket.onmessage = ({ data }) => { if (!over) body.enqueue(new Uint8Array(data)); };
      socket.onclose = ({ code }) => {
        if (!body) resolve(overHttp(input, init));
        else if (!over && code === 1000) body.close();
        else if (!over) body.error(new TypeError('network error'));
        over = true;
      };
      init?.signal?.addEventListener('abort', () => {
        if (body && !over) body.close();
        over = Boolean(body);
        socket.close();
      });
    });
  };
})();
