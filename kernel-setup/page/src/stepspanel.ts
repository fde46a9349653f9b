import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import { LabIcon } from '@jupyterlab/ui-components';
import { CodeCell } from '@jupyterlab/cells';
import { stepCell } from './cellid.ts';
import type { Lesson } from './lesson.ts';
import type { Marks } from './marks.ts';
import { isNote, paragraphs, translationOf } from './notes.ts';
import type { Reader } from './reader.ts';
import { sections, type Section } from './steps.ts';

const icon = new LabIcon({
  name: 'interleave:steps',
  svgstr: '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161">' +
    '<path d="M3 4h4v4H3zm6 1h12v2H9zM3 10h4v4H3zm6 1h12v2H9zM3 16h4v4H3zm6 1h12v2H9z"/></g></svg>',
});

/** The side panel with a lesson's steps, what of each is done, and where to go on. */
export class StepsPanel extends Widget {
  private lesson: Lesson | null = null;
  private marks: Marks | null = null;

  constructor(private reader: Reader) {
    super();
    this.id = 'interleave-steps';
    this.addClass('il-steps');
    this.title.icon = icon;
    this.node.setAttribute('role', 'navigation');
    reader.changed.connect(() => { this.update(); });
    this.update();
  }

  /** Shows the steps of another lesson, or of none. */
  list(lesson: Lesson | null, marks: Marks | null): void {
    this.marks?.changed.disconnect(this.update, this);
    this.lesson?.panel.content.activeCellChanged.disconnect(this.atCell, this);
    [this.lesson, this.marks] = [lesson, marks];
    marks?.changed.connect(this.update, this);
    lesson?.panel.content.activeCellChanged.connect(this.atCell, this);
    this.update();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.update();
  }

  protected override onUpdateRequest(msg: Message): void {
    super.onUpdateRequest(msg);
    const { reader, lesson } = this;
    this.title.caption = reader.say('steps');
    const name = lesson?.panel.title.label.replace(/\.ipynb$/, '') ?? '';
    this.node.setAttribute('aria-label', lesson ? reader.say('stepsOf', name) : reader.say('steps'));
    const heading = document.createElement('h2');
    heading.textContent = lesson ? name : reader.say('steps');
    if (!lesson) {
      const none = document.createElement('p');
      none.textContent = reader.say('noLesson');
      this.node.replaceChildren(heading, none);
      return;
    }
    const cells = lesson.panel.content.widgets;
    const found = sections(cells.map(c => ({ id: c.model.id, source: c.model.sharedModel.getSource() })));
    const list = document.createElement('ol');
    const active = lesson.panel.content.activeCellIndex;
    for (const section of found) {
      const item = document.createElement('li');
      const go = document.createElement('button');
      go.type = 'button';
      const title = document.createElement('span');
      title.className = 'il-title';
      title.textContent = this.titleOf(section);
      const facts = document.createElement('span');
      facts.className = 'il-facts';
      facts.append(...this.factsOf(section));
      go.append(title, facts);
      if (active >= section.first && active <= section.last) go.setAttribute('aria-current', 'step');
      go.addEventListener('click', () => { this.goTo(section.first); });
      item.append(go);
      list.append(item);
    }
    const at = stopped(lesson);
    const last = found.find(s => at >= s.first && at <= s.last);
    const parts: HTMLElement[] = [heading];
    if (last && at > 0 && !(active >= last.first && active <= last.last)) {
      const on = document.createElement('button');
      on.type = 'button';
      on.className = 'il-go-on';
      on.textContent = reader.say('goOn', this.titleOf(last));
      on.addEventListener('click', () => { this.goTo(at); });
      parts.push(on);
    }
    this.node.replaceChildren(...parts, list);
  }

  private titleOf(section: Section): string {
    const { titles } = section;
    const first = this.lesson?.panel.content.widgets.slice(section.first, section.first + 2) ?? [];
    for (const cell of first) {
      const translated = this.reader.translated && this.lesson?.translatedHeading(cell, titles['en'] ?? '');
      if (translated && translated !== titles['en']) return translated;
    }
    return titles[this.reader.speaks] ?? Object.values(titles)[0] ?? '';
  }

  /** Returns what is to be said of a section: its exercise, changes, runs and time. */
  private factsOf(section: Section): HTMLElement[] {
    const { reader, marks, lesson } = this;
    const cells = lesson?.panel.content.widgets.slice(section.first, section.last + 1) ?? [];
    const facts: HTMLElement[] = [];
    const fact = (text: string, kind: string): void => {
      const said = document.createElement('span');
      said.className = `il-fact il-${kind}`;
      said.textContent = text;
      facts.push(said);
    };
    if (marks) {
      for (const cell of cells) {
        const exercise = marks.exercise(cell);
        if (exercise) fact(`${reader.say('exercise')}: ${reader.say(exercise)}`, exercise);
      }
      const changed = cells.filter(c => marks.isChanged(c)).length;
      if (changed > 0) fact(reader.say('stepChanged', changed), 'changed-count');
      const code = cells.filter(c => c instanceof CodeCell && stepCell(c.model.id) !== null);
      const waiting = code.filter(c => !marks.hasRun(c)).length;
      if (code.length > 0 && waiting === 0) fact(reader.say('stepRan'), 'ran');
      else if (waiting > 0) fact(reader.say('stepNotRun', waiting), 'waiting');
    }
    const own = cells.filter(c => stepCell(c.model.id) === null);
    if (own.length > 0) fact(reader.say('stepOwn', own.length), 'own-count');
    const untranslated = own.filter(c => isNote(c) && !translationOf(c, cells)).reduce((n, c) => n + paragraphs(c), 0);
    if (untranslated > 0) fact(reader.say('untranslated', untranslated), 'untranslated');
    fact(reader.say('minutes', section.minutes), 'minutes');
    return facts;
  }

  private goTo(index: number): void {
    const content = this.lesson?.panel.content;
    if (!content) return;
    let at = index;
    while (content.widgets[at]?.isHidden) at++;
    content.activeCellIndex = at;
    const cell = content.widgets[at];
    // An earlier request that is given up for this one is rejected.
    void content.scrollToItem(at, 'start').catch(() => undefined)
      .then(() => { cell?.node.scrollIntoView({ block: 'start' }); });
  }

  private atCell(): void {
    const { lesson } = this;
    const cell = lesson?.panel.content.activeCell;
    if (!lesson || !cell) return;
    // The first cell is active whenever a notebook is opened.
    if (lesson.panel.content.activeCellIndex > 1) localStorage.setItem(stoppedKey(lesson), cell.model.id);
    this.update();
  }
}

function stoppedKey(lesson: Lesson): string {
  return `interleave:stopped:${lesson.panel.context.path}`;
}

/** Returns the place of the cell where the reader stopped, or -1. */
function stopped(lesson: Lesson): number {
  const id = localStorage.getItem(stoppedKey(lesson));
  return lesson.panel.content.widgets.findIndex(c => c.model.id === id);
}
