// The examples of a task: blocks of rows, unpacked when they are asked for.

import { pause } from './dom.js';

/** base64 of a gzip member → the JSON in it. */
async function unpack(text) {
  const binary = atob(text.trim());
  const packed = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) packed[i] = binary.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text());
}

const stops = { e: 'an end token', s: 'a stop string', l: 'the token limit' };

/** One stage of one cell in one row. */
function answer(head, block, stage, row) {
  const column = block.stages[stage];
  if (column.prompt[row] < 0) return null;
  return {
    stage: head.stages[stage].stage,
    model: head.stages[stage].model,
    before: head.stages[stage].before,
    after: head.stages[stage].after,
    own: block.texts[column.prompt[row]],
    completion: block.texts[column.completion[row]],
    prediction: block.texts[column.prediction[row]],
    parsed: column.parsed[row] === '1',
    stop: stops[column.stop[row]] ?? '',
    scores: head.stages[stage].metrics.map((name, i) => ({ name, value: column.scores[i][row] })),
  };
}

/** The rows of one task. */
export class Examples {
  constructor(head, place) {
    this.head = head;
    this.place = place;
    this.blocks = [];
    this.starts = [];
    let start = 0;
    for (const rows of head.blocks) {
      this.starts.push(start);
      start += rows;
    }
  }

  get task() {
    return this.head.task;
  }
  get rows() {
    return this.head.rows;
  }
  get loaded() {
    return this.blocks.length === this.head.blocks.length;
  }
  /** The place of a cell's stage in a block's "stages", or −1. */
  stage(model, stage) {
    return this.head.stages.findIndex((one) => one.model === model && one.stage === stage);
  }

  /** Unpacks what is not yet; `texts` are the lines of the file beside the page, if there is one. A
   *  block takes a few milliseconds, and input comes between two. */
  async load(progress, texts = null) {
    if (this.loading) return this.loading;
    this.loading = (async () => {
      for (let i = this.blocks.length; i < this.head.blocks.length; ++i) {
        const text = texts
          ? texts[i]
          : document.getElementById(`examples-${this.place}-${i}`).textContent;
        this.blocks.push(await unpack(text));
        progress(this.blocks.length / this.head.blocks.length);
        await pause();
      }
    })();
    try {
      await this.loading;
    } finally {
      this.loading = null;
    }
    return null;
  }

  /** Block and place in it of a row, counted over all blocks. */
  find(row) {
    let [low, high] = [0, this.starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.starts[middle] <= row) low = middle;
      else high = middle - 1;
    }
    return [this.blocks[low], row - this.starts[low]];
  }

  /** A row as a whole: {index, where, references, base, tuned}. */
  row(row, model) {
    const [block, at] = this.find(row);
    const stages = ['base', 'tuned'].map((stage) => this.stage(model, stage));
    const [base, tuned] = stages.map((stage) =>
      stage < 0 ? null : answer(this.head, block, stage, at),
    );
    return {
      index: block.index[at],
      where: block.where[at],
      base,
      tuned,
      references: block.references[at].map((text) => block.texts[text]),
    };
  }
}
