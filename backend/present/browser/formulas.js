// Formulas that come as `data-ph-formula`: a framework that takes MathML out of a fragment leaves the attribute.
{
  const SPACE = 'http://www.w3.org/1998/Math/MathML';
  const ELEMENT = /^(?:math|m(?:row|i|n|o|text|space|sub|sup|subsup|under|over|underover|frac|sqrt|root|table|tr|td|style|padded|phantom))$/;
  const FORBIDDEN = /^on|href|style|src/;

  const rebuilt = (element) => {
    const copy = document.createElementNS(SPACE, element.localName);
    for (const {name, value} of element.attributes) if (!FORBIDDEN.test(name)) copy.setAttribute(name, value);
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) copy.append(child.data);
      else if (child.namespaceURI === SPACE && ELEMENT.test(child.localName)) copy.append(rebuilt(child));
    }
    return copy;
  };

  onDocumentChange(() => {
    for (const place of document.querySelectorAll('[data-ph-formula]:empty')) {
      const {body} = new DOMParser().parseFromString(place.dataset.phFormula, 'text/html');
      const formula = body.firstElementChild;
      if (formula?.namespaceURI === SPACE && formula.localName === 'math') place.append(rebuilt(formula));
    }
  });
}
