(() => {
  const form = document.querySelector("form");
  const said = document.querySelector('[role="alert"]');
  const address = form.getAttribute("action");
  const send = async (fields) => {
    said.textContent = "";
    let answer;
    try {
      answer = await fetch(address, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(fields),
      });
    } catch {
      said.textContent = form.dataset.away;
      return;
    }
    const here = window.location;
    // After the form's own page comes the application; another page is opened again as what it is.
    if (answer.ok && here.pathname.endsWith("/sign-in")) here.replace(form.dataset.pages);
    else if (answer.ok) here.reload();
    else said.textContent = await answer.text();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form.dataset.leaves ? {} : { token: form.elements.token.value.trim() });
  });
  const code = new URLSearchParams(window.location.hash.slice(1)).get("code");
  if (code && !form.dataset.leaves) {
    // The code leaves the address before anything else happens: it is for one use, and for nobody's history.
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
    send({ code });
  }
})();
