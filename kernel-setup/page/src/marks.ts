import { CodeCell, type Cell } from '@jupyterlab/cells';
import { Signal } from '@lumino/signaling';
import { stepCell } from './cellid.ts';
import { diff, nearChanges } from './diff.ts';
import { hash } from './hash.ts';
import type { Lesson } from './lesson.ts';
import type { Session } from './session.ts';
import type { Shipped } from './shipped.ts';
import { passes } from './steps.ts';
import type { Word } from './words.ts';

/** Where an output comes from, if not from this code and this kernel. */
export type Origin = 'elsewhere' | 'earlier' | 'old' | null;
export type Exercise = 'open' | 'passed' | 'solution';

/** Marks beside cells what the reader changed, and outputs that are not of this session. */
export class Marks {
  /** Emitted when some mark is another. */
  readonly changed = new Signal<this, void>(this);
  private watched = new WeakSet<Cell>();
  private waiting = 0;

  constructor(private lesson: Lesson, private session: Session, private shipped: Shipped) {
    const soon = (): void => { this.soon(); };
    session.changed.connect(soon);
    lesson.laidOut.connect(soon);
    lesson.panel.content.model?.contentChanged.connect(soon);
    this.markAll();
  }

  /** Tells whether the reader has changed a cell that was shipped. */
  isChanged(cell: Cell): boolean {
    const source = this.shipped.sources[cell.model.id];
    return source !== undefined && source !== cell.model.sharedModel.getSource();
  }

  origin(cell: Cell): Origin {
    if (!(cell instanceof CodeCell) || cell.model.outputs.length === 0) return null;
    switch (this.session.state(cell)) {
      case 'run': return null;
      case 'changed since': return 'old';
      case 'not run': {
        if (cell.model.executionState === 'running') return null;
        if (this.shipped.outputs[cell.model.id] !== hash(shownBy(cell))) return 'earlier';
        return this.isChanged(cell) ? 'old' : 'elsewhere';
      }
    }
  }

  /** Tells whether the reader has run a cell, in this session or before. */
  hasRun(cell: CodeCell | Cell): boolean {
    if (!(cell instanceof CodeCell)) return true;
    if (this.session.state(cell) === 'run') return true;
    return cell.model.executionCount !== null && ['earlier', null].includes(this.origin(cell)) &&
      this.shipped.outputs[cell.model.id] !== undefined;
  }

  /** Returns how far the exercise of a check is, or null for another cell. */
  exercise(cell: Cell): Exercise | null {
    const id = stepCell(cell.model.id);
    if (id?.role !== 'test' || !(cell instanceof CodeCell)) return null;
    const exercise = `${id.step}-go${id.suffix}`;
    const solution = this.shipped.solutions?.[exercise];
    const mine = this.lesson.cell(exercise)?.model.sharedModel.getSource();
    if (solution !== undefined && mine === solution) return 'solution';
    return this.origin(cell) !== 'old' && passes(shownBy(cell)) ? 'passed' : 'open';
  }

  /** Marks anew a little later: a reader types faster than marks are read. */
  private soon(): void {
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => {
      if (!this.lesson.panel.isDisposed) this.markAll();
    }, 250);
  }

  private markAll(): void {
    for (const cell of this.lesson.panel.content.widgets) {
      if (stepCell(cell.model.id) === null) continue;
      this.markChange(cell);
      this.markOutput(cell);
      if (cell instanceof CodeCell && !this.watched.has(cell)) {
        this.watched.add(cell);
        cell.model.stateChanged.connect((_, change) => {
          if (change.name === 'executionState') this.soon();
        });
      }
    }
    this.changed.emit();
  }

  private markChange(cell: Cell): void {
    const is = this.isChanged(cell);
    let bar = cell.node.querySelector<HTMLElement>(':scope > .il-changes');
    cell.toggleClass('il-changed', is);
    if (!is) {
      bar?.remove();
      return;
    }
    const { reader } = this.lesson;
    if (!bar) {
      bar = document.createElement('div');
      bar.className = 'il-changes';
      bar.setAttribute('role', 'group');
      const said = document.createElement('span');
      said.className = 'il-said';
      const what = button(() => {
        what.setAttribute('aria-expanded', String(what.getAttribute('aria-expanded') !== 'true'));
        this.markChange(cell);
      });
      what.setAttribute('aria-expanded', 'false');
      const back = button(() => {
        cell.model.sharedModel.setSource(this.shipped.sources[cell.model.id] ?? '');
        this.markAll();
        this.lesson.panel.content.activate();
      });
      const lines = document.createElement('pre');
      bar.append(said, what, back, lines);
      cell.node.querySelector(':scope > .jp-Cell-inputWrapper')?.after(bar);
    }
    const [said, what, back, lines] = [...bar.children] as [HTMLElement, HTMLElement, HTMLElement, HTMLElement];
    const open = what.getAttribute('aria-expanded') === 'true';
    bar.setAttribute('aria-label', reader.say('changed'));
    say(said, reader.say('changed'), reader.say('changedTitle'));
    say(what, reader.say(open ? 'hideChanged' : 'whatChanged'));
    say(back, reader.say('asShipped'), reader.say('asShippedTitle'));
    lines.hidden = !open;
    lines.replaceChildren(...open ? this.difference(cell) : []);
  }

  private difference(cell: Cell): HTMLElement[] {
    const { reader } = this.lesson;
    const lines = diff(this.shipped.sources[cell.model.id] ?? '', cell.model.sharedModel.getSource());
    return nearChanges(lines, 2).map(line => {
      const shown = document.createElement('div');
      shown.className = `il-line-${line?.kind ?? 'gap'}`;
      shown.textContent = line ? `${{ same: ' ', gone: '−', new: '+' }[line.kind]} ${line.text}` : '⋯';
      if (line && line.kind !== 'same') shown.title = reader.say(line.kind);
      return shown;
    });
  }

  private markOutput(cell: Cell): void {
    const wrapper = cell.node.querySelector<HTMLElement>(':scope > .jp-Cell-outputWrapper');
    if (!wrapper) return;
    const { reader } = this.lesson;
    const origin = this.origin(cell), exercise = this.exercise(cell);
    const words: [string, Word, string][] = [];
    if (exercise) words.push([`il-${exercise}`, exercise, '']);
    if (origin && exercise !== 'passed') words.push([`il-${origin}`, origin, reader.say(`${origin}Title`)]);
    let marks = wrapper.querySelector<HTMLElement>(':scope > .il-origin');
    if (words.length === 0) {
      marks?.remove();
      return;
    }
    if (!marks) {
      marks = document.createElement('div');
      marks.className = 'il-origin';
      wrapper.append(marks);
    }
    marks.replaceChildren(...words.map(([className, word, title]) => {
      const mark = document.createElement('span');
      mark.className = className;
      say(mark, reader.say(word), title);
      return mark;
    }));
  }
}

function button(click: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'il-link';
  made.addEventListener('click', click);
  return made;
}

function say(element: HTMLElement, text: string, title = ''): void {
  element.textContent = text;
  element.title = title;
}

/** Returns what a cell's outputs say as text: as in kernel-setup/lessons.go. */
function shownBy(cell: CodeCell): string {
  let all = '';
  for (let i = 0; i < cell.model.outputs.length; i++) {
    const output = cell.model.outputs.get(i).toJSON();
    all += joined(output['text']) + joined((output['data'] as Record<string, unknown> | undefined)?.['text/plain']);
  }
  return all;
}

function joined(text: unknown): string {
  if (Array.isArray(text)) return text.join('');
  return typeof text === 'string' ? text : '';
}
