// What the run on the page allows, as an attribute of the document, which the page's style asks. Gradio gives `props` and
// `watch`.
const show = () => { document.documentElement.dataset.phPhase = props.value ?? ''; };

watch('value', show);
show();
