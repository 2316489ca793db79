// A forest plot: a line a name, with a value and its interval.

import { roomFor } from './chart.js';
import { intervalSeries, nameAxis, valueAxis } from './marks.js';
import { colours, tip } from './theme.js';

function upright(values) {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    data: values.map(([value, type]) => ({
      xAxis: value,
      lineStyle: { color: colours().ink, type },
    })),
  };
}

/** items: {name, value, low, high, firm, words, link}, `low` null without an interval. A hollow mark
 *  is not `firm`. lines: [value, 'solid' or 'dashed'] pairs, which are always in sight. */
export function forest(items, { axisName, width, lines = [[0, 'solid']] }) {
  const palette = colours();
  const names = items.map((one) => one.name);
  const room = roomFor(names, width);
  const spans = items.flatMap(({ low, high }, place) =>
    low === null ? [] : [{ value: [low, high, place] }],
  );
  return {
    height: 70 + 30 * names.length,
    option: {
      grid: { left: room, right: 20, top: 8, bottom: 44 },
      xAxis: valueAxis(axisName, { scale: true }),
      yAxis: nameAxis(names, room),
      tooltip: tip(({ data }) => data.words),
      series: [
        intervalSeries(spans, palette.soft),
        // An axis reaches for points alone, not for lines.
        { type: 'scatter', silent: true, symbolSize: 0, data: lines.map(([value]) => [value, 0]) },
        {
          type: 'scatter',
          symbolSize: 12,
          z: 3,
          data: items.map(({ value, firm, words, link }, place) => ({
            value: [value, place],
            words,
            link,
            itemStyle: {
              color: firm ? palette.tuned : palette.ground,
              borderColor: palette.tuned,
              borderWidth: 2,
            },
          })),
          markLine: upright(lines),
        },
      ],
    },
  };
}
