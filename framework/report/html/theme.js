// Colours of charts. The hues follow Okabe and Ito's, darkened or lightened for contrast: common kinds
// of colour blindness tell them apart; nothing is said by colour alone.

const light = {
  ink: '#1b1f24',
  soft: '#4d5663',
  line: '#c9d0d8',
  ground: '#ffffff',
  base: '#b34700',
  tuned: '#0072b2',
  good: '#00694c',
  bad: '#a03a73',
  ramp: ['#f1f7fc', '#8fc3e6'],
  hues: ['#0072b2', '#b34700', '#00694c', '#a03a73', '#7a5c00', '#2f7fae', '#1b1f24'],
};
const dark = {
  ink: '#e8ecf1',
  soft: '#a9b4c0',
  line: '#3c4652',
  ground: '#14181d',
  base: '#e69f00',
  tuned: '#56b4e9',
  good: '#2fc596',
  bad: '#e29ac4',
  ramp: ['#1b2733', '#0b5d92'],
  hues: ['#56b4e9', '#e69f00', '#2fc596', '#e29ac4', '#f0e442', '#8fd0f5', '#e8ecf1'],
};
/** Shapes and dashes that go with the hues. */
export const symbols = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow', 'roundRect'];
export const dashes = ['solid', 'dashed', 'dotted'];

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
let printing = false;
let chosen = '';

export function isDark() {
  if (printing) return false;
  return chosen ? chosen === 'dark' : prefersDark.matches;
}
export function colours() {
  return isDark() ? dark : light;
}

/** `change` is called when the colours do. Gives the button that switches them. */
export function watchTheme(button, change) {
  const show = () => {
    document.documentElement.dataset.theme = isDark() ? 'dark' : 'light';
    button.textContent = isDark() ? 'Light' : 'Dark';
    change();
  };
  button.addEventListener('click', () => {
    chosen = isDark() ? 'light' : 'dark';
    show();
  });
  prefersDark.addEventListener('change', show);
  addEventListener('beforeprint', () => {
    printing = true;
    show();
  });
  addEventListener('afterprint', () => {
    printing = false;
    show();
  });
  show();
}

/** What all charts have alike. */
export function commonOption() {
  const palette = colours();
  return {
    color: palette.hues,
    backgroundColor: 'transparent',
    animation: !matchMedia('(prefers-reduced-motion: reduce)').matches && !printing,
    animationDuration: 250,
    animationDurationUpdate: 150,
    textStyle: { color: palette.ink, fontFamily: 'system-ui, sans-serif' },
    aria: { enabled: true },
  };
}

/** richText: a tooltip is drawn in the chart and never becomes HTML. */
export function tip(formatter) {
  const palette = colours();
  return {
    renderMode: 'richText',
    confine: true,
    formatter,
    backgroundColor: palette.ground,
    borderColor: palette.line,
    textStyle: { color: palette.ink },
  };
}

export function axis(more = {}) {
  const palette = colours();
  return {
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: { color: palette.soft, hideOverlap: true, ...more.axisLabel },
    splitLine: { lineStyle: { color: palette.line, opacity: 0.5 } },
    nameTextStyle: { color: palette.soft },
    ...Object.fromEntries(Object.entries(more).filter(([name]) => name !== 'axisLabel')),
  };
}
