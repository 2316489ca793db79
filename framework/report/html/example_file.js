// Examples that were too many for the page, in a file beside it.

import { el, fill } from './dom.js';

/** The lines of the file. A page opened from the disk may read none unless its reader hands it over:
 *  `place` asks for that. */
export function askForFile(examples, place) {
  return new Promise((done, fail) => {
    const read = (file, text) => {
      const lines = text.split('\n').filter(Boolean);
      if (lines.length !== examples.head.blocks.length) {
        fail(new Error(`${file.name} is not ${examples.head.file} of this report`));
        return;
      }
      examples.texts = lines;
      done(lines);
    };
    const input = el('input', {
      type: 'file',
      accept: '.txt',
      on: {
        change: () => {
          const [file] = input.files;
          file?.text().then((text) => read(file, text), fail);
        },
      },
    });
    fill(
      place,
      el(
        'label',
        { class: 'choice' },
        `These examples were too many for the page. Open ${examples.head.file}, which lies beside it:`,
        input,
      ),
    );
  });
}
