import type { Lesson } from './lesson.ts';
import type { Cell, CodeCell } from '@jupyterlab/cells';

/** The tag of cells that only carry the experiment: their text says so. */
const harness = 'interleave-harness';
/** A table with more rows than this shows the first ones only. */
const rowsShown = 12;

/** Puts an element at the top of a cell, whose own parts come when it is first in sight. */
export function onTop(cell: Cell, element: HTMLElement): void {
  void cell.ready.then(() => {
    if (!cell.isDisposed) cell.node.prepend(element);
  });
}

/** Folds the code of a cell that carries the tag, behind a button. */
export function foldHarness(lesson: Lesson, cell: CodeCell): void {
  const tags: unknown = cell.model.getMetadata('tags');
  if (!Array.isArray(tags) || !tags.includes(harness)) return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'il-unfold il-harness';
  const show = (folded: boolean): void => {
    cell.toggleClass('il-folded', folded);
    button.setAttribute('aria-expanded', String(!folded));
    const lines = cell.model.sharedModel.getSource().split('\n').length;
    button.textContent = lesson.reader.say(folded ? 'showHarness' : 'hideHarness', lines);
  };
  button.addEventListener('click', () => { show(!cell.hasClass('il-folded')); });
  onTop(cell, button);
  show(true);
  lesson.laidOut.connect(() => { show(cell.hasClass('il-folded')); });
  // Whoever begins to edit it has to see it.
  lesson.panel.content.stateChanged.connect((notebook, change) => {
    if (change.name === 'mode' && notebook.mode === 'edit' && notebook.activeCell === cell) show(false);
  });
}

/** Folds what an output's long tables have more of than fits a window. */
export function foldTables(area: HTMLElement, lesson: Lesson): void {
  for (const table of area.querySelectorAll('table')) {
    if (table.dataset['ilRows'] !== undefined || table.closest('details')) continue;
    const rows = table.tBodies[0]?.rows.length ?? 0;
    table.dataset['ilRows'] = String(rows);
    if (rows <= rowsShown + 3) continue;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'il-unfold';
    const show = (folded: boolean): void => {
      table.classList.toggle('il-long', folded);
      button.setAttribute('aria-expanded', String(!folded));
      button.textContent = folded ? lesson.reader.say('showRows', rows - rowsShown) : lesson.reader.say('hideRows');
    };
    button.addEventListener('click', () => { show(!table.classList.contains('il-long')); });
    show(true);
    table.after(button);
    lesson.laidOut.connect(() => { if (button.isConnected) show(table.classList.contains('il-long')); });
  }
}

/** Puts a saved script's message, which comes as an error does, into a quiet line. */
export function quietSaved(area: HTMLElement, lesson: Lesson): void {
  for (const output of area.querySelectorAll<HTMLElement>('[data-mime-type="application/vnd.jupyter.stderr"]')) {
    const path = /^Cell contents (?:written|appended) to "(.+)"\.\s*$/.exec(output.textContent)?.[1];
    if (path === undefined || output.classList.contains('il-saved')) continue;
    output.classList.add('il-saved');
    output.title = path;
    const say = (): void => { output.textContent = lesson.reader.say('saved', path.slice(path.lastIndexOf('/') + 1)); };
    say();
    lesson.laidOut.connect(() => { if (output.isConnected) say(); });
  }
}
