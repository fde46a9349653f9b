import { MarkdownCell, type Cell } from '@jupyterlab/cells';
import { stepCell } from './cellid.ts';
import { onTop } from './fold.ts';
import type { Lesson } from './lesson.ts';

/** What the lab keeps in the metadata of a reader's cell. */
interface Ours { readonly note?: string; readonly translates?: string }

function ours(cell: Cell): Ours {
  return (cell.model.getMetadata('interleave') ?? {}) as Ours;
}

/** Returns the id of the cell that a cell is a translation of, or null. */
export function translates(cell: Cell): string | null {
  return ours(cell).translates ?? null;
}

/** Tells whether a cell holds a part of a note that was taken in. */
export function isNote(cell: Cell): boolean {
  return ours(cell).note !== undefined;
}

export function translationOf(cell: Cell, among: readonly Cell[]): Cell | undefined {
  return among.find(c => translates(c) === cell.model.id && c.model.sharedModel.getSource().trim() !== '');
}

/** Counts the paragraphs of a cell: what blank lines divide. */
export function paragraphs(cell: Cell): number {
  return cell.model.sharedModel.getSource().split(/\n\s*\n/).filter(p => p.trim() !== '').length;
}

/** Shows the reader's own cells as such, to be folded and translated in their place. */
export class Notes {
  constructor(private lesson: Lesson) {
    lesson.laidOut.connect(() => { this.markAll(); });
    this.markAll();
  }

  private markAll(): void {
    for (const cell of this.lesson.panel.content.widgets) {
      if (stepCell(cell.model.id) === null) this.mark(cell);
    }
  }

  private mark(cell: Cell): void {
    const { reader } = this.lesson;
    let bar = cell.node.querySelector<HTMLElement>(':scope > .il-own-bar');
    if (!bar) {
      cell.addClass('il-own');
      bar = document.createElement('div');
      bar.className = 'il-own-bar';
      const whose = document.createElement('span');
      bar.append(whose, this.button(() => {
        cell.toggleClass('il-own-folded');
        this.mark(cell);
      }));
      if (isNote(cell)) bar.append(this.button(() => { this.translate(cell); }));
      onTop(cell, bar);
    }
    const [whose, fold, add] = [...bar.children] as [HTMLElement, HTMLElement, HTMLElement?];
    const { note } = ours(cell);
    whose.textContent = note !== undefined ? reader.say('note', note)
      : reader.say(translates(cell) === null ? 'own' : 'ownTranslation');
    const folded = cell.hasClass('il-own-folded');
    fold.textContent = reader.say(folded ? 'unfold' : 'fold');
    fold.setAttribute('aria-expanded', String(!folded));
    if (add) {
      add.textContent = reader.say('addTranslation');
      add.title = reader.say('addTranslationTitle');
      add.hidden = this.lesson.panel.content.widgets.some(c => translates(c) === cell.model.id);
    }
  }

  /** Adds a cell for a translation below a note, and lets the reader write in it. */
  private translate(cell: Cell): void {
    const { content } = this.lesson.panel;
    const index = content.widgets.indexOf(cell) + 1;
    content.model?.sharedModel.insertCell(index, {
      cell_type: 'markdown', source: '', metadata: { interleave: { translates: cell.model.id } },
    });
    const added = content.widgets[index];
    if (!(added instanceof MarkdownCell)) return;
    content.activeCellIndex = index;
    void added.ready.then(() => {
      added.rendered = false;
      content.mode = 'edit';
      added.editor?.focus();
    });
  }

  private button(click: () => void): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'il-link';
    button.addEventListener('click', click);
    return button;
  }
}
