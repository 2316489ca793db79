// Elements without HTML text: what comes from data only ever becomes a text node.

const refused = /^(on|style$|srcdoc$|src$)/;

/** el('a', {href: '#x', class: 'link', on: {click: run}}, 'text', node …): attributes that are null
 *  or false are left out, true gives an empty one. Links lead within the page alone. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') {
      for (const [type, run] of Object.entries(value)) node.addEventListener(type, run);
      continue;
    }
    if (refused.test(name) || (name === 'href' && !String(value).startsWith('#'))) {
      throw new Error(`el: ${name}="${value}" is not allowed`);
    }
    node.setAttribute(name, value === true ? '' : String(value));
  }
  add(node, children);
  return node;
}

/** Appends nodes and texts, arrays of them too; null is nothing. */
export function add(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return add(node, children);
}

/** A <select> of [value, label] pairs. */
export function choice(label, pairs, value, change) {
  const select = el('select', { on: { change: () => change(select.value) } });
  for (const [key, text] of pairs) select.append(el('option', { value: key }, text));
  select.value = value;
  return el('label', { class: 'choice' }, el('span', {}, label), select);
}

/** A promise for the next turn of the event loop: input and painting come between. */
export function pause() {
  return new Promise((done) => setTimeout(done, 0));
}
