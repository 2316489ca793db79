// The report's data (docs/report.md) and how views ask it.

import { number } from './text.js';

export class Report {
  constructor(json) {
    this.json = json;
    this.models = json.summary.models;
    this.tasks = json.summary.tasks;
    this.rankings = json.summary.rankings;
    this.modelNames = this.models.map((model) => model.name);
    this.taskNames = this.tasks.map((task) => task.name);
    this.cells = new Map();
    for (const task of this.tasks) {
      for (const cell of task.cells) this.cells.set(`${task.name}\n${cell.model}`, cell);
      for (const one of this.baselinesOf(task)) this.cells.set(`${task.name}\n${one.title}`, one);
    }
    this.verdict = { options: {}, cells: [], tasks: [], ...json.summary.verdict };
    this.verdicts = new Map(this.verdict.cells.map((one) => [`${one.task}\n${one.model}`, one]));
    this.metrics = [
      ...new Set(
        Object.values(json.records).flatMap((record) =>
          ['base', 'tuned'].flatMap((stage) => record[stage]?.metrics.map((one) => one.name) ?? []),
        ),
      ),
    ];
  }

  task(name) {
    return this.tasks.find((task) => task.name === name);
  }
  model(name) {
    return this.models.find((model) => model.name === name);
  }
  cell(task, model) {
    return this.cells.get(`${task}\n${model}`);
  }
  record(task, model) {
    return this.json.records[this.cell(task, model)?.id] ?? null;
  }
  /** What its single predictions say; an empty object where there are none. */
  statistics(task, model) {
    return this.json.cells[this.cell(task, model)?.id] ?? {};
  }
  /** What its test rows say of a cell; an empty object where there are none. */
  verdictOf(task, model) {
    return this.verdicts.get(`${task}\n${model}`) ?? {};
  }
  taskVerdict(task) {
    return this.verdict.tasks.find((one) => one.task === task) ?? {};
  }
  /** The tests of a ranking ("tuned", "base", "delta") over tasks; null where there are none. */
  overTasks(ranking) {
    return this.verdict.over_tasks?.[ranking] ?? null;
  }
  /** "95 %": the level of every interval. */
  get level() {
    return `${Number((100 * (this.verdict.options.level ?? 0.95)).toPrecision(6))} %`;
  }
  /** What a model cost over all tasks, or on one; null where the summary does not say. */
  cost(model, task = '') {
    const costs = this.json.summary.costs;
    const found = task
      ? costs?.cells.find((one) => one.model === model && one.task === task)
      : costs?.models.find((one) => one.model === model);
    return found ?? null;
  }
  examples(task) {
    return this.json.examples.findIndex((one) => one.task === task);
  }

  /** The metric's value of a cell: {value, higher, lowest, highest, scored}, or null. '' is the
   *  task's headline. */
  score(task, model, stage, metric = '') {
    const headline = this.task(task)?.metric;
    const name = metric || headline;
    const found = this.record(task, model)?.[stage]?.metrics.find((one) => one.name === name);
    if (!found || !found.scored) return null;
    // Of several seeds the summary has the mean, the record its own.
    const summed = name === headline ? this.cell(task, model)[stage]?.value : undefined;
    return {
      name,
      value: number(summed ?? found.value),
      higher: found.higher_is_better,
      scored: found.scored,
      lowest: number(found.lowest),
      highest: number(found.highest),
    };
  }

  value(task, model, stage, metric = '') {
    if (stage !== 'delta') return this.score(task, model, stage, metric)?.value ?? null;
    const base = this.value(task, model, 'base', metric);
    const tuned = this.value(task, model, 'tuned', metric);
    return base === null || tuned === null ? null : tuned - base;
  }

  higher(task, metric = '') {
    for (const model of this.modelNames) {
      const score =
        this.score(task, model, 'tuned', metric) ?? this.score(task, model, 'base', metric);
      if (score) return score.higher;
    }
    return this.task(task)?.higher_is_better ?? true;
  }

  /** The interval of a headline over the test's examples: {low, high, method} or null. What stands
   *  beside the models has no verdict, and Wilson's interval at most. */
  interval(task, model, stage, metric = '') {
    if (metric && metric !== this.task(task).metric) return null;
    const found =
      this.verdictOf(task, model)[stage] ?? this.statistics(task, model)[stage]?.interval;
    return found ? { ...found, low: number(found.low), high: number(found.high) } : null;
  }

  /** What tuning changed, tested (docs/records.md, "verdict"); null for other metrics than the
   *  headline, and without predictions. */
  effect(task, model, metric = '') {
    if (metric && metric !== this.task(task).metric) return null;
    return this.verdictOf(task, model).effect ?? null;
  }

  /** How much of what was left to gain tuning gained: 1 is all. Null without bounds. */
  headroom(task, model) {
    const base = this.score(task, model, 'base');
    const tuned = this.score(task, model, 'tuned');
    if (!base || !tuned) return null;
    const best = base.higher ? base.highest : base.lowest;
    const room = best - base.value;
    return Number.isFinite(room) && room !== 0 ? (tuned.value - base.value) / room : null;
  }

  /** What stands beside a task's models and has a record, each with its title. */
  baselinesOf(task) {
    const recorded = (task.baselines ?? []).filter((one) => one.id);
    return recorded.map((one) => ({ ...one, title: this.json.titles[one.id] }));
  }

  /** The titles of a kind of baseline: "teacher", "majority", "nearest", "seed_only". */
  baselines(kind) {
    const found = this.tasks
      .flatMap((task) => this.baselinesOf(task))
      .filter((one) => one.kind === kind);
    return [...new Set(found.map((one) => one.title))];
  }
}

export function readReport() {
  return new Report(JSON.parse(document.getElementById('report-data').textContent));
}

/** Whether a score counts as right: at least halfway from the worst to the best, as in the summary
 *  (docs/report.md). `bounds`: {higher, best, worst}, null where they are not finite. */
export function isRight(value, { higher, best, worst }) {
  if (best === null) return false;
  if (worst === null) return value === best;
  const middle = best / 2 + worst / 2;
  return higher ? value >= middle - 1e-9 : value <= middle + 1e-9;
}

/** What nothing else beats in both: the points no other is at least as good as, and better in one.
 *  Each has x, of which less is better, and y, of which more is. */
export function paretoFront(points) {
  return points.filter(
    (one) =>
      !points.some(
        (other) => other.x <= one.x && other.y >= one.y && (other.x < one.x || other.y > one.y),
      ),
  );
}

/** The link to a cell's examples; `more` has show, q, reference, prediction, stage. */
export function examplesLink(task, model, more = {}) {
  return `#examples?${new URLSearchParams({ task, model, ...more })}`;
}
