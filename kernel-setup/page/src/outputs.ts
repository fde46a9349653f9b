import { CodeCell } from '@jupyterlab/cells';
import { mayBeBilingual, takeLinesApart } from './bilingual.ts';
import { foldHarness, foldTables, quietSaved } from './fold.ts';
import type { Lesson } from './lesson.ts';

/**
 * Makes outputs fit the page: each label that is in two languages becomes two elements,
 * of which the style sheet shows what the reader wants. So a switch of the language
 * touches no output, and an output is made to fit once, before it is painted.
 */
export class Outputs {
  private watched = new WeakSet<CodeCell>();

  constructor(private lesson: Lesson) {
    this.watchAll();
    lesson.laidOut.connect(() => { this.watchAll(); });
  }

  private watchAll(): void {
    for (const cell of this.lesson.panel.content.widgets) {
      if (!(cell instanceof CodeCell) || this.watched.has(cell)) continue;
      this.watched.add(cell);
      this.watch(cell);
      foldHarness(this.lesson, cell);
    }
  }

  private watch(cell: CodeCell): void {
    const area = cell.outputArea.node;
    const fit = (): void => {
      quietSaved(area, this.lesson);
      foldTables(area, this.lesson);
      markBilingual(area, cell.model.executionState === 'running');
      observer.takeRecords(); // of what this has changed itself
    };
    const observer = new MutationObserver(fit);
    observer.observe(area, { childList: true, subtree: true, characterData: true });
    cell.model.stateChanged.connect((_, change) => {
      if (change.name === 'executionState') fit();
    });
    cell.disposed.connect(() => { observer.disconnect(); });
    fit();
  }
}

/**
 * Wraps the labels in two languages below an element. What a running cell prints is left
 * alone: JupyterLab goes on with its last text.
 */
function markBilingual(area: HTMLElement, running: boolean): void {
  const walker = document.createTreeWalker(area, NodeFilter.SHOW_TEXT);
  const found: Text[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode as Text;
    if (!mayBeBilingual(text.data)) continue;
    const parent = text.parentElement;
    if (!parent || parent.closest('script, style, svg, .il-label') || running && parent.closest('pre')) continue;
    found.push(text);
  }
  for (const text of found) {
    const pieces = takeLinesApart(text.data);
    if (!pieces.some(p => p.language)) continue;
    const label = document.createElement('span');
    label.className = 'il-label';
    for (const piece of pieces) {
      if (!piece.language) {
        label.append(piece.text);
        continue;
      }
      const span = document.createElement('span');
      span.dataset['il'] = piece.language;
      if (piece.language !== 'between') span.lang = piece.language;
      span.textContent = piece.text;
      label.append(span);
    }
    text.replaceWith(label);
  }
}
