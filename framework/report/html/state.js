// What is chosen: by the filters, and by the address behind #.

/** Values with listeners, which are told after a change. */
export class State {
  constructor(values) {
    this.values = values;
    this.listeners = [];
  }
  get(name) {
    return this.values[name];
  }
  set(changes) {
    Object.assign(this.values, changes);
    for (const listener of this.listeners) listener(this);
  }
  listen(listener) {
    this.listeners.push(listener);
  }
}

export function stateOf(report) {
  return new State({
    models: new Set(report.modelNames),
    tasks: new Set(report.taskNames),
    metric: '',
  });
}

/** The models and tasks chosen, in the report's order. */
export function chosenModels(report, state) {
  return report.modelNames.filter((name) => state.get('models').has(name));
}
export function chosenTasks(report, state) {
  return report.taskNames.filter((name) => state.get('tasks').has(name));
}

/** "#examples?task=a" → {section: "examples", values: {task: "a"}}. */
export function readAddress(hash) {
  const [section, query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  return { section, values: Object.fromEntries(new URLSearchParams(query)) };
}
