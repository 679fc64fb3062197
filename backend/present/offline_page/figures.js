"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const darkScheme = window.matchMedia("(prefers-color-scheme: dark)");
  const config = { displayModeBar: false, responsive: true };
  // The width of a sheet of A4 within usual margins: while printing begins, the page still has the screen's width.
  const PAPER_PX = 690;
  let printing = false;

  const themed = (name) => {
    const figure = structuredClone(figures[name].light);
    if (darkScheme.matches && !printing) {
      for (const [path, value] of figures[name].dark) {
        const last = path.pop();
        path.reduce((part, key) => part[key], figure)[last] = structuredClone(value);
        path.push(last);
      }
    }
    return figure;
  };

  const draw = (element) => {
    const name = element.dataset.figure;
    if (!figures[name]) {
      return;
    }
    const { data, layout } = themed(name);
    if (printing) {
      layout.width = PAPER_PX;
    }
    element.style.height = layout.height + "px";
    Plotly.react(element, data, layout, config);
    element.dataset.drawn = name;
  };

  const places = [...document.querySelectorAll("[data-figure]")];
  for (const element of places) {
    const figure = figures[element.dataset.figure];
    if (figure) {
      element.style.height = figure.light.layout.height + "px";
    }
  }
  const drawn = () => places.filter((element) => element.dataset.drawn);

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        watcher.unobserve(entry.target);
        draw(entry.target);
      }
    }
  }, { rootMargin: "600px" });
  places.forEach((element) => watcher.observe(element));

  darkScheme.addEventListener("change", () => drawn().forEach(draw));
  window.addEventListener("beforeprint", () => {
    printing = true;
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
    places.forEach((element) => { watcher.unobserve(element); draw(element); });
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    drawn().forEach(draw);
  });

  const show = (button) => {
    const article = button.closest("article");
    for (const other of article.querySelectorAll("button[data-show]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    for (const part of article.querySelectorAll("[data-shown]")) {
      part.hidden = part.dataset.shown !== button.dataset.show;
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-show]");
    if (button) {
      show(button);
    }
  });

  // A link to a run that is shown behind a button leads to its place: there it must be the one that is shown.
  const showLinked = () => {
    const button = document.querySelector(`button[data-show="${CSS.escape(location.hash.slice(1))}"]`);
    if (button) {
      show(button);
    }
  };
  window.addEventListener("hashchange", showLinked);
  showLinked();
})();
