// Parts that several charts are made of: intervals, groups, axes of names, heat maps.

import { axis, colours } from './theme.js';

/** A series of horizontal intervals: items {value: [low, high, place on an axis of names]}. */
export function intervalSeries(items, colour) {
  return {
    type: 'custom',
    silent: true,
    z: 1,
    encode: { x: [0, 1], y: 2 },
    data: items,
    renderItem(parameters, api) {
      const [left, y] = api.coord([api.value(0), api.value(2)]);
      const [right] = api.coord([api.value(1), api.value(2)]);
      const line = (x1, y1, x2, y2) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: colour, lineWidth: 2, fill: null },
      });
      return {
        type: 'group',
        children: [
          line(left, y, right, y),
          line(left, y - 5, left, y + 5),
          line(right, y - 5, right, y + 5),
        ],
      };
    },
  };
}

export const groupStep = 9;

/** Bars at the right edge of a chart, each with a dot for every place of a group, for its places
 *  need not be neighbours; `x` is any value that the axis shows anyway. */
export function groupSeries(groups, x) {
  return {
    type: 'custom',
    silent: true,
    encode: { x: 0, y: [1, 2] },
    data: groups.map((places) => [x, places[0], places.at(-1)]),
    renderItem(parameters, api) {
      const places = groups[parameters.dataIndex];
      const grid = parameters.coordSys;
      const right = grid.x + grid.width + groupStep * (1 + parameters.dataIndex);
      const [top, ...others] = places.map((place) => api.coord([x, place])[1]);
      const colour = colours().soft;
      return {
        type: 'group',
        children: [
          {
            type: 'line',
            shape: { x1: right, y1: top, x2: right, y2: others.at(-1) },
            style: { stroke: colour, lineWidth: 2, fill: null },
          },
          ...[top, ...others].map((y) => ({
            type: 'circle',
            shape: { cx: right, cy: y, r: 3.5 },
            style: { fill: colour },
          })),
        ],
      };
    },
  };
}

/** Groups of names as places among those that are shown; of two and more, and none within another. */
export function groupsAmong(groups, names) {
  const shown = (groups ?? [])
    .map((group) => [...names.keys()].filter((place) => group.includes(names[place])))
    .filter((places) => places.length > 1);
  const within = (one, other) => one.every((place) => other.includes(place));
  return shown.filter(
    (one, i) =>
      !shown.some(
        (other, j) => i !== j && within(one, other) && (one.length < other.length || j < i),
      ),
  );
}

/** The letters of a name's groups, "a" for the first group: names that share one are in one. */
export function lettersOf(name, groups) {
  const letter = (place) =>
    String.fromCharCode(97 + (place % 26)).repeat(1 + Math.floor(place / 26));
  return groups.map((group, i) => (group.includes(name) ? letter(i) : '')).join('');
}

/** An axis of names from the top down, in so much room. */
export function nameAxis(names, room) {
  const axisLabel = { width: room - 10, overflow: 'truncate', interval: 0 };
  return { type: 'category', inverse: true, data: names, ...axis({ axisLabel }) };
}

/** An axis of names above the columns of a heat map. */
export function columnAxis(names, room) {
  const axisLabel = { rotate: 45, interval: 0, width: room, overflow: 'truncate' };
  return { type: 'category', position: 'top', data: names, ...axis({ axisLabel }) };
}

/** How high the names of columnAxis stand. */
export function columnHeight(room) {
  return Math.round(room * 0.72) + 16;
}

export function valueAxis(name, more = {}) {
  return { type: 'value', name, nameLocation: 'middle', nameGap: 28, ...axis(), ...more };
}

/** Series and colours of a heat map: items {value: [column, row, 0 to 1], words}. */
export function heatMap(items, label, isLabelled = true) {
  const palette = colours();
  return {
    visualMap: { show: false, min: 0, max: 1, dimension: 2, inRange: { color: palette.ramp } },
    series: [
      {
        type: 'heatmap',
        data: items,
        label: { show: isLabelled, color: palette.ink, formatter: ({ data }) => label(data) },
        itemStyle: { borderColor: palette.ground, borderWidth: 1 },
      },
    ],
  };
}
