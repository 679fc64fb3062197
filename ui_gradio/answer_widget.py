"""The widget of a growing answer: a list of blocks, of which only those that differ are drawn.

Gradio's own way, a template over the whole list, parses and compares the whole answer at every frame. This compares the
blocks as text, and inside a block that grew it keeps what stays and appends what is new, so that a reader may select
text of a paragraph that is still written.
"""

from typing import Any, Final

import gradio as gr

_DRAW_CHANGED_BLOCKS: Final = """
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
    const place = element.children[index];
    if (place) take(place, parsed.content.firstElementChild); else element.append(parsed.content.firstElementChild);
  }
  while (element.children.length > blocks.length) element.lastElementChild.remove();
  drawn.length = blocks.length;
};

watch('value', draw);
draw();
"""


def answer_widget(**options: Any) -> gr.HTML:
    """The widget. Its value is the ``html`` of each ``AnswerBlock``, each one element; ``options``: see ``gr.HTML``."""
    return gr.HTML(
        [], html_template=" ", js_on_load=_DRAW_CHANGED_BLOCKS, apply_default_css=False, padding=False, **options
    )
