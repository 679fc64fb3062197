// Draws the blocks of an answer that differ from those on the page: finished ones stay as they are. Gradio gives `props`,
// `element` and `watch`.
const drawn = [];

const take = (old, fresh) => {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
  if (old.nodeType === Node.TEXT_NODE) {
    if (!fresh.data.startsWith(old.data)) old.data = fresh.data;
    else if (fresh.length > old.length) old.appendData(fresh.data.slice(old.length));
    return;
  }
  for (const {name} of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const {name, value} of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  takeChildren(old, fresh);
};

const takeChildren = (old, fresh) => {
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  after.forEach((node, index) => { if (index < before.length) take(before[index], node); else old.append(node); });
  for (const node of before.slice(after.length)) node.remove();
};

const draw = () => {
  const blocks = props.value ?? [];
  for (let index = 0; index < blocks.length; index++) {
    if (drawn[index] === blocks[index]) continue;
    drawn[index] = blocks[index];
    const parsed = document.createElement('template');
    parsed.innerHTML = blocks[index];
    const there = element.children[index];
    if (there) take(there, parsed.content.firstElementChild); else element.append(parsed.content.firstElementChild);
  }
  while (element.children.length > blocks.length) element.lastElementChild.remove();
  drawn.length = blocks.length;
};

watch('value', draw);
draw();
