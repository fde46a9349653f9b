import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { arrange, type Column, type Placed } from './arrange.ts';
import { proseLanguage, stepCell } from './cellid.ts';
import { translates } from './notes.ts';
import { afterPaint } from './paint.ts';
import type { Reader } from './reader.ts';

/** One of the lab's notebooks, open in a tab, laid out as its reader wants it. */
export class Lesson {
  /** Emitted after the cells were laid out anew. */
  readonly laidOut = new Signal<this, void>(this);
  /** Emitted when the page has been painted anew, or its headings are others. */
  readonly changed = new Signal<this, void>(this);
  private columns: Column[] = [];
  private prose = new Set<string>(); // the ids of its cells
  private hidden = new WeakMap<Cell, boolean>(); // what JupyterLab itself wants

  constructor(readonly panel: NotebookPanel, readonly reader: Reader) {
    panel.content.addClass('il-lesson');
    this.layOut();
    const again = (): void => { this.layOut(); };
    panel.content.model?.cells.changed.connect(again);
    reader.changed.connect(again);
    panel.disposed.connect(() => {
      reader.changed.disconnect(again);
      Signal.clearData(this);
    });
  }

  /**
   * Tells whether the reader sees a cell: it is code, or prose in a language of theirs. A
   * copy of the notebook may lack that language; prose is then shown as there is.
   */
  shows(cell: Cell): boolean {
    const id = stepCell(cell.model.id), language = proseLanguage(id);
    if (!id || language === null) return true;
    const { languages } = this.reader;
    return languages.includes(language) || !languages.some(l => this.prose.has(`${id.step}-${l}${id.suffix}`));
  }

  /** Returns the column that a cell stands in where the page is wide enough. */
  column(index: number): Column {
    return this.columns[index] ?? 'all';
  }

  /** Returns a cell's code; for a check, with that of the exercise that it checks. */
  codeOf(cell: Cell): string {
    const own = cell.model.sharedModel.getSource();
    const id = stepCell(cell.model.id);
    if (id?.role !== 'test') return own;
    const exercise = this.cell(`${id.step}-go${id.suffix}`);
    return `${exercise?.model.sharedModel.getSource() ?? ''}\n${own}`;
  }

  /** Returns the cell with that id. */
  cell(id: string): Cell | undefined {
    return this.panel.content.widgets.find(c => c.model.id === id);
  }

  /** Tells whether a step has Python and Go to set side by side. */
  get hasPairs(): boolean {
    return arrange(this.panel.content.widgets.map(placed), { languages: [], pairs: true }).includes('left');
  }

  /** Returns a heading as the page shows it: that of the translation, where there is one. */
  translatedHeading(cell: Cell, text: string): string {
    const shown = cell.node.querySelectorAll('.il-translation :is(h1, h2, h3, h4, h5, h6)');
    const own = [...cell.node.querySelectorAll('.jp-MarkdownOutput:not(.il-translation) :is(h1, h2, h3, h4, h5, h6)')];
    const at = own.findIndex(h => h.textContent.startsWith(text));
    return shown[Math.max(0, at)]?.firstChild?.textContent ?? text;
  }

  private layOut(): void {
    const keep = this.place();
    const { content } = this.panel;
    content.node.dataset['ilLanguage'] = this.reader.language;
    const cells = content.widgets;
    this.prose = new Set(cells.map(c => c.model.id).filter(id => proseLanguage(stepCell(id))));
    this.columns = arrange(cells.map(placed), { languages: this.reader.languages, pairs: this.reader.pairs });
    cells.forEach((cell, i) => {
      const language = proseLanguage(stepCell(cell.model.id));
      const { node } = cell;
      if (language && !node.classList.contains('il-prose')) {
        node.classList.add('il-prose');
        node.lang = language;
      }
      node.dataset['ilColumn'] = this.column(i);
      this.watch(cell);
      Widget.prototype.setHidden.call(cell, this.wantsHidden(cell));
    });
    content.toggleClass('il-noted', this.columns.includes('note'));
    this.laidOut.emit();
    keep();
    afterPaint(() => {
      if (this.panel.isDisposed) return;
      this.leaveHidden();
      this.changed.emit();
    });
  }

  /** Notes what stands at the top of the window, and returns what brings it back there. */
  private place(): () => void {
    const outer = this.panel.content.outerNode;
    const top = outer.getBoundingClientRect().top;
    const cells = this.panel.content.widgets;
    const first = cells.findIndex(c =>
      !c.isHidden && c.node.isConnected && c.node.getBoundingClientRect().bottom > top + 4);
    const cell = cells[first];
    if (!cell || outer.scrollTop === 0) return () => undefined;
    const was = cell.node.getBoundingClientRect();
    return () => {
      const stays = cell.isHidden
        ? cells.find((c, i) => Math.abs(i - first) === 1 && !c.isHidden && sameStep(c, cell))
        : cell;
      if (!stays) return;
      const now = stays.node.getBoundingClientRect();
      // Within a long cell, the same share of it: its other language has another length.
      const read = Math.max(0, top - was.top) / Math.max(1, was.height);
      const above = Math.max(0, was.top - top);
      scrollQuietly(outer, now.top + read * now.height - above - top);
    };
  }

  /** Has a cell stay hidden when JupyterLab unfolds the heading above it. */
  private watch(cell: Cell): void {
    if (this.hidden.has(cell)) return;
    this.hidden.set(cell, cell.isHidden);
    cell.setHidden = (hidden: boolean): void => {
      this.hidden.set(cell, hidden);
      Widget.prototype.setHidden.call(cell, this.wantsHidden(cell));
    };
  }

  private wantsHidden(cell: Cell): boolean {
    return (this.hidden.get(cell) ?? false) || !this.shows(cell);
  }

  /** Moves the reader from a cell that is no longer shown to the same in their language. */
  private leaveHidden(): void {
    const { content } = this.panel;
    const active = content.activeCell;
    if (!active?.isHidden) return;
    const cells = content.widgets;
    const next = cells.findIndex((c, i) => i > content.activeCellIndex && !c.isHidden);
    const before = cells.findLastIndex((c, i) => i < content.activeCellIndex && !c.isHidden);
    const near = before >= 0 && sameStep(cells[before], active) ? before : next;
    if (near >= 0) content.activeCellIndex = near;
  }
}

function placed(cell: Cell): Placed {
  return { id: cell.model.id, translates: translates(cell) };
}

/**
 * Scrolls without anyone hearing of it before it is painted: each editor of a notebook
 * measures itself anew when it is scrolled, fifty of them for longer than all the rest.
 */
function scrollQuietly(outer: HTMLElement, by: number): void {
  const hear = (event: Event): void => {
    if (event.target === outer) event.stopImmediatePropagation();
  };
  window.addEventListener('scroll', hear, { capture: true });
  outer.scrollTop += by;
  afterPaint(() => {
    window.removeEventListener('scroll', hear, { capture: true });
    outer.dispatchEvent(new Event('scroll'));
  });
}

function sameStep(a: Cell | undefined, b: Cell): boolean {
  const [one, other] = [stepCell(a?.model.id ?? ''), stepCell(b.model.id)];
  return one !== null && one.step === other?.step && one.suffix === other.suffix;
}

/** Tells whether a notebook is one of the lab's: it has cells of steps. */
export function isLesson(panel: NotebookPanel): boolean {
  return panel.content.widgets.some(c => stepCell(c.model.id) !== null);
}
