import { NotebookToCModel, type INotebookHeading } from '@jupyterlab/notebook';
import type { ITableOfContentsTracker } from '@jupyterlab/toc';
import { proseLanguage, stepCell } from './cellid.ts';
import type { Lesson } from './lesson.ts';

/** The parts of JupyterLab's model of an outline that are its own. */
interface Model {
  widget: NotebookToCModel['widget'];
  _cellToHeadingIndex?: WeakMap<object, number>;
}

/**
 * Has the outline list what the page shows: each heading once, in the reader's language
 * or in both. The registry of outlines has no place for a second one of notebooks, so
 * that JupyterLab's own is changed.
 */
export function followInOutline(lessonOf: (panel: object) => Lesson | undefined): void {
  const model = NotebookToCModel.prototype as unknown as {
    getHeadings(this: Model): Promise<INotebookHeading[] | null>;
  };
  const all = model.getHeadings;
  model.getHeadings = async function () {
    const headings = await all.call(this);
    const lesson = lessonOf(this.widget);
    if (!headings || !lesson) return headings;
    const shown = shownHeadings(headings, lesson);
    // What JupyterLab looks up a cell's heading by, which it has counted among all.
    const index = new WeakMap<object, number>();
    let at = -1;
    for (const cell of lesson.panel.content.widgets) {
      while (shown[at + 1]?.cellRef === cell) at++;
      if (at >= 0) index.set(cell, at);
    }
    this._cellToHeadingIndex = index;
    return shown;
  };
}

/** Brings the outline of a lesson up to date. */
export function refreshOutline(lesson: Lesson, tracker: ITableOfContentsTracker | null): void {
  void (tracker?.get(lesson.panel) as NotebookToCModel | null | undefined)?.refresh();
}

function shownHeadings(headings: readonly INotebookHeading[], lesson: Lesson): INotebookHeading[] {
  const shown = headings.filter(h => lesson.shows(h.cellRef));
  if (lesson.reader.languages.length < 2) {
    return shown.map(h => ({ ...h, text: lesson.translatedHeading(h.cellRef, h.text) }));
  }
  const merged: INotebookHeading[] = [];
  for (const heading of shown) {
    const id = stepCell(heading.cellRef.model.id);
    if (proseLanguage(id) === 'en') {
      const same = merged.find(m => {
        const other = stepCell(m.cellRef.model.id);
        return proseLanguage(other) === 'ko' && other?.step === id?.step && other?.suffix === id?.suffix &&
          m.level === heading.level && !m.text.includes(' · ');
      });
      if (same) {
        same.text += ` · ${heading.text}`;
        continue;
      }
    }
    merged.push({ ...heading });
  }
  return merged;
}
