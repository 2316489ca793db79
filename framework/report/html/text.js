// Numbers and model text as people read them.

import { el } from './dom.js';

const names = new Map([
  [0x061c, 'ALM'],
  [0x200b, 'ZWSP'],
  [0x200e, 'LRM'],
  [0x200f, 'RLM'],
  [0x2028, 'LS'],
  [0x2029, 'PS'],
  [0x202a, 'LRE'],
  [0x202b, 'RLE'],
  [0x202c, 'PDF'],
  [0x202d, 'LRO'],
  [0x202e, 'RLO'],
  [0x2060, 'WJ'],
  [0x2066, 'LRI'],
  [0x2067, 'RLI'],
  [0x2068, 'FSI'],
  [0x2069, 'PDI'],
  [0xfeff, 'BOM'],
]);
// Characters that change how others are shown, or show nothing: bidirectional controls, invisible
// ones, tags, controls but tab and newline. Joiners stay: scripts and emoji need them.
const hidden = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e' +
    '\\u2060-\\u2064\\u2066-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}]',
  'gu',
);

function nameOf(character) {
  const code = character.codePointAt(0);
  return names.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The text in pieces: {text} to show as it is, {mark} the name of a hidden character. */
export function pieces(text) {
  const found = [];
  let at = 0;
  for (const match of text.matchAll(hidden)) {
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    found.push({ mark: nameOf(match[0]) });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

/** The same in one line, for charts and attributes. */
export function plain(text) {
  return pieces(String(text))
    .map((piece) => piece.text ?? `[${piece.mark}]`)
    .join('');
}

function highlighted(text, wanted) {
  const nodes = [];
  const lower = text.toLowerCase();
  // A letter whose lower case is longer would shift all places: then nothing is marked.
  const found = wanted && lower.length === text.length ? wanted : '';
  let at = 0;
  for (let hit; found && (hit = lower.indexOf(found, at)) >= 0; at = hit + found.length) {
    nodes.push(text.slice(at, hit), el('mark', {}, text.slice(hit, hit + found.length)));
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== '');
}

/** Model text as nodes: hidden characters by name, `wanted` (lower case) marked. */
export function shown(text, wanted = '') {
  return pieces(text).map((piece) =>
    piece.mark
      ? el('span', { class: 'hidden-character', title: 'a hidden character' }, piece.mark)
      : highlighted(piece.text, wanted),
  );
}

/** An element of model text: kept apart from the direction of what stands around it. */
export function quoted(tag, text, properties = {}, wanted = '') {
  return el(
    tag,
    { dir: 'auto', ...properties, class: `quoted ${properties.class ?? ''}`.trim() },
    shown(text, wanted),
  );
}

/** A number of the data, which writes what JSON lacks as "NaN", "Infinity", "-Infinity". */
export function number(value) {
  return value === null || value === undefined ? null : Number(value);
}

const nothing = '–';

export function decimals(value, digits = 3) {
  if (value === null || value === undefined) return nothing;
  return Number.isFinite(value) ? value.toFixed(digits) : String(value);
}

export function signed(value, digits = 3) {
  if (value === null || value === undefined) return nothing;
  const text = decimals(value, digits);
  if (Number(text) === 0) return decimals(0, digits);
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

export function counted(value) {
  return value === null || value === undefined ? nothing : Math.round(value).toLocaleString('en');
}

/** 1234567 → "1.23M". */
export function short(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return nothing;
  const units = [
    [1e12, 'T'],
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ];
  const unit = units.find(([size]) => Math.abs(value) >= size);
  return String(Number((unit ? value / unit[0] : value).toPrecision(3))) + (unit ? unit[1] : '');
}

export function seconds(value) {
  if (value === null || value === undefined) return nothing;
  if (value < 100) return `${Number(value.toPrecision(3))} s`;
  const minutes = Math.round(value / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${(value / 3600).toFixed(1)} h`;
}

/** 3145728 → "3 MiB". */
export function bytes(value) {
  if (!value) return nothing;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10));
  return `${Number((value / 1024 ** power).toPrecision(3))} ${units[power]}`;
}

/** 4500 → "4.5 kJ". */
export function joules(value) {
  if (value === null || value === undefined) return nothing;
  const units = ['J', 'kJ', 'MJ', 'GJ'];
  let [rest, power] = [value, 0];
  for (; rest >= 1000 && power + 1 < units.length; ++power) rest /= 1000;
  return `${Number(rest.toPrecision(3))} ${units[power]}`;
}
