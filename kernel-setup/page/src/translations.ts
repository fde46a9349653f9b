import { MarkdownCell } from '@jupyterlab/cells';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Lesson } from './lesson.ts';
import { prose } from './shipped.ts';

/**
 * Shows a lesson's prose in a third language: in the place of the English, whose cell
 * stays what it is. A double click edits the English, as without a translation.
 */
export class Translations {
  private shown = new Map<MarkdownCell, IRenderMime.IRenderer>();
  private language = '';

  constructor(private lesson: Lesson) {
    lesson.laidOut.connect(() => { void this.show(); });
    void this.show();
  }

  private async show(): Promise<void> {
    const { panel, reader } = this.lesson;
    if (reader.language !== this.language) {
      this.language = reader.language;
      for (const [cell, renderer] of this.shown) {
        cell.removeClass('il-translated');
        renderer.node.remove();
        renderer.dispose();
      }
      this.shown.clear();
    }
    if (!reader.translated) return;
    const { language } = this;
    const sources = await prose(panel.context.path, language);
    const { rendermime } = panel.content;
    for (const cell of panel.content.widgets) {
      const source = sources[cell.model.id];
      if (source === undefined || !(cell instanceof MarkdownCell) || this.shown.has(cell)) continue;
      if (language !== this.reader()) return; // the reader has chosen again meanwhile
      const renderer = rendermime.createRenderer('text/markdown');
      this.shown.set(cell, renderer);
      renderer.addClass('il-translation');
      renderer.node.lang = language;
      await renderer.renderModel(rendermime.createModel({ data: { 'text/markdown': source }, trusted: true }));
      cell.inputArea?.node.append(renderer.node);
      cell.addClass('il-translated');
    }
    this.lesson.changed.emit();
  }

  private reader(): string {
    return this.lesson.reader.language;
  }
}
