import { NotebookPanel, NotebookSearchProvider } from '@jupyterlab/notebook';
import type { IFilters, ISearchProviderRegistry } from '@jupyterlab/documentsearch';
import type { ITranslator } from '@jupyterlab/translation';
import type { Lesson } from './lesson.ts';

/** The search in one cell, as JupyterLab's notebook search keeps it. */
interface InCell { setIsActive(active: boolean): Promise<void> }

/** Has a search in a lesson find what the page shows, and nothing in hidden cells. */
export function followInSearch(
  lessonOf: (panel: object) => Lesson | undefined, registry: ISearchProviderRegistry,
): void {
  class Search extends NotebookSearchProvider {
    override async startQuery(query: RegExp, filters?: IFilters): Promise<void> {
      await super.startQuery(query, filters);
      const lesson = lessonOf(this.widget);
      if (!lesson) return;
      const cells = (this as unknown as { _searchProviders: readonly InCell[] })._searchProviders;
      const hidden = this.widget.content.widgets.map(c => !lesson.shows(c));
      if (!hidden.includes(true)) return;
      await Promise.all(cells.filter((_, i) => hidden[i]).map(cell => cell.setIsActive(false)));
      await this.clearHighlight();
      await this.highlightNext(true, { from: 'selection-start', scroll: false, select: false });
      this._stateChanged.emit();
    }
  }
  // In the place of JupyterLab's own, which is registered under this name.
  registry.add('jp-notebookSearchProvider', {
    isApplicable: (widget): widget is NotebookPanel => NotebookSearchProvider.isApplicable(widget),
    createNew: (widget: unknown, translator?: ITranslator) => new Search(widget as NotebookPanel, translator),
  });
}
