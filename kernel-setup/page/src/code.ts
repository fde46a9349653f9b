import type { Cell } from '@jupyterlab/cells';
import { CodeCell } from '@jupyterlab/cells';
import { EditorExtensionRegistry, type IEditorExtensionRegistry } from '@jupyterlab/codemirror';
import type { CompletionHandler, ICompletionContext, ICompletionProvider } from '@jupyterlab/completer';
import { NotebookPanel } from '@jupyterlab/notebook';
import { RangeSetBuilder, type Extension } from '@codemirror/state';
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from '@codemirror/view';
import type { Lesson } from './lesson.ts';
import { completions, isPython } from './python.ts';

const python = 'text/x-ipython';

/** Has a lesson's Python cells be edited as Python, whatever the kernel's language is. */
export class Code {
  private watched = new WeakSet<Cell>();

  constructor(private lesson: Lesson) {
    this.watchAll();
    lesson.laidOut.connect(() => { this.watchAll(); });
  }

  private watchAll(): void {
    for (const cell of this.lesson.panel.content.widgets) {
      if (!(cell instanceof CodeCell) || this.watched.has(cell)) continue;
      this.watched.add(cell);
      const { model } = cell;
      const check = (): void => {
        const is = isPython(model.sharedModel.getSource());
        cell.toggleClass('il-python', is);
        if (is) model.mimeType = python;
        else if (model.mimeType === python) model.mimeType = this.lesson.panel.content.codeMimetype;
      };
      model.sharedModel.changed.connect((_, change) => {
        if ('sourceChange' in change) check();
      });
      // The kernel's language arrives after the notebook.
      model.mimeTypeChanged.connect(() => {
        if (cell.hasClass('il-python')) model.mimeType = python;
      });
      check();
    }
  }
}

/** Completes words in Python cells, of which the kernel knows nothing. */
export class PythonWords implements ICompletionProvider {
  readonly identifier = 'interleave:python';
  readonly rank = 600;
  readonly renderer = null;

  isApplicable(context: ICompletionContext): Promise<boolean> {
    const source = context.editor?.model.sharedModel.getSource() ?? '';
    return Promise.resolve(context.widget instanceof NotebookPanel && isPython(source));
  }

  fetch(
    request: CompletionHandler.IRequest, context: ICompletionContext,
  ): Promise<CompletionHandler.ICompletionItemsReply> {
    const beginning = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(request.text.slice(0, request.offset))?.[0] ?? '';
    const cells = context.widget instanceof NotebookPanel ? context.widget.content.widgets : [];
    const sources = cells.map(c => c.model.sharedModel.getSource()).filter(isPython);
    const items = completions(beginning, sources).map(label => ({ label }));
    return Promise.resolve({ start: request.offset - beginning.length, end: request.offset, items });
  }
}

/** Sets apart the lines that are for the kernel: %% and its like. */
export function markMagic(editors: IEditorExtensionRegistry): void {
  const line = Decoration.line({ class: 'il-magic' });
  const find = (view: EditorView): DecorationSet => {
    const builder = new RangeSetBuilder<Decoration>();
    const { doc } = view.state;
    for (let n = 1; n <= doc.lines; n++) {
      const { from, text } = doc.line(n);
      if (/^(?:%%|%test\b|%main\b)/.test(text)) builder.add(from, from, line);
      if (n === 1 && text.startsWith('%%') && text.trim() !== '%%') break; // the rest is not the kernel's
    }
    return builder.finish();
  };
  const extension: Extension = ViewPlugin.fromClass(class {
    decorations: DecorationSet;
    constructor(view: EditorView) { this.decorations = find(view); }
    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = find(update.view);
    }
  }, { decorations: plugin => plugin.decorations });
  editors.addExtension({
    name: 'interleave:magic', factory: () => EditorExtensionRegistry.createImmutableExtension(extension),
  });
}
